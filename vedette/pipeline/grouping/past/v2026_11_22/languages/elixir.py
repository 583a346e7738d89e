"""Elixir and Erlang: anonymous functions and the compiler's lifted ones."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, describe, function_of, path_of
from vedette.wire.event import Frame

_ANONYMOUS: Final = re.compile(r"^anonymous fn/\d+ in ")
_LIFTED: Final = re.compile(r"^-(.+?)/(\d+)-(?:fun|lc\$\^\d*|inlined)-\d+.*$")
_LIBRARY: Final = re.compile(
    r"^(?:deps/|lib/elixir/|\(?(?:elixir|stdlib|kernel|ecto|phoenix|plug)\b)"
)


def clean(frame: Frame) -> Name:
    """Module and function with its arity; a closure counts as the function it stands in."""
    sent = function_of(frame)
    function = _LIFTED.sub(r"\1/\2", _ANONYMOUS.sub("", sent)).removeprefix("Elixir.")
    place = (frame.module or path_of(frame)).removeprefix("Elixir.")
    return Name(function.removeprefix(f"{place}."), place, remark=describe(sent, function))


def is_library(frame: Frame) -> bool:
    """Dependencies and the language's own libraries."""
    return _LIBRARY.match(path_of(frame)) is not None


LANGUAGE: Final = Language(frozenset({"elixir", "erlang"}), clean, is_library)
