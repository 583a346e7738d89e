"""Elixir and Erlang: anonymous functions and the compiler's lifted ones."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of, path_of
from vedette.wire.event import Frame

_ANONYMOUS: Final = re.compile(r"^anonymous fn/\d+ in ")
# As the run time itself writes it: `Shop.Cart."-pay/2-fun-0-"/1`.
_QUOTED: Final = re.compile(r"\"(-[^\"]+-)\"(?:/\d+)?$")
_RAISES: Final = frozenset({":erlang.raise/3", ":erlang.error/1", ":erlang.error/2"})
_LIFTED: Final = re.compile(
    r"^-(.+?)/(\d+)-(?:fun|anonymous|inlined|(?:lc|lbc|mc|after)\$\^\d+/\d+)-\d+.*$"
)
_LIBRARY: Final = re.compile(
    r"^(?:deps/|lib/elixir/|\(?(?:elixir|stdlib|kernel|ecto|phoenix|plug)\b)"
)


def clean(frame: Frame) -> Name:
    """Module and function with its arity; a closure counts as the function it stands in."""
    sent = function_of(frame)
    if sent in _RAISES:
        return Name(sent, "", Role.NOISE, "raises the exception it was given")
    sent = _QUOTED.sub(r"\1", sent)
    sent = sent[sent.rfind(".-") + 1 :] if ".-" in sent else sent
    function = _LIFTED.sub(r"\1/\2", _ANONYMOUS.sub("", sent)).removeprefix("Elixir.")
    place = (frame.module or path_of(frame)).removeprefix("Elixir.")
    is_closure = _ANONYMOUS.match(sent) is not None or "-fun-" in sent
    function = function.removeprefix(f"{place}.")
    return Name(function, place, remark=describe(sent, function), is_closure=is_closure)


def is_library(frame: Frame) -> bool:
    """Dependencies and the language's own libraries."""
    return _LIBRARY.match(path_of(frame)) is not None


LANGUAGE: Final = Language(frozenset({"elixir", "erlang"}), clean, is_library)
