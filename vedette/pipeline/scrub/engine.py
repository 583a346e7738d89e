"""One pass over the raw bytes that says where a closer look is needed.

All triggers are one expression in the syntax that hyperscan and RE2 share. A position is
only a hint: the scrubber looks at the whole JSON string around it, so both engines lead to
the same result although they report different positions of the same string.
"""

from __future__ import annotations

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
    """The fast engine, where there is a wheel. Not for two threads at once."""

    def __init__(self, expression: str) -> None:
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[expression.encode("utf-8")],
            ids=[0],
            elements=1,
            flags=[hyperscan.HS_FLAG_DOTALL],
        )
        self._found: list[int] = []
        append = self._found.append

        def record(_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end - _BACK)

        self._record = record

    def positions(self, payload: bytes) -> list[int]:
        self._found.clear()
        self._database.scan(payload, self._record)
        return sorted(self._found) if self._found else self._found


def build_engine(settings: ScrubSettings) -> Engine:
    """The fastest engine this machine has, for these settings."""
    expression = trigger_expression(settings)
    return Re2Engine(expression) if hyperscan is None else HyperscanEngine(expression)


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
