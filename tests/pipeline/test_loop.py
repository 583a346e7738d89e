"""What was accepted is stored exactly once, whatever fails in between."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.pipeline.pipe import Pipe, event, id_of
from vedette.pipeline.domain import DomainUnavailable
from vedette.spool import backlog, segment
from vedette.store.errors import BadRows, StoreUnavailable
from vedette.store.table import Rows
from vedette.wire.envelope import build_envelope


class Killed(BaseException):
    """Stands for a signal: nothing in the process can catch it."""


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def spool_events(pipe: Pipe, count: int, **fields: object) -> list[str]:
    envelopes = [event(**fields) for _ in range(count)]  # type: ignore[arg-type]
    pipe.spool(*envelopes)
    return sorted(id_of(envelope) for envelope in envelopes)


def test_a_crash_between_store_and_metadata_doubles_nothing(pipe: Pipe) -> None:
    """The store has the batch, the issue has not: the replay only does the second half."""
    ids = spool_events(pipe, 5)
    pipe.metadata.fail = [DomainUnavailable("gone")]
    with pytest.raises(DomainUnavailable):
        pipe.work()
    assert pipe.ids() == ids
    more = spool_events(pipe, 3)
    pipe.restart()
    pipe.work()
    assert pipe.ids() == sorted(ids + more)
    assert sum(pipe.metadata.counts.values()) == 8
    assert pipe.outcomes() == {("error", "accepted"): 8}


def test_a_crash_between_two_day_files_is_completed(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One day has its part of the batch, the other gets it in the replay."""
    envelopes = [event(age_days=day) for day in (2, 0, 2, 1, 0, 2)]
    pipe.spool(*envelopes)
    real = pipe.store._writing.write
    seen: list[str] = []

    def fail_at_the_second(file: object) -> None:
        seen.append(file.name)  # type: ignore[attr-defined]
        if len(seen) == 2:
            raise Killed
        real(file)  # type: ignore[arg-type]

    monkeypatch.setattr(pipe.store._writing, "write", fail_at_the_second)
    pipe.work()
    assert len(pipe.ids()) == 6
    with pytest.raises(Killed):
        pipe.store.flush()
    pipe.restart()
    assert len(pipe.ids()) == 3
    pipe.work()
    assert pipe.ids() == sorted(map(id_of, envelopes))
    assert pipe.outcomes() == {("error", "accepted"): 6}
    assert sum(pipe.metadata.counts.values()) == 6


def test_the_same_event_is_stored_once(pipe: Pipe) -> None:
    """In one envelope, in one batch, in a later batch and after a restart."""
    one = event("a" * 32)
    payload = one.split(b"\n")[2]
    double = build_envelope(
        {"event_id": "b" * 32}, [({"type": "event"}, payload), ({"type": "event"}, payload)]
    )
    pipe.spool(one, one, double)
    pipe.work()
    pipe.spool(one)
    pipe.work()
    pipe.restart()
    pipe.spool(one, double)
    pipe.work()
    assert pipe.ids() == ["a" * 32, "b" * 32]
    assert pipe.outcomes() == {("error", "accepted"): 2, ("error", "duplicate"): 6}
    assert sum(pipe.metadata.counts.values()) == 2


def test_a_replayed_duplicate_stays_one(pipe: Pipe) -> None:
    """Original and copy in a batch that is read again after a crash."""
    one, other = event("a" * 32), event("c" * 32)
    pipe.spool(one, other, one)
    pipe.metadata.fail = [DomainUnavailable("gone")]
    with pytest.raises(DomainUnavailable):
        pipe.work()
    pipe.restart()
    pipe.work()
    assert pipe.ids() == ["a" * 32, "c" * 32]
    assert pipe.outcomes() == {("error", "accepted"): 2, ("error", "duplicate"): 1}


def test_the_same_id_in_two_projects_is_two_events(pipe: Pipe) -> None:
    """An id is unique within its project only."""
    pipe.spool(event("a" * 32), project=1)
    pipe.spool(event("a" * 32), project=2)
    pipe.work()
    assert pipe.ids() == ["a" * 32] * 2


def test_a_poison_record_is_set_aside_and_its_neighbours_survive(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails twice on a record sends it to the dead ones, counted."""
    from vedette.pipeline import run, steps

    tries = []

    def poisoned(work: object, context: object) -> object:
        if b"poison" in work.payload:  # type: ignore[attr-defined]
            tries.append(1)
            raise RuntimeError("boom")
        return steps.group(work, context)  # type: ignore[arg-type]

    monkeypatch.setattr(
        run, "STEPS", tuple(poisoned if step is steps.group else step for step in run.STEPS)
    )
    pipe.digester.processor.timings.seconds["poisoned"] = 0.0
    good = [event(), event()]
    pipe.spool(good[0], event(message="poison"), good[1])
    pipe.work()
    assert pipe.ids() == sorted(map(id_of, good))
    assert len(tries) == 2
    assert pipe.dead.count() == 1
    assert pipe.outcomes() == {("error", "accepted"): 2, ("default", "dropped"): 1}


def test_a_record_that_kills_the_process_is_found(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few deaths it is set aside; before and after it everything is stored."""
    from vedette.pipeline import run, steps

    def deadly(work: object, context: object) -> object:
        if b"deadly" in work.payload:  # type: ignore[attr-defined]
            raise Killed
        return steps.group(work, context)  # type: ignore[arg-type]

    monkeypatch.setattr(
        run, "STEPS", tuple(deadly if step is steps.group else step for step in run.STEPS)
    )
    good = [event() for _ in range(4)]
    pipe.spool(*good[:2], event(message="deadly"), *good[2:])
    deaths = 0
    while True:
        pipe.digester.processor.timings.seconds["deadly"] = 0.0
        try:
            pipe.work()
            break
        except Killed:
            deaths += 1
            pipe.restart()
    assert deaths == 4, "once among others, three times alone"
    assert pipe.ids() == sorted(map(id_of, good))
    assert pipe.dead.count() == 1
    assert pipe.outcomes() == {("error", "accepted"): 4, ("default", "dropped"): 1}
    assert sum(pipe.metadata.counts.values()) == 4


def test_deaths_from_outside_bury_nobody(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed again and again at different records keeps them all."""
    ids = spool_events(pipe, 6)
    real = pipe.metadata.apply
    calls = []

    def kill_now_and_then(*arguments: object, **named: object) -> None:
        calls.append(1)
        if len(calls) in (1, 3, 4, 6):
            raise Killed
        real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pipe.metadata, "apply", kill_now_and_then)
    for _ in range(5):
        try:
            pipe.work()
        except Killed:
            pipe.restart()
    assert pipe.ids() == ids
    assert pipe.dead.count() == 0
    assert sum(pipe.metadata.counts.values()) == 6


def test_a_row_that_the_store_refuses_costs_one_record(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is taken apart; nothing waits for ever behind a bad value."""
    envelopes = [event() for _ in range(4)]
    pipe.spool(*envelopes)
    bad = id_of(envelopes[1])
    real = pipe.store.append

    def refuse(batch: Sequence[Rows], *, writer: str, end: int) -> None:
        if any(bad in rows.columns.get("event_id", ()) for rows in batch):
            raise BadRows("not a number")
        real(batch, writer=writer, end=end)

    monkeypatch.setattr(pipe.store, "append", refuse)
    with pytest.raises(BadRows):
        pipe.work()
    pipe.digester.start_over()
    pipe.work()
    assert pipe.ids() == sorted(map(id_of, envelopes[:1] + envelopes[2:]))
    assert pipe.dead.count() == 1
    assert pipe.outcomes() == {("error", "accepted"): 3, ("default", "dropped"): 1}


def test_values_that_duckdb_cannot_take_are_bad_rows(pipe: Pipe) -> None:
    """A conversion error is the batch's fault and leaves no open transaction behind."""
    from vedette.items.event import ERRORS

    for values in ({"event_id": "no id"}, {"project_id": 1 << 70}):
        rows = Rows(ERRORS)
        rows.add({"timestamp": 0, "writer": "x", "position": 1, "project_id": 1, **values})
        with pytest.raises(BadRows):
            pipe.store.append([rows], writer="x", end=2)
    spool_events(pipe, 1)
    pipe.work()
    assert len(pipe.ids()) == 1


def test_a_database_that_is_away_buries_nobody(pipe: Pipe) -> None:
    """The batch is tried again as it is until the metadata answer."""
    ids = spool_events(pipe, 3)
    for _ in range(3):
        pipe.metadata.fail = [DomainUnavailable("away")]
        with pytest.raises(DomainUnavailable):
            pipe.work()
        pipe.digester.start_over()
    pipe.work()
    assert pipe.ids() == ids
    assert pipe.dead.count() == 0
    assert sum(pipe.metadata.counts.values()) == 3


def test_a_full_disk_for_blobs_buries_nobody(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attachment waits for room."""
    pipe.spool(
        build_envelope(
            {"event_id": "a" * 32}, [({"type": "attachment", "filename": "a"}, b"bytes")]
        )
    )

    def fail(data: bytes) -> str:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pipe.digester.processor, "_put_blob", fail)
        with pytest.raises(OSError, match="No space"):
            pipe.work()
    pipe.digester.start_over()
    pipe.work()
    assert pipe.dead.count() == 0
    assert pipe.outcomes() == {("attachment", "accepted"): 1}


def test_a_damaged_log_of_the_store_heals_from_the_spool(pipe: Pipe) -> None:
    """What was committed since the last checkpoint comes back, and nothing twice."""
    before = spool_events(pipe, 4)
    pipe.work()
    pipe.owner.checkpoint()
    after = spool_events(pipe, 4)
    pipe.work()
    pipe.store.flush()
    pipe.crash()
    wal = next((pipe.folder / "store").glob("*.wal"))
    data = bytearray(wal.read_bytes())
    data[len(data) // 2 :: 7] = b"\xff" * len(data[len(data) // 2 :: 7])
    wal.write_bytes(data)
    pipe.open()
    assert len(pipe.ids()) < 8
    pipe.restart()  # a crash before the healing has begun
    pipe.work()
    assert pipe.ids() == sorted(before + after)
    assert sum(pipe.metadata.counts.values()) == 8
    assert pipe.outcomes() == {("error", "accepted"): 8}
    pipe.owner.checkpoint()
    assert not pipe.store._files.is_healing
    pipe.restart()
    assert not pipe.store._files.is_healing


def test_a_day_file_that_was_never_written_to_does_not_stop_the_start(pipe: Pipe) -> None:
    """A kill while a file is made leaves less than its headers."""
    ids = spool_events(pipe, 1)
    pipe.work()
    pipe.crash()
    (pipe.folder / "store" / "telemetry_20200101.duckdb").write_bytes(b"\0" * 4096)
    pipe.open()
    pipe.work()
    assert pipe.ids() == ids


def test_a_damaged_day_file_is_set_aside_and_the_rest_works(pipe: Pipe) -> None:
    """Never deleted: a person may want to repair it."""
    spool_events(pipe, 2, age_days=3)
    pipe.work()
    pipe.owner.checkpoint()
    pipe.crash()
    path = next((pipe.folder / "store").glob("telemetry_*.duckdb"))
    path.write_bytes(b"x" * path.stat().st_size)
    pipe.open()
    ids = spool_events(pipe, 1)
    pipe.work()
    assert set(ids) <= set(pipe.ids())
    assert list((pipe.folder / "store").glob("*.damaged-*"))


def test_two_owners_of_a_store_are_one_too_many(pipe: Pipe) -> None:
    """The second is refused before it touches a file."""
    with pytest.raises(StoreUnavailable, match="another process"):
        Pipe(pipe.folder)


def test_damaged_spool_bytes_cost_one_record(pipe: Pipe) -> None:
    """Its neighbours in the same segment arrive."""
    envelopes = [event() for _ in range(5)]
    pipe.spool(*envelopes)
    path = segment.find(pipe.folder / "spool" / "web")[0].path
    data = bytearray(path.read_bytes())
    place = data.find(id_of(envelopes[2]).encode())
    data[place] ^= 0xFF
    path.write_bytes(data)
    pipe.work()
    assert pipe.ids() == sorted(map(id_of, envelopes[:2] + envelopes[3:]))


def test_a_project_made_a_moment_ago_is_never_dropped(pipe: Pipe) -> None:
    """The context learns of it when its first event comes."""
    spool_events(pipe, 1)
    pipe.work()
    pipe.metadata.projects.add(3)
    pipe.spool(event("d" * 32), project=3)
    pipe.work()
    assert "d" * 32 in pipe.ids()


def test_events_of_a_removed_project_are_dropped_and_counted(pipe: Pipe) -> None:
    """They may still lie in the spool when it is deleted."""
    pipe.spool(event(), project=9)
    pipe.work()
    assert pipe.ids() == []
    assert pipe.outcomes() == {("error", "dropped"): 1}


def test_retention_unlinks_whole_days(pipe: Pipe) -> None:
    """Old files go, also from the disk; today's stay."""
    spool_events(pipe, 2, age_days=20)
    new = spool_events(pipe, 2)
    pipe.work()
    pipe.store.flush()
    today = datetime.datetime.now(datetime.UTC).date()
    files = len(list((pipe.folder / "store").glob("*.duckdb")))
    assert pipe.store.drop_before("telemetry", today - datetime.timedelta(days=7)) == 1
    assert pipe.ids() == new
    assert len(list((pipe.folder / "store").glob("*.duckdb"))) == files - 1
    pipe.restart()
    assert pipe.ids() == new


def test_purging_a_project_leaves_the_others_alone(pipe: Pipe) -> None:
    """Its rows go from all days, also over a restart."""
    pipe.spool(event(age_days=2), event(), project=2)
    mine = spool_events(pipe, 2)
    pipe.work()
    pipe.store.purge_projects([2])
    assert pipe.ids() == mine
    pipe.restart()
    pipe.work()
    assert pipe.ids() == mine


def test_consumed_segments_go_only_after_a_checkpoint(pipe: Pipe) -> None:
    """Until then they are what heals the store."""
    for _ in range(3):
        spool_events(pipe, 1)
    pipe.work()
    folder = pipe.folder / "spool" / "web"
    assert len(segment.find(folder)) == 3
    pipe.owner.checkpoint()
    assert segment.find(folder) == []  # nobody writes it any more


def test_what_a_kill_took_from_memory_is_backlog_until_it_is_there_again(pipe: Pipe) -> None:
    """Health must not call an installation well while events are missing on its pages."""
    spool = pipe.folder / "spool"
    ids = spool_events(pipe, 5)
    pipe.work()
    assert backlog.total_bytes(spool) == 0
    pipe.restart()
    assert pipe.ids() == []
    assert backlog.total_bytes(spool) > 0
    pipe.work()
    assert pipe.ids() == ids
    assert backlog.total_bytes(spool) == 0
    pipe.owner.checkpoint()
    pipe.restart()
    pipe.work()
    assert pipe.ids() == ids
    assert backlog.total_bytes(spool) == 0
