"""Beside the form of scrubbing: what is left of an event that somebody pastes, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from vedette.control.for_pipeline import scrub_settings
from vedette.pipeline.scrub import Scrubber, TooCostly, meta
from vedette.web.remarks import Remarks
from vedette.wire.json_text import parse

MOST_CHARACTERS = 500_000
_MOST_SHOWN = 100
EXAMPLE = """{
  "user": {"id": "7", "email": "ann@example.com", "ip_address": "203.0.113.9"},
  "extra": {"note": "order-1234, card 4111 1111 1111 1111", "password": "hunter2"}
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One value that a rule has changed: where it stands, what stands there now, and why."""

    path: str
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubTrial:
    """The panel. `result` is empty where nothing was tried, `problem` says why it cannot be."""

    sample: str = EXAMPLE
    result: str = ""
    problem: str = ""
    found: Sequence[Found] = ()
    more: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)
    most_characters: int = MOST_CHARACTERS


def build(sample: str, tried: Mapping[str, Any] | None) -> ScrubTrial:
    """The panel for an event, by values that are not saved yet."""
    if tried is None:
        return ScrubTrial(sample=sample or EXAMPLE)
    text = sample.strip() or EXAMPLE
    if len(text) > MOST_CHARACTERS:
        return ScrubTrial(sample=text, problem=f"It has more than {MOST_CHARACTERS:,} characters.")
    if not text.startswith("{"):
        return ScrubTrial(sample=text, problem="An event is a JSON object in braces.")
    try:
        json.loads(text)
        found = Scrubber(scrub_settings(tried, settings.CONFIG)).scrub(text.encode())
        kept = parse(found.payload)
    except TooCostly:
        return ScrubTrial(sample=text, problem="It holds too much to look at: it would be dropped.")
    except (ValueError, RecursionError) as error:
        return ScrubTrial(sample=text, problem=f"This is not the JSON of an event: {error}")
    if not isinstance(kept, dict):
        return ScrubTrial(sample=text, problem="Nothing would be left of it.")
    said = list(_said(kept, Remarks(meta(found.payload, found.remarks)), ()))
    return ScrubTrial(
        sample=text,
        result=json.dumps(kept, indent=2, ensure_ascii=False),
        found=said[:_MOST_SHOWN],
        more=max(0, len(said) - _MOST_SHOWN),
    )


def _said(value: Any, remarks: Remarks, path: tuple[str, ...]) -> Iterator[Found]:
    """What was done to a value and to all in it, in the order in which they stand."""
    if remarks.words:
        shown = json.dumps(value, ensure_ascii=False)
        yield Found(path=".".join(path) or "the event", value=shown[:200], words=remarks.words)
    parts: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        parts = enumerate(value)
    for name, part in parts:
        if str(name) in remarks.tree:
            yield from _said(part, remarks.at(name), (*path, str(name)))
