"""Ruby: blocks, versioned gem paths, compiled templates, the class names of Ruby 3.4."""

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

_BLOCK: Final = re.compile(r"^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+")
_OWNER: Final = re.compile(r"^[A-Z][\w:]*[#.](?=\S)")
# Ruby 3.4 shows methods written in C with their class, at the place of their caller.
_CORE: Final = re.compile(
    r"^(?:Array|BasicObject|BigDecimal|Class|Comparable|Dir|Enumerable|Enumerator|Exception|File"
    r"|Float|Hash|IO|Integer|Kernel|MatchData|Method|Module|Monitor|NilClass|Numeric|Object|Proc"
    r"|Process|Range|Rational|Regexp|Set|String|StringIO|Struct|Symbol|Thread|Mutex|Time|TrueClass"
    r"|UnboundMethod)[#.](?=\S)"
)
_TEMPLATE: Final = re.compile(r"(?<!_)_{2,}\d+_\d+$")
_CHECKOUT: Final = re.compile(r"(?<=[a-zA-Z])-[0-9a-f]{7,40}(?=/)")
# Blocks in these are all that a route, a task or a hook is: `get("/orders") do`.
_BODY: Final = re.compile(r"^<(?:top \(required\)|main|class:.*|module:.*)>$")
_GEM: Final = re.compile(r"^.*/gems/(?=[^/]+/)")
_LIBRARY: Final = re.compile(r"/gems/|/lib/ruby/|^<internal:|/rubygems/|/vendor/bundle/")


def clean(frame: Frame) -> Name:
    """File and method; a block counts as the method that it stands in, and its line."""
    sent, path = function_of(frame), path_of(frame)
    if path.startswith("<internal:"):
        return Name(sent, path, Role.NOISE, "inside the interpreter: differs by Ruby version")
    inner = _BLOCK.sub("", sent)
    function = _TEMPLATE.sub("", _without_owner(inner, path))
    place = stable_path(_GEM.sub("", _CHECKOUT.sub("", path)))
    is_told = bool(frame.context_line) or _BODY.match(function) is not None
    is_closure = inner != sent and is_told
    return Name(function, place, remark=describe(sent, function), is_closure=is_closure)


def _without_owner(function: str, path: str) -> str:
    """The method as Ruby before 3.4 named it, where the file says its class as well."""
    owner = _OWNER.match(function)
    if owner is None:
        return function
    if _CORE.match(function) is not None:
        return function[owner.end() :]
    name = owner.group().rstrip("#.").rpartition("::")[2].lower()
    file = path.rpartition("/")[2].partition(".")[0].replace("_", "").lower()
    return function[owner.end() :] if name == file else function


def is_library(frame: Frame) -> bool:
    """Gems and the standard library."""
    is_core = _CORE.match(frame.function or "") is not None
    return is_core or _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"ruby"}), clean, is_library)
