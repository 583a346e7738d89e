"""Events that are taken over are stored where and when they were, and nobody hears of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.pipe import Pipe
from vedette import clock
from vedette.pipeline.steps import group_number
from vedette.spool.meta import Meta, Past
from vedette.wire.envelope import build_envelope

KEY = "ab" * 16
DAY = 86_400


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def take_over(pipe: Pipe, event_id: str, *, days_ago: int = 40) -> Past:
    """Spool an event as an import does."""
    happened = clock.timestamp() - days_ago * DAY
    past = Past(KEY, "1", int(happened * 1_000_000), 9, 0)
    event = json.dumps({"message": "long ago", "platform": "python"}).encode()
    envelope = build_envelope({"event_id": event_id}, [({"type": "event"}, event)])
    pipe.spool_records((Meta(1, happened + 1, event_id=event_id, past=past), envelope))
    pipe.work()
    return past


def test_an_event_of_the_past_keeps_its_time_and_its_issue(pipe: Pipe) -> None:
    """However long ago it was, and whatever it would be grouped as today."""
    past = take_over(pipe, "1" * 32)
    (row,) = pipe.rows("errors", "event_id", "timestamp", "group_id", "unstored", "unread")
    assert list(row.values()) == [
        "1" * 32,
        past.timestamp,
        group_number(bytes.fromhex(KEY), 1),
        9,
        0,
    ]


def test_an_event_of_the_past_counts_nowhere(pipe: Pipe) -> None:
    """No issue hears of it, and no outcome says that a client sent it."""
    take_over(pipe, "1" * 32)
    assert pipe.metadata.counts == {}
    assert pipe.outcomes() == {}


def test_an_event_of_the_past_that_comes_twice_is_there_once(pipe: Pipe) -> None:
    """An import that goes on after a crash sends again what it cannot know is there."""
    take_over(pipe, "1" * 32)
    take_over(pipe, "1" * 32)
    take_over(pipe, "2" * 32)
    assert pipe.ids() == ["1" * 32, "2" * 32]
    assert pipe.outcomes() == {}
