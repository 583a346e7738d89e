"""Ruby: blocks, versioned gem paths, compiled templates, the class names of Ruby 3.4."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of, path_of
from vedette.pipeline.grouping.past.v2026_11_22.naming import stable_path
from vedette.wire.event import Frame

_BLOCK: Final = re.compile(r"^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+")
_OWNER: Final = re.compile(r"^[A-Z][\w:]*[#.](?=\S)")
_TEMPLATE: Final = re.compile(r"(?<!_)_{2,}\d+_\d+$")
_CHECKOUT: Final = re.compile(r"(?<=[a-zA-Z])-[0-9a-f]{7,40}(?=/)")
_GEM: Final = re.compile(r"^.*/gems/(?=[^/]+/)")
_LIBRARY: Final = re.compile(r"/gems/|/lib/ruby/|^<internal:|/rubygems/|/vendor/bundle/")


def clean(frame: Frame) -> Name:
    """File and method; a block counts as the method that it stands in."""
    sent, path = function_of(frame), path_of(frame)
    if path.startswith("<internal:"):
        return Name(sent, path, Role.NOISE, "inside the interpreter: differs by Ruby version")
    function = _TEMPLATE.sub("", _OWNER.sub("", _BLOCK.sub("", sent)))
    place = stable_path(_GEM.sub("", _CHECKOUT.sub("", path)))
    return Name(function, place, remark=describe(sent, function))


def is_library(frame: Frame) -> bool:
    """Gems and the standard library."""
    return _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"ruby"}), clean, is_library)
