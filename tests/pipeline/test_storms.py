"""Floods of errors: what is stored of them, and that all are counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.pipeline.pipe import FAR, Metadata, Pipe
from vedette.pipeline.bursts import Bursts, look_of
from vedette.pipeline.settings import ProjectSettings
from vedette.pipeline.storms import stride
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope, new_event_id


class Flooded(Metadata):
    """Project 1 is protected, project 2 is not."""

    def settings(self) -> Mapping[int, ProjectSettings]:
        return {1: ProjectSettings(spike_bound=20, storm_events=10), 2: ProjectSettings()}


class Passage(Pipe):
    """The pipeline with these projects."""

    def open(self) -> None:
        self.metadata = Flooded()
        super().open()


def error(kind: str = "LampError", value: str = "dark", *, files: bool = False) -> bytes:
    """An error, perhaps with a file beside it."""
    frames = [{"function": "light", "module": "shop.lamp"}]
    exception = {"type": kind, "value": value, "stacktrace": {"frames": frames}}
    event = json.dumps({"exception": {"values": [exception]}}).encode()
    items: list[tuple[dict[str, object], bytes]] = [({"type": "event"}, event)]
    items += [({"type": "attachment", "filename": "a"}, b"x")] if files else []
    return build_envelope({"event_id": new_event_id()}, items)


@pytest.fixture
def passage(tmp_path: Path) -> Iterator[Passage]:
    held = Passage(tmp_path)
    yield held
    held.digester.close()
    held.store.close()


def outcomes(pipe: Pipe) -> Counter[tuple[str, str]]:
    """Category and reason, or the outcome without one, by number."""
    names = ("category", "outcome", "reason")
    select = q.Select(
        table="outcomes",
        projects=VisibleProjects.of_system(),
        columns={**{one: q.Field(one) for one in names}, "n": q.call("sum", q.Field("quantity"))},
        group_by=list(names),
        start=0,
        end=FAR,
    )
    rows = pipe.store.query(select).rows
    return Counter({(category, reason or outcome): int(n) for category, outcome, reason, n in rows})


def test_a_burst_is_cut_but_for_samples_and_what_is_new(passage: Passage) -> None:
    """The bound is stored whole; beyond, the first of each new issue and one of a hundred."""
    passage.metadata.projects = {1}
    passage.spool(*(error(f"Old{number % 2}") for number in range(20)))
    passage.spool(*(error("Old0") for _ in range(250)), error("New"), error("Old0"), error("New"))
    passage.work()
    kinds = Counter(row["type"] for row in passage.rows("errors", "type"))
    assert kinds["New"] == 1
    assert sum(kinds.values()) < 20 + 1 + 1 + 3 + 1
    counted = outcomes(passage)
    assert counted["error", "spike_protection"] >= 245
    assert sum(counted.values()) == 273


def test_another_project_is_not_touched_by_a_burst(passage: Passage) -> None:
    """Nor are files and transactions of the same."""
    passage.spool(*(error() for _ in range(100)))
    passage.spool(*(error(files=True) for _ in range(30)), project=2)
    passage.work()
    assert len(passage.ids()) < 100
    assert sum(passage.metadata.counts[key] for key in passage.metadata.counts if key[0] == 2) == 30
    assert passage.count("attachments") == 30


def test_files_of_an_event_that_is_cut_go_with_it(passage: Passage) -> None:
    """They are counted with the same reason."""
    passage.spool(*(error(files=True) for _ in range(60)))
    passage.work()
    counted = outcomes(passage)
    assert counted["attachment", "spike_protection"] == counted["error", "spike_protection"] > 0
    assert passage.count("attachments") == passage.count("errors")


def test_an_issue_that_storms_is_counted_whole(passage: Passage) -> None:
    """Ten are stored whole, then one of ten, then one of a hundred; rows say how many they are."""

    pipe = passage
    pipe.metadata.settings = lambda: {1: ProjectSettings(storm_events=10)}  # type: ignore[method-assign]
    pipe.spool(*(error() for _ in range(300)))
    pipe.work()
    assert sum(pipe.metadata.counts.values()) == 300
    rows = pipe.rows("errors", "unstored")
    assert Counter(row["unstored"] for row in rows) == {None: 10, 9: 9, 99: 2}
    assert len(rows) + sum(row["unstored"] or 0 for row in rows) == 300
    assert outcomes(pipe) == {("error", "accepted"): 21, ("error", "issue_storm"): 279}


def test_a_storm_of_one_issue_leaves_the_others_whole(passage: Passage) -> None:
    """Each is counted by itself."""
    flooded = {1: ProjectSettings(storm_events=10)}
    passage.metadata.settings = lambda: flooded  # type: ignore[method-assign]
    passage.spool(*(error() for _ in range(40)), *(error("Other") for _ in range(9)))
    passage.work()
    kinds = Counter(row["type"] for row in passage.rows("errors", "type"))
    assert kinds == {"LampError": 13, "Other": 9}


@pytest.mark.parametrize(
    ("number", "every"), [(10, 1), (11, 10), (100, 10), (101, 100), (1000, 100), (1001, 1000)]
)
def test_the_rate_falls(number: int, every: int) -> None:
    """By ten each time that ten times as many have come."""
    assert stride(number, 10) == every


def test_each_digester_keeps_to_its_share() -> None:
    """Together they store the bound, and every minute anew."""
    bursts, payload = Bursts(digesters=2), b'{"message":"x"}'
    cut = [bursts.is_cut(1, 20, 60.0, payload) for _ in range(15)]
    assert cut == [False] * 11 + [True] * 4  # the share, and the first of its look
    assert not bursts.is_cut(1, 20, 120.0, payload)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"message": "user 17 failed"}, {"message": "user 4f2a failed"}, True),
        ({"message": "a"}, {"message": "b"}, False),
        ({"message": "a", "fingerprint": ["x"]}, {"message": "a", "fingerprint": ["y"]}, False),
        ({"exception": [{"type": "A"}]}, {"exception": {"values": [{"type": "A"}]}}, True),
        ({"exception": [{"type": "A", "value": "x"}]}, {"exception": [{"type": "B"}]}, False),
    ],
)
def test_a_look_is_what_events_of_an_issue_have_in_common(
    one: dict[str, object], other: dict[str, object], is_same: bool
) -> None:
    """Numbers differ each time, types and fingerprints do not."""
    looks = [look_of(json.dumps(event).encode()) for event in (one, other)]
    assert (looks[0] == looks[1]) is is_same


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"exception":7}', b"\xff", b"[" * 9999])
def test_whatever_is_sent_has_a_look(payload: bytes) -> None:
    """What cannot be read looks the same."""
    assert look_of(payload) == 0
