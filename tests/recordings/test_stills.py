"""One moment of a recording: the last whole page before it, and what changed since."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vedette.recordings import stills
from vedette.recordings.stills import still_of

AT = 1795310774000


def event(kind: int, after: float, **data: Any) -> dict[str, Any]:
    """A recorded event."""
    return {"type": kind, "timestamp": AT + after, "data": data}


def shown(
    *segments: list[Any] | bytes, at: float | None = None, lasts: float = 0
) -> list[tuple[int, float]] | None:
    """Kind and time of the events of the still, of the moment since the beginning."""
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in segments]
    moment = AT + at if at is not None else None
    found = still_of(texts, moment, after_ms=1000, lasts_ms=lasts)
    if found is None:
        return None
    return [(one["type"], one["timestamp"] - AT) for one in json.loads(found.events)]


FIRST = [
    event(4, 0, href="/", width=800, height=600),
    event(2, 10, node={"id": 1}),
    event(3, 500, source=0),
    event(5, 600, tag="breadcrumb", payload={"message": "secret"}),
    event(3, 1500, source=1, positions=[]),
]
SECOND = [event(4, 5000, href="/b", width=800, height=600), event(2, 5001, node={"id": 1}), event(3, 6000, source=0)]  # noqa: E501  # fmt: skip


def test_without_a_moment_it_is_the_first_whole_page_a_little_later() -> None:
    """With what scripts made of it by then; what SDKs add is not of the picture."""
    assert shown(FIRST) == [(4, 0), (2, 10), (3, 500)]


def test_a_moment_is_shown_from_the_last_whole_page_before_it() -> None:
    """Not from the first, and not with what came later, unless it is to go on."""
    assert shown(FIRST, SECOND, at=1500) == [(4, 0), (2, 10), (3, 500), (3, 1500)]
    assert shown(FIRST, SECOND, at=5500) == [(4, 5000), (2, 5001)]
    assert shown(FIRST, SECOND, at=5500, lasts=1000) == [(4, 5000), (2, 5001), (3, 6000)]


def test_a_moment_before_any_page_is_that_of_the_first() -> None:
    """There is nothing else to be shown."""
    assert shown(SECOND, at=0) == [(4, 5000), (2, 5001)]


def test_without_a_whole_page_there_is_no_still() -> None:
    """Nor of what is no recording at all."""
    assert shown([event(3, 0, source=0)]) is None
    assert shown(b"{", b"[7]", b"") is None


def test_a_still_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes beyond it are left out; a page that is larger is not shown."""
    monkeypatch.setattr(stills, "MOST_BYTES", 300)
    assert shown(FIRST, at=9000) == [(4, 0), (2, 10), (3, 500)]
    monkeypatch.setattr(stills, "MOST_BYTES", 150)
    assert shown(FIRST, at=9000) is None
