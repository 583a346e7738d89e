""".NET and Unity: state machines, closure classes, generics."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of, path_of
from vedette.pipeline.grouping.past.v2026_11_22.naming import stable_path
from vedette.wire.event import Frame

_STATE_MACHINE: Final = re.compile(r"[+.]<(\w+)>d(?:__\d+)?(?:`\d+)?$")
_CLOSURE_CLASS: Final = re.compile(r"[+.]<>c(?:__DisplayClass[\w_]*)?(?:`\d+)?")
_LOCAL: Final = re.compile(r"(?<!<)<++\w*+[>$]*+g__(\w+)\|[\d_]+")
_LAMBDA: Final = re.compile(r"<(\.?\w+)>b__[\d_]+")
_GENERIC: Final = re.compile(r"`\d+|\[[^\[\]]*\]|(?<=\w)<[\w., <>]*>$|\(.*\)$")
_ASYNC_PLUMBING: Final = re.compile(
    r"^System\.Runtime\.(?:CompilerServices\.|ExceptionServices\.)|ExceptionDispatchInfo"
)
_LIBRARY: Final = re.compile(
    r"^(?:System|Microsoft|Windows|Mono|mscorlib|netstandard|UnityEngine|UnityEditor|Unity"
    r"|Newtonsoft|Npgsql|Dapper|Serilog|Sentry|Xunit|NUnit)(?:\.|$|,)"
)


def clean(frame: Frame) -> Name:
    """Class and method as written, not the state machines the compiler makes of them."""
    sent, sent_class = function_of(frame), frame.module or ""
    if _ASYNC_PLUMBING.search(sent_class):
        return Name(sent, sent_class, Role.NOISE, "plumbing of async methods")
    if sent.startswith("lambda_method"):
        return Name(sent, sent_class, Role.NOISE, "method compiled from an expression")
    whole = f"{sent_class}::{sent}"
    place, function = _written_name(sent_class, sent)
    if not place and "." not in function:
        place = stable_path(path_of(frame)).rpartition("/")[2]
    return Name(function, place, remark=describe(whole, f"{place}::{function}"))


def _written_name(place: str, function: str) -> tuple[str, str]:
    """The class and method as their author wrote them."""
    machine = _STATE_MACHINE.search(place)
    if machine is not None and function == "MoveNext":
        place, function = place[: machine.start()], machine.group(1)
    joined = _STATE_MACHINE.search(function.removesuffix(".MoveNext"))
    if joined is not None:
        function = f"{function[: joined.start()]}.{joined.group(1)}"
    place = _GENERIC.sub("", _CLOSURE_CLASS.sub("", place))
    function = _LAMBDA.sub(r"\1", _LOCAL.sub(r"\1", _CLOSURE_CLASS.sub("", function)))
    return place, _GENERIC.sub("", function)


def is_library(frame: Frame) -> bool:
    """The framework and the packages nearly everybody uses."""
    return _LIBRARY.match(frame.module or frame.package or function_of(frame)) is not None


LANGUAGE: Final = Language(frozenset({"csharp", "dotnet", "unity"}), clean, is_library)
