"""Scrubbing as it was on 2026-11-22: what an event's text looked like to the grouping of then.

Only asked when a group is met for the first time, so that events whose secrets are cut out
differently today still find their issue. What it gives is never stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub.credentials import KNOWN_SINCE_THEN
from vedette.pipeline.scrub.patterns import CARD
from vedette.pipeline.scrub.redaction import Cut, Redactor, Spend
from vedette.pipeline.scrub.scrubber import Scrubber
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.words import Names, is_safe_value

_WORD = r"[A-Za-z0-9_-]"
_NAME = rf"{_WORD}+(?:\[{_WORD}*\])*"
_ASSIGNMENT = re2.compile(
    rf"({_NAME})=([^\s&;,\"'<>)}}]+)"
    rf"|[\"']({_NAME})[\"']\s*:\s*(?:\"([^\"]+)\"|'([^']+)')".encode()
)
_VARIABLE_SIGNS = b"%$?{:*"
_ANY_CARD = dataclasses.replace(CARD, is_genuine=lambda _text, _span: True)


def former_scrubber(settings: ScrubSettings) -> Scrubber:
    """The scrubber of then, for the same settings."""
    settings = dataclasses.replace(settings, strict=True)
    return Scrubber(settings, redactor=_FormerRedactor(settings, Names(settings)))


class _FormerRedactor(Redactor):
    """Knew `name=value` and `"name": "value"`, took any 16 digits for a card, and no tokens."""

    def __init__(self, settings: ScrubSettings, names: Names) -> None:
        super().__init__(settings, names)
        self._credentials = tuple(
            _ANY_CARD if pattern is CARD else pattern
            for pattern in self._credentials
            if pattern not in KNOWN_SINCE_THEN
        )

    def _assignment_cuts(self, text: bytes, spend: Spend) -> Iterator[Cut]:
        for match in _ASSIGNMENT.finditer(text):
            spend()
            name = match[1] or match[3]
            group = next(group for group in (2, 4, 5) if match.start(group) >= 0)
            start, end = match.span(group)
            if text[start] in _VARIABLE_SIGNS or is_safe_value(text[start:end]):
                continue
            rule = self._names.name_rule(name)
            if rule:
                yield Cut(start, end, rule)
