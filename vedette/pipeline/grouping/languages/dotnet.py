""".NET and Unity: state machines, closure classes, generics."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    Role,
    describe,
    function_of,
    path_of,
    stable_path,
)
from vedette.wire.event import Frame

# `+<Pay>d__12`, and those of an async lambda or local function: `+<<Pay>b__3_1>d`.
_STATE_MACHINE: Final = re.compile(
    r"[+.]<(?:(\w+)|<(\w+)>\$|<(\w+)[>$]*+(?:b__[\d_]+|g__(\w+)\|[\d_]+))>(?:d(?:__\d+)?|c__(?:Iterator|async)[0-9A-Z]*)(?:`\d+)?$"
)
_CLOSURE_CLASS: Final = re.compile(
    r"[+.]<\w*>c(?:__(?:DisplayClass|AnonStorey)[\w_]*)?(?:`\d+)?(?=$|[+.:])"
)
_LOCAL: Final = re.compile(r"(?<!<)<++\w*+[>$]*+g__(\w+)\|[\d_]+")
# By Roslyn and by Mono, which leaves out the method's name where the class tells it.
_LAMBDA: Final = re.compile(r"<(\.?\w+)[>$]*+[bm]__[0-9A-F_]+|(?<=^<>m__)[0-9A-F]+$")
_VISUAL_BASIC: Final = re.compile(r"[+.]_Closure\$__[\d_-]+$|[+.]VB\$StateMachine_\d+_(\w+)$")
_VISUAL_BASIC_LAMBDA: Final = re.compile(r"^_Lambda\$__[\w-]+$")
# F# names a closure after what it is bound to and its line: `Cart.pay@12-1`.
_FSHARP: Final = re.compile(r"@\d+(?:-\d+)?(?=$|\+|\.)")
# `<>f__AnonymousType3`, and the file of a type that only its file knows: `<Svc>F1A2B3C4D__Helper`.
_NUMBERED_TYPE: Final = re.compile(r"(?<=AnonymousType)\d+|<\w+>F[0-9A-F]{8,64}__")
# As Ben.Demystifier writes a lambda: `void Cart.Pay(int id)+(x) => { }`.
_DEMYSTIFIED: Final = re.compile(r"\+(?:async )?\(?[^()]*\)? => \{.*\}$")
_PROXY_NUMBER: Final = re.compile(r"(?<=Proxy)_\d+$")
_CLOSURE: Final = re.compile(r"\+\{lambda\}$|[>$][bm]__[\d_]+|_Lambda\$__|@\d+(?:-\d+)?(?:$|[+.:])")
_GENERIC: Final = re.compile(r"`\d+|\[[^\[\]]*\]|(?<=\w)<[\w., <>]*>$|\(.*\)$")
_ASYNC_PLUMBING: Final = re.compile(
    r"^System\.Runtime\.(?:CompilerServices\.|ExceptionServices\.)|ExceptionDispatchInfo"
    r"|^System\.(?:\w+\.){0,4}ThrowHelper$"
)
_LIBRARY: Final = re.compile(
    r"^(?:System|Microsoft|Windows|Mono|mscorlib|netstandard|UnityEngine|UnityEditor|Unity"
    r"|Newtonsoft|Npgsql|Dapper|Serilog|Sentry|Xunit|NUnit)(?:\.|$|,)"
)


def clean(frame: Frame) -> Name:
    """Class and method as written, not the state machines the compiler makes of them."""
    sent = _DEMYSTIFIED.sub("+{lambda}", function_of(frame))
    sent_class = _NUMBERED_TYPE.sub("", frame.module or "")
    if _ASYNC_PLUMBING.search(sent_class):
        return Name(sent, sent_class, Role.NOISE, "plumbing of async methods")
    if sent.startswith("lambda_method"):
        return Name(sent, sent_class, Role.NOISE, "method compiled from an expression")
    whole = f"{sent_class}::{sent}"
    place, function = _written_name(sent_class, sent)
    if not place and "." not in function:
        place = stable_path(path_of(frame)).rpartition("/")[2]
    remark = describe(whole, f"{place}::{function}")
    return Name(function, place, remark=remark, is_closure=_CLOSURE.search(whole) is not None)


def _written_name(place: str, function: str) -> tuple[str, str]:
    """The class and method as their author wrote them."""
    machine = _STATE_MACHINE.search(place)
    if machine is not None and function == "MoveNext":
        place, function = place[: machine.start()], _written_method(machine)
    joined = _STATE_MACHINE.search(function.removesuffix(".MoveNext"))
    if joined is not None:
        function = f"{function[: joined.start()]}.{_written_method(joined)}"
    basic = _VISUAL_BASIC.search(place)
    if basic is not None:
        place, function = place[: basic.start()], basic.group(1) or function
    place = _FSHARP.sub("@", _PROXY_NUMBER.sub("", _CLOSURE_CLASS.sub("", place)))
    function = _VISUAL_BASIC_LAMBDA.sub("_Lambda", _CLOSURE_CLASS.sub("", function))
    function = _LAMBDA.sub(r"\1", _LOCAL.sub(r"\1", _FSHARP.sub("@", function)))
    return _GENERIC.sub("", place), _GENERIC.sub("", function)


def _written_method(machine: re.Match[str]) -> str:
    """The local function, or else the method, that a state machine was made of."""
    return next(name for name in reversed(machine.groups()) if name)


def is_library(frame: Frame) -> bool:
    """The framework and the packages nearly everybody uses."""
    return _LIBRARY.match(frame.module or frame.package or function_of(frame)) is not None


LANGUAGE: Final = Language(frozenset({"csharp", "dotnet", "unity"}), clean, is_library)
