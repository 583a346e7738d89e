"""One pass over the raw bytes that says where a closer look is needed.

All triggers are one expression in the syntax that hyperscan and RE2 share. A position is
only a hint: the scrubber looks at the whole JSON string around it, so both engines lead to
the same result although they report different positions of the same string.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

import re2  # type: ignore[import-untyped]

try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None  # type: ignore[assignment]

from vedette.pipeline.scrub import patterns, words
from vedette.pipeline.scrub.settings import ScrubSettings

# A trigger may end with the quote that closes its string; two bytes back is inside it.
_BACK = 2
_ESCAPED_ASCII = r"\\u00[2-7]"


class Engine(Protocol):
    """Finds the positions of triggers in raw JSON, ascending, each inside the match."""

    def positions(self, payload: bytes) -> list[int]: ...


class Re2Engine:
    """The portable engine."""

    def __init__(self, expression: str) -> None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.never_capture = True
        self._expression = re2.compile(expression.encode("utf-8"), options)

    def positions(self, payload: bytes) -> list[int]:
        return [match.end() - _BACK for match in self._expression.finditer(payload)]


class HyperscanEngine:
    """The fast engine, where there is a wheel."""

    def __init__(self, expression: str) -> None:
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[expression.encode("utf-8")],
            ids=[0],
            elements=1,
            flags=[hyperscan.HS_FLAG_DOTALL],
        )
        # A database has one scratch space, which two threads must not share.
        self._lock = threading.Lock()

    def positions(self, payload: bytes) -> list[int]:
        found: list[int] = []
        append = found.append

        def record(_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end - _BACK)

        with self._lock:
            self._database.scan(payload, record)
        found.sort()
        return found


# The engines of this machine by name, the fastest first. Each is built from an expression.
ENGINES: Mapping[str, Callable[[str], Engine]] = (
    {"re2": Re2Engine} if hyperscan is None else {"hyperscan": HyperscanEngine, "re2": Re2Engine}
)


def build_engine(settings: ScrubSettings) -> Engine:
    """The fastest engine this machine has, for these settings."""
    return _engine(trigger_expression(settings))


# Most projects share one expression, and hyperscan takes 0.1 s to compile it.
@lru_cache(maxsize=64)
def _engine(expression: str) -> Engine:
    fastest = next(iter(ENGINES.values()))
    return fastest(expression)


def trigger_expression(settings: ScrubSettings) -> str:
    """The expression that matches in every string, or just after the `\\u00` of an escape,
    that a rule of these settings could change."""
    triggers = [_ESCAPED_ASCII]
    if settings.uses_defaults:
        triggers += [f"(?i:{words.TRIGGER_WORDS})", *patterns.DEFAULT_TRIGGERS]
    if settings.ip_addresses:
        triggers += patterns.IP_TRIGGERS
    if settings.emails:
        triggers.append(patterns.EMAIL_TRIGGER)
    triggers += [f"(?i:{trigger})" for trigger in words.own_triggers(settings.own_fields)]
    return "|".join(triggers)
