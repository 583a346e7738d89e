"""Java, Kotlin, Scala and Android: proxies, lambdas and accessors that the JVM makes."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of, path_of
from vedette.wire.event import Frame

_GENERATED: Final = re.compile(
    r"\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB|KeyFactoryBy|Lambda)[\w$/]*(?:/0x[0-9a-f]+)?"
    r"|\$\$[0-9a-f]{6,}|_\$\$_(?:javassist|jvst)\w*|\$(?:HibernateProxy|MockitoMock|ByteBuddy)\$\w+"
    r"|_ClientProxy$|_Subclass$|_\$\$_Weld\w*|\$\$\w*Proxy\w*$|/0x[0-9a-f]+"
)
_NUMBERED: Final = re.compile(r"(?<=Proxy)\d+|(?<=Accessor)\d+|(?<=\$)\d+(?=\$|$)")
_REFLECTION: Final = re.compile(
    r"^(?:sun|jdk\.internal)\.reflect\.|^java\.lang\.(?:reflect|invoke)\."
    r"|GeneratedMethodAccessor|GeneratedConstructorAccessor|FastClass(?:BySpring|ByCGLIB)"
)
_LAMBDA_NUMBER: Final = re.compile(r"[$-]\d++(?:[$-]\d++){0,3}$")
_LIBRARY: Final = re.compile(
    r"^(?:java|javax|jakarta|sun|jdk|com\.sun|kotlin|kotlinx|scala|groovy|clojure|android|androidx"
    r"|dalvik|libcore|com\.android|com\.google|org\.springframework|org\.apache|org\.hibernate"
    r"|org\.eclipse|org\.jboss|org\.junit|io\.netty|io\.sentry\.(?:spring|android|core)|io\.quarkus|reactor|rx|okhttp3"
    r"|okio|retrofit2|feign|org\.postgresql|com\.mysql|com\.fasterxml|akka|play)\."
)


def clean(frame: Frame) -> Name:
    """Class and method; a proxy gets the name of the class it stands for."""
    sent, sent_class = function_of(frame), frame.module or ""
    if _REFLECTION.search(sent_class):
        return Name(sent, sent_class, Role.NOISE, "reflection: the JVM swaps these at run time")
    place = _NUMBERED.sub("", _GENERATED.sub("", sent_class)) or path_of(frame)
    function = _LAMBDA_NUMBER.sub("", sent)
    remark = describe(sent_class, place) if sent_class else ""
    return Name(function, place, remark=remark or describe(sent, function))


def is_library(frame: Frame) -> bool:
    """The run time and the frameworks nearly everybody uses."""
    return _LIBRARY.match(frame.module or "") is not None


LANGUAGE: Final = Language(frozenset({"java", "kotlin", "scala", "android"}), clean, is_library)
