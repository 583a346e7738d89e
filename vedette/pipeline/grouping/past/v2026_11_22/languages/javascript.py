"""JavaScript in browsers: the same error reads differently in each engine."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of
from vedette.pipeline.grouping.past.v2026_11_22.languages._scripts import (
    BUILT_IN_FILES,
    EVALUATED,
    TRANSPILED,
    script_function,
    script_path,
)
from vedette.wire.event import Frame

_LIBRARY: Final = re.compile(r"/node_modules/|/webpack/(?:runtime|bootstrap)|-extension://|/~/")


def clean(frame: Frame) -> Name:
    """File and bare function name; receivers differ between engines and are dropped."""
    sent = function_of(frame)
    # A file opened from disk has no host: only its own name is the same for everybody.
    source = frame.abs_path if (frame.abs_path or "").startswith("file:") else frame.filename
    source = source or frame.abs_path or ""
    if source in BUILT_IN_FILES:
        return Name(sent, "", Role.NOISE, "function built into the engine")
    if sent in EVALUATED:
        return Name(sent, "", Role.NOISE, "eval: engines disagree on showing it")
    function = script_function(sent, keep_class=False)
    if function in TRANSPILED or sent.startswith("Generator."):
        return Name(sent, "", Role.NOISE, "made by the compiler")
    place = script_path(source)
    remark = describe(sent, function) or describe(source, place)
    return Name(function, place, Role.NAMED if function else Role.ANONYMOUS, remark)


def is_library(frame: Frame) -> bool:
    """Packages, the bundler's runtime and browser extensions."""
    return _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"javascript"}), clean, is_library)
