"""Nothing that is no record's fault costs a record, and no item costs its neighbours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.pipe import Pipe, event, id_of
from vedette.pipeline import dead
from vedette.pipeline.context import Context
from vedette.pipeline.loop import Digester
from vedette.spool import segment
from vedette.spool.reader import empty
from vedette.store.errors import StoreError, StoreUnavailable
from vedette.wire.envelope import build_envelope


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def another(pipe: Pipe, name: str) -> Digester:
    """A second digester on the same folder."""
    return Digester(
        spool_folder=pipe.folder / "spool",
        bell=pipe.folder / name,
        owner=pipe.owner,
        blobs=pipe.digester._blobs,
        context=Context(pipe.owner.settings, max_event_bytes=1 << 20),
        dead=pipe.dead,
        overlaps=False,
    )


@pytest.mark.parametrize("url", ["https://[bad", "http://[::1", "//[", "http://a]b"])
def test_a_malformed_address_in_a_report_is_an_event(pipe: Pipe, url: str) -> None:
    """Whatever a browser or a stranger writes there."""
    report = {"csp-report": {"effective-directive": "img-src", "blocked-uri": url}}
    nel = {"url": url, "body": {"type": "http.error", "phase": "application"}}
    pipe.spool(
        build_envelope(
            {},
            [
                ({"type": "raw_security"}, json.dumps(report).encode()),
                ({"type": "nel"}, json.dumps(nel).encode()),
            ],
        )
    )
    pipe.work()
    assert pipe.dead.count() == 0
    assert sum(pipe.outcomes().values()) == 2


def test_an_item_that_cannot_be_processed_costs_nothing_else(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It alone is set aside; what came in the same envelope is stored."""
    from vedette.pipeline import run, steps

    def poisoned(work: object, context: object) -> object:
        if b"poison" in work.raw:  # type: ignore[attr-defined]
            raise RuntimeError("boom")
        return steps.read(work, context)  # type: ignore[arg-type]

    monkeypatch.setattr(
        run, "STEPS", tuple(poisoned if step is steps.read else step for step in run.STEPS)
    )
    pipe.digester.processor.timings.seconds["poisoned"] = 0.0
    good = json.loads(event().split(b"\n")[2])
    items = [
        ({"type": "user_report"}, b'{"comments":"poison"}'),
        ({"type": "event"}, json.dumps(good).encode()),
        ({"type": "user_report"}, b'{"comments":"poison too"}'),
    ]
    pipe.spool(build_envelope({"event_id": "a" * 32}, items))
    pipe.work()
    assert pipe.ids() == ["a" * 32]
    assert pipe.outcomes() == {("error", "accepted"): 1, ("default", "dropped"): 2}
    assert sorted(b"poison too" in record.body for _, record in pipe.dead.records()) == [
        False,
        True,
    ]


def test_the_dead_are_bounded(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can make them must not fill the disk."""
    monkeypatch.setattr(dead, "MOST", 3)
    monkeypatch.setattr("vedette.pipeline.run.STEPS", (_fail,))
    pipe.digester.processor.timings.seconds["_fail"] = 0.0
    pipe.spool(*(event() for _ in range(5)))
    pipe.work()
    assert pipe.dead.count() == 3
    assert pipe.outcomes() == {("default", "dropped"): 5}


def _fail(work: object, context: object) -> object:
    raise ValueError("never")


def test_an_owner_that_stops_buries_nobody(pipe: Pipe) -> None:
    """It takes no batch any more; the next owner takes all of them, counted once."""
    envelopes = [event() for _ in range(5)]
    ids = sorted(map(id_of, envelopes))
    pipe.spool(*envelopes)
    pipe.owner.close()
    for _ in range(6):
        with pytest.raises(StoreUnavailable):
            pipe.work()
        pipe.digester.start_over()
    pipe.restart()
    pipe.work()
    assert pipe.ids() == ids
    assert pipe.dead.count() == 0
    assert sum(pipe.metadata.counts.values()) == 5


def test_a_passing_fault_of_the_owner_buries_nobody(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice something unforeseen, then all is well."""
    envelopes = [event() for _ in range(5)]
    ids = sorted(map(id_of, envelopes))
    pipe.spool(*envelopes)
    real, calls = pipe.store.claim_ids, []

    def stumble(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("closed in the middle")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pipe.store, "claim_ids", stumble)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            pipe.work()
        pipe.digester.start_over()
    pipe.work()
    assert pipe.ids() == ids
    assert pipe.dead.count() == 0


def test_two_digesters_on_one_folder_count_once(pipe: Pipe) -> None:
    """One that was stopped and goes on beside its successor finds its batch refused."""
    first = [event() for _ in range(20)]
    pipe.spool(*first)
    folder = pipe.folder / "spool" / "web"
    held = pipe.digester._folder(folder)
    records = held.reader.read(10, 1 << 20)
    batch, _ = pipe.digester.processor.process(records, "web")
    other = another(pipe, "other")
    while other.work_once():
        pass
    late, _ = pipe.digester.processor.process([*records, *held.reader.read(15, 1 << 20)][5:], "web")
    for one in (batch, late):
        try:
            pipe.owner.commit(one.handover())
        except StoreError:
            continue
    pipe.digester.start_over()
    pipe.work()
    other.close()
    assert pipe.ids() == sorted(map(id_of, first))
    assert sum(pipe.metadata.counts.values()) == 20
    assert pipe.outcomes() == {("error", "accepted"): 20}


def test_a_cut_emoji_costs_no_report(pipe: Pipe) -> None:
    """As JavaScript writes it after a slice: what the person wrote is kept."""
    text = b'{"event_id":"' + b"c" * 32 + b'","comments":"so sad \\ud83d"}'
    pipe.spool(build_envelope({"event_id": "c" * 32}, [({"type": "user_report"}, text)]))
    pipe.work()
    assert pipe.outcomes() == {("feedback", "accepted"): 1}


def test_a_folder_that_nobody_writes_is_emptied(pipe: Pipe) -> None:
    """What was sent before scrubbing does not stay; positions go on where they were."""
    pipe.spool(event())
    pipe.work()
    folder = pipe.folder / "spool" / "web"
    before = segment.end_position(folder)
    pipe.owner.checkpoint()
    assert segment.find(folder) == []
    assert segment.end_position(folder) == before
    pipe.spool(event())
    assert segment.find(folder)[0].start > before
    pipe.work()
    assert len(pipe.ids()) == 2
    pipe.restart()
    pipe.work()
    assert len(pipe.ids()) == 2


def test_a_folder_with_something_left_is_not_emptied(pipe: Pipe) -> None:
    """Only what is stored and counted may go."""
    pipe.spool(event())
    folder = pipe.folder / "spool" / "web"
    assert not empty(folder, segment.end_position(folder) - 1)
    assert segment.find(folder)


@pytest.mark.parametrize("take", ["_take", "_take_singly"])
def test_what_is_known_of_fields_is_saved_before_what_it_hid(
    pipe: Pipe, take: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill in between, what is typed later would be stored in clear."""
    order: list[str] = []
    commit = pipe.owner.commit

    def committed(handover: object) -> object:
        order.append("stored")
        return commit(handover)  # type: ignore[arg-type]

    monkeypatch.setattr(pipe.digester, "_take", getattr(pipe.digester, take))
    monkeypatch.setattr(pipe.digester._context.fields, "save", lambda: order.append("saved"))
    monkeypatch.setattr(pipe.owner, "commit", committed)
    pipe.spool(event())
    pipe.work()
    assert order == ["saved", "stored"]
