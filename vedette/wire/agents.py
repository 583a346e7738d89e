"""Browser, system and device that a user agent names."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

_MOST_CHARACTERS = 512  # of which it is read; browsers send 80 to 250, applications' views 400


@lru_cache(maxsize=4096)
def client_of(agent: str) -> tuple[tuple[str, str], tuple[str, str], str]:
    """Browser (name, version), system (name, version) and device; "" for what is not known."""
    if not agent:
        return ("", ""), ("", ""), ""
    parser, shown = _parser(), agent[:_MOST_CHARACTERS]
    return (
        _named(parser.parse_user_agent(shown)),
        _named(parser.parse_os(shown)),
        _device(parser, shown),
    )


@cache
def _parser() -> Any:
    """All expressions in one set of RE2: 6 MB, where the library's own choice takes 24.

    They are loaded by who reads agents only.
    """
    from ua_parser import Parser
    from ua_parser.loaders import load_lazy_builtins
    from ua_parser.re2 import Resolver

    return Parser(Resolver(load_lazy_builtins()))


def _named(part: Any) -> tuple[str, str]:
    if part is None:
        return "", ""
    return part.family, ".".join(number for number in (part.major, part.minor) if number)


def _device(parser: Any, agent: str) -> str:
    try:
        found = parser.parse_device(agent)
    except ValueError:  # it found a place for a name, and only blanks there
        return ""
    return (found.model or found.family or "")[:64] if found else ""
