"""Pairs of whole events (codes, places, templates), and what events are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.grouping.builder import Json, key
from vedette.pipeline.grouping import title
from vedette.wire.event import decode_event

FOLDER = Path(__file__).parent


def lines(name: str) -> list[Json]:
    """The objects of a file, one a line."""
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]


@pytest.mark.parametrize(
    "pair",
    lines("corpus_events.jsonl"),
    ids=lambda pair: f"{pair['one']['platform']}: {pair['why']}",
)
def test_two_events_are_one_issue_or_two(pair: Json) -> None:
    """What an error carries elsewhere than in its type and stack tells it from another."""
    keys = {key(decode_event(json.dumps(pair[side]))) for side in ("one", "other")}
    assert len(keys) == {"same": 1, "apart": 2}[pair["is"]]


@pytest.mark.parametrize("case", lines("corpus_titles.jsonl"), ids=lambda case: case["why"])
def test_an_event_is_called_by_what_happened_and_where(case: Json) -> None:
    """Its text is filled in; its culprit is a function of the application."""
    shown, want = title(decode_event(json.dumps(case["event"]))), case["want"]
    assert shown.text == want.get("text", shown.text)
    assert shown.culprit == want.get("culprit", shown.culprit)
    assert want.get("culprit_has", "") in shown.culprit
