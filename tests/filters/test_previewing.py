"""A preview is what is then dropped, on the same traffic."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.filters.passing import Passage, envelope
from vedette.blobs import BlobFolder
from vedette.control.previewing import Preview, dropped_since, preview
from vedette.filters import Sample, filters
from vedette.filters._samples import error, span, transaction
from vedette.issues import stored
from vedette.store import access
from vedette.store.visible import VisibleProjects

ALL = VisibleProjects.granted([1])
CATEGORIES = {"event": "error", "transaction": "transaction", "span": "span"}
pytestmark = pytest.mark.usefixtures("rollback")


@pytest.fixture
def passages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Passage]]:
    """Two pipelines: one without filters, which is what previews read, and one with them."""
    made = [Passage(tmp_path / name) for name in ("open", "filtered")]
    blobs = BlobFolder(tmp_path / "open" / "blobs")
    monkeypatch.setattr(access, "_reader", made[0].store)
    monkeypatch.setattr(stored, "blobs", lambda: blobs)
    yield made
    for one in made:
        one.crash()


def _values(**chosen: Any) -> dict[str, Any]:
    return {
        **{option.name: option.default for one in filters().values() for option in one.options},
        **chosen,
    }


def _traffic(rng: random.Random) -> list[Sample]:
    """Samples of all filters, and some of their mixtures, in any order."""
    every = [sample for one in filters().values() for sample in (*one.bad, *one.good)]
    mixed = []
    for sample in rng.choices(every, k=120):
        other = rng.choice(every)
        if other.kind != sample.kind or sample.kind == "span":
            mixed.append(sample)
            continue
        taken = {key: value for key, value in other.payload.items() if rng.random() < 0.4}
        mixed.append(Sample(payload={**sample.payload, **taken}, kind=sample.kind))
    large = error("PaymentDeclined", "x" * 40_000, extra={"noise": rng.randbytes(30_000).hex()})
    users = [error(user={"id": str(rng.randrange(4))}) for _ in range(40)]
    return [
        *mixed,
        *users,
        large,
        error(type="Größe", value="zu groß \ud83d"),
        span(),
        transaction(),
    ]


def _settings(rng: random.Random) -> dict[str, Any]:
    """Any of the filters, set as for their samples."""
    chosen: dict[str, Any] = {}
    for one in filters().values():
        if rng.random() < 0.6:
            chosen |= one.on
    return chosen


def _by_reason(found: Preview) -> Counter[tuple[str, str]]:
    return Counter(
        {
            (one.reason, CATEGORIES[kind]): count
            for one in found.dropped
            for kind, count in one.counts.items()
        }
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_preview_is_what_is_then_dropped(passages: list[Passage], seed: int) -> None:
    """By reason and kind, and everything that was sent is accounted for, whatever is set."""
    rng = random.Random(seed)
    chosen, envelopes = _settings(rng), [envelope(one) for one in _traffic(rng)]
    unfiltered, filtered = passages
    filtered.choose(**chosen)
    for one in passages:
        one.spool(*envelopes)
        one.work()
        assert one.dead.count() == 0
    found = preview(ALL, _values(**chosen))
    counted = filtered.counted()
    dropped = Counter(
        {
            (reason, kind): n
            for (kind, outcome, reason), n in counted.items()
            if outcome == "filtered"
        }
    )
    assert _by_reason(found) == dropped
    assert found.is_whole
    assert found.sum == dropped.total() > 0
    assert sum(counted.values()) == len(envelopes) == sum(unfiltered.counted().values())


def test_a_preview_names_some_of_what_it_would_drop(passages: list[Passage]) -> None:
    """At most five of a filter, with what they said and their ids."""
    samples = [error("PaymentDeclined", f"card {number}") for number in range(7)]
    passages[0].send(*samples, transaction())
    found = preview(ALL, _values(expected_errors=["PaymentDeclined"]))
    (only,) = found.dropped
    assert (only.title, only.total, len(only.samples)) == ("Expected errors", 7, 5)
    assert {one.words for one in only.samples} <= {f"PaymentDeclined: card {n}" for n in range(7)}
    assert {one.event_id for one in only.samples} <= set(passages[0].ids())
    assert (found.looked, found.total) == (8, 8)


def test_a_preview_sees_nothing_of_other_projects(passages: list[Passage]) -> None:
    """It reads what the asker may see."""
    passages[0].send(error("PaymentDeclined", "card 1"), project=2)
    found = preview(ALL, _values(expected_errors=["PaymentDeclined"]))
    assert (found.sum, found.total) == (0, 0)


def test_a_preview_that_is_bounded_says_so(
    passages: list[Passage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in time, with the newest, and says how many it looked at."""
    monkeypatch.setattr("vedette.control.stored_views._PORTION", 10)
    passages[0].send(error(times=1), *[error() for _ in range(39)])
    found = preview(ALL, _values(error_messages=["TypeError: *"]), seconds=0)
    assert not found.is_whole
    assert (found.looked, found.total, found.sum) == (11, 40, 11)


def test_what_was_dropped_is_counted_by_day(passages: list[Passage]) -> None:
    """Of each filter, rules that people wrote together."""
    unfiltered = passages[0]
    unfiltered.choose(localhost=True, searches=["a: level:error shop:a", "b: shop:b"])
    local = error(request={"url": "http://localhost/"})
    unfiltered.send(local, local, error(tags={"shop": "a"}), error(tags={"shop": "b"}), error())
    assert dropped_since(ALL) == {"localhost": (2, 2 / 7), "search": (2, 2 / 7)}
