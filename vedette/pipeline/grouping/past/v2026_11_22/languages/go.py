"""Go: closures, generics, method values."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, describe, function_of, path_of
from vedette.pipeline.grouping.past.v2026_11_22.naming import stable_path
from vedette.wire.event import Frame

_CLOSURE: Final = re.compile(r"\.(?:func|gowrap|deferwrap)?\d++(?!\w).*$|-range\d.*$|-fm$")
_GENERIC: Final = re.compile(r"\[[^\]]*\]")
_ADDRESS: Final = re.compile(r"\(0x[0-9a-f]+.*\)$|\{0x[0-9a-f]+.*$")
_LIBRARY: Final = re.compile(r"/pkg/mod/|/go/src/(?!.*\.)|/usr/local/go/|/vendor/|/sdk/go")


def clean(frame: Frame) -> Name:
    """Package and function; a closure counts as the function that it stands in."""
    sent = function_of(frame)
    function = _CLOSURE.sub("", _GENERIC.sub("", _ADDRESS.sub("", sent))).replace("..", ".")
    place = _GENERIC.sub("", frame.module or "") or stable_path(path_of(frame))
    return Name(function, place, remark=describe(sent, function))


def is_library(frame: Frame) -> bool:
    """Module cache, vendored code, and the standard library, whose names hold no dot."""
    module = frame.module or ""
    standard = module != "" and module != "main" and "." not in module.partition("/")[0]
    return _LIBRARY.search(frame.abs_path or "") is not None or (standard and not frame.abs_path)


LANGUAGE: Final = Language(frozenset({"go"}), clean, is_library)
