"""Dart and Flutter: closures without a name, asynchronous gaps."""

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

_CLOSURE: Final = re.compile(r"(?:\.<(?:anonymous closure|fn|async|\w+_async_body)>)+$")
_GAP: Final = frozenset({"<asynchronous suspension>", "<async>", "===== asynchronous gap"})
_LIBRARY: Final = re.compile(
    r"^(?:dart:|package:(?:flutter|flutter_test|sentry)/|org-dartlang-sdk)"
)


def clean(frame: Frame) -> Name:
    """Library and function; a closure counts as the function that it stands in."""
    sent = function_of(frame)
    if sent in _GAP or path_of(frame) in _GAP:
        return Name(sent, "", Role.NOISE, "gap between two turns of the event loop")
    function = _CLOSURE.sub("", sent).replace("new ", "")
    place = (frame.abs_path or "") if "package:" in (frame.abs_path or "") else path_of(frame)
    is_closure = _CLOSURE.search(sent) is not None
    remark = describe(sent, function)
    return Name(function, stable_path(place), remark=remark, is_closure=is_closure)


def is_library(frame: Frame) -> bool:
    """The SDK and the framework."""
    return _LIBRARY.match(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"dart", "flutter"}), clean, is_library)
