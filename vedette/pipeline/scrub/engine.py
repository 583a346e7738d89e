"""One pass over the raw bytes that says where a closer look is needed.

All triggers are expressions in the syntax that hyperscan and RE2 share. A position is
only a hint: the scrubber looks at the whole JSON string around it, so both engines lead to
the same result although they report different positions of the same string.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

import re2  # type: ignore[import-untyped]

try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None  # type: ignore[assignment]

from vedette.pipeline.scrub import commands, fields, formats, paths, patterns, tokens, words
from vedette.pipeline.scrub.settings import ScrubSettings

# A trigger may end with the quote that closes its string; so far back is inside it.
BACK: Final = 2
_ESCAPED_ASCII = r"\\u00[2-7]"
# An exponent that could leave the range of a double, or very many digits. One of more than six
# digits is found by its beginning, as parts of ids are too: up to its end the engines would take
# twice as long, so `_OUT_OF_RANGE` tells the two apart.
_LARGE_NUMBER = r"[eE]\+?[0-9]{3,6}[,}\]\s]|[0-9][eE]\+?[0-9]{7}|[0-9]{100}"
_OUT_OF_RANGE = re.compile(rb"[:,\[\s-][0-9][0-9.]*+[eE]\+?[0-9]{3}|[0-9]{100}")
_DIGITS = b"0123456789"
_MANY = 256


Triggers = tuple[str, ...]


class Engine(Protocol):
    """Finds the positions of triggers in raw JSON, ascending, each inside the match."""

    def positions(self, payload: bytes) -> list[int]: ...


class Re2Engine:
    """The portable engine."""

    def __init__(self, expressions: Triggers) -> None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.never_capture = True
        options.max_mem = 32 << 20  # what the most own fields need; others take no more of it
        self._expression = re2.compile("|".join(expressions).encode(), options)

    def positions(self, payload: bytes) -> list[int]:
        return [match.end() - BACK for match in self._expression.finditer(payload)]


class HyperscanEngine:
    """The fast engine, where there is a wheel."""

    def __init__(self, expressions: Triggers) -> None:
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[expression.encode() for expression in expressions],
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[hyperscan.HS_FLAG_DOTALL] * len(expressions),
        )
        # A database has one scratch space, which two threads must not share.
        self._lock = threading.Lock()

    def positions(self, payload: bytes) -> list[int]:
        found: list[int] = []
        append = found.append

        def record(_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end - BACK)

        with self._lock:
            self._database.scan(payload, record)
        found.sort()
        return found


# The engines of this machine by name, the fastest first. Each is built from triggers.
ENGINES: Mapping[str, Callable[[Triggers], Engine]] = (
    {"re2": Re2Engine} if hyperscan is None else {"hyperscan": HyperscanEngine, "re2": Re2Engine}
)


def build_engine(settings: ScrubSettings) -> Engine:
    """The fastest engine this machine has, for these settings."""
    return engine_of(triggers(settings))


# Most projects share the same triggers, and hyperscan takes 0.1 s to compile it.
@lru_cache(maxsize=64)
def engine_of(expressions: Triggers) -> Engine:
    """The fastest engine this machine has, for these expressions."""
    fastest = next(iter(ENGINES.values()))
    return fastest(expressions)


def triggers(settings: ScrubSettings) -> Triggers:
    """Expressions, one of which matches in every string that a rule of these settings could
    change, at every escape that could hide one, and in every number that could be too large."""
    built_in = [_ESCAPED_ASCII, _LARGE_NUMBER]
    if settings.uses_defaults:
        built_in += [f"(?i:{words.TRIGGER_WORDS})", *patterns.DEFAULT_TRIGGERS]
        built_in += [*tokens.TRIGGERS, *paths.TRIGGERS, *commands.TRIGGERS]
        built_in += formats.TRIGGERS
        built_in += fields.TRIGGERS
    if settings.ip_addresses:
        built_in += patterns.IP_TRIGGERS
    if settings.emails:
        built_in.append(patterns.EMAIL_TRIGGER)
    own = [f"(?i:{trigger})" for trigger in words.own_triggers(settings.own_fields)]
    # Hyperscan is fastest on one expression, but has a limit to its length.
    return ("|".join(built_in), *own)


def may_hold_large_number(payload: bytes, positions: list[int]) -> bool:
    """Whether one of these trigger positions stands in a number that no double may hold.

    Where there are many, it is cheaper to say yes.
    """
    return len(positions) > _MANY or any(
        payload[position] in _DIGITS
        and _OUT_OF_RANGE.search(payload, max(0, position - 104), position + 104)
        for position in positions
    )
