"""JavaScript on a server (Node, Deno, Bun): one engine, so receivers are reliable."""

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

_LIBRARY: Final = re.compile(r"(?:^|/)node_modules/|^node:|^internal/|^ext:|/webpack/bootstrap")


def clean(frame: Frame) -> Name:
    """Module or file, and function with its class."""
    sent = function_of(frame)
    source = frame.filename or frame.abs_path or ""
    if source in BUILT_IN_FILES:
        return Name(sent, "", Role.NOISE, "function built into the engine")
    function = script_function(sent, keep_class=True)
    if function in TRANSPILED or function in EVALUATED or sent.startswith("Generator."):
        return Name(sent, "", Role.NOISE, "made by the compiler or evaluated")
    place = script_path(frame.module or source)
    remark = describe(sent, function) or describe(frame.module or source, place)
    return Name(function, place, Role.NAMED if function else Role.ANONYMOUS, remark)


def is_library(frame: Frame) -> bool:
    """Installed packages and the runtime's own modules."""
    return _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"node", "deno", "bun"}), clean, is_library)
