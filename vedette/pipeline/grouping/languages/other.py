"""Any other platform: only what is generated in every language is normalised."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    describe,
    function_of,
    path_of,
    stable_path,
    without_hashes,
)
from vedette.wire.event import Frame

_LIBRARY: Final = re.compile(r"/node_modules/|/vendor/|/site-packages/|/usr/lib/|/deps/")


def clean(frame: Frame) -> Name:
    """Module, else file, and function."""
    sent = function_of(frame)
    function = without_hashes(sent)
    place = frame.module or stable_path(path_of(frame))
    is_closure = function.endswith("__ANON__")  # Perl's subs without a name
    return Name(function, place, remark=describe(sent, function), is_closure=is_closure)


def is_library(frame: Frame) -> bool:
    """Folders in which package managers put other people's code."""
    return _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"", "other"}), clean, is_library)
