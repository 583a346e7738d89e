"""Java, Kotlin, Scala and Android: proxies, lambdas and accessors that the JVM makes."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of, path_of
from vedette.wire.event import Frame

_GENERATED: Final = re.compile(
    r"\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB|KeyFactoryBy|Lambda)[\w$/]*(?:/0x[0-9a-f]+)?"
    r"|\$\$InternalSynthetic\w*(?:\$\w+)*|\$\$(?:External)?Synthetic\w*|\$auxiliary\$\w+|(?<=^build_)[0-9a-z]{20,32}"
    r"|(?:\$Definition)?\$\$?Intercepted$"
    r"|\$\$[0-9a-f]{6,}|_\$\$_(?:javassist|jvst)\w*|\$(?:HibernateProxy|MockitoMock|ByteBuddy)\$\w+"
    r"|_ClientProxy$|_Subclass$|_\$\$_Weld\w*|\$\$\w*Proxy\w*$|/0x[0-9a-f]+"
)
# `-$$Lambda$Cart$Xk3_a`: the lambdas of older Android builds.
_DESUGARED: Final = re.compile(r"-\$\$Lambda\$(\w+)\$[\w-]+$")
_NUMBERED: Final = re.compile(
    r"(?<=\$Proxy)\d+|(?<=_lambda)\d+|(?<=\$)-?\d+(?=\$|$)|(?<=lambda-)\d+|(?<=^jdk\.proxy)\d+"
    r"|(?<=_closure)\d+|(?<=^Script)\d+$|__\d+(?=\$|$)|(?<=\$eval)\d+"
)
# Until Java 15 and since: the package of the proxies that the JVM makes.
_PROXY_PACKAGE: Final = re.compile(r"^(?:com\.sun\.proxy|jdk\.proxy)\.")
# Classes that are one function without a name: Clojure, Groovy, Scala, Kotlin. The one by which
# Kotlin goes on with a function as written is never the innermost frame: that function is.
_CLOSURE_CLASS: Final = re.compile(
    r"\$fn__\d+|_(?:closure|lambda)\d+$|\$anonfun\$|\$\$anonfun|\$lambda|\$\d+$|\$eval\d+"
)
_LAMBDA: Final = re.compile(r"^lambda\$(.+?)\$\d+(?:\$[\w-]+)?$|^\$r8\$lambda\$[\w-]+$")
_REFLECTION: Final = re.compile(
    r"^(?:sun|jdk\.internal)\.reflect\.|^java\.lang\.(?:reflect|invoke)\."
    r"|^kotlin\.jvm\.internal\.Intrinsics$"
    r"|GeneratedMethodAccessor|GeneratedConstructorAccessor|FastClass(?:BySpring|ByCGLIB)"
)
# The functions of Compose: `lambda_1$lambda`, `lambda$-987654$lambda`.
_COMPOSE: Final = re.compile(r"^lambda[_$]-?\d+(?:\$lambda)?$")
_LAMBDA_NUMBER: Final = re.compile(r"(?:\$adapted)?(?:[$-]\d++){1,4}(?:\$adapted)?$|\$adapted$")
_KOTLIN: Final = re.compile(
    r"(?:\$lambda(?:[$-]-?\d++)?)+$|\$suspendImpl$|\$default$|(?<=^liftedTree)\d+"
)
_LIBRARY: Final = re.compile(
    r"^(?:java|javax|jakarta|sun|jdk|com\.sun|kotlin|kotlinx|scala|groovy|clojure|android|androidx"
    r"|dalvik|libcore|com\.android|com\.google|org\.springframework|org\.apache|org\.hibernate"
    r"|org\.eclipse|org\.jboss|org\.junit|io\.netty|io\.sentry\.(?:spring|android|core)|io\.quarkus|reactor|rx|okhttp3"
    r"|okio|retrofit2|feign|org\.postgresql|com\.mysql|com\.fasterxml|akka|play|org\.codehaus\.groovy|org\.scala_lang)\."
)


def clean(frame: Frame) -> Name:
    """Class and method; a proxy gets the name of the class it stands for."""
    sent, sent_class = function_of(frame), frame.module or ""
    if _REFLECTION.search(sent_class):
        return Name(sent, sent_class, Role.NOISE, "reflection: the JVM swaps these at run time")
    written = _GENERATED.sub("", _DESUGARED.sub(r"\1", sent_class))
    place = _NUMBERED.sub("", written) or path_of(frame)
    place = _PROXY_PACKAGE.sub("proxy.", place)
    function, is_lambda = _written_function(sent)
    remark = describe(sent_class, place) if sent_class else ""
    return Name(
        function,
        place,
        remark=remark or describe(sent, function),
        is_closure=is_lambda or _CLOSURE_CLASS.search(written) is not None,
    )


def _written_function(sent: str) -> tuple[str, bool]:
    """The method without the numbers of its lambdas, and whether it is one."""
    lambda_ = _LAMBDA.match(sent)
    if lambda_ is not None:
        function = f"lambda${lambda_.group(1)}" if lambda_.group(1) else "$r8$lambda"
        return _COMPOSE.sub("lambda", function), True
    function = _LAMBDA_NUMBER.sub("", _KOTLIN.sub("", sent))
    return _COMPOSE.sub("lambda", function), "$lambda" in sent or "$anonfun" in sent


def is_library(frame: Frame) -> bool:
    """The run time and the frameworks nearly everybody uses."""
    return _LIBRARY.match(frame.module or "") is not None


LANGUAGE: Final = Language(frozenset({"java", "kotlin", "scala", "android"}), clean, is_library)
