"""The spool: what was acknowledged is read back, whatever happened to the file's end."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest

from vedette.spool import backlog, segment
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.reader import SpoolReader, remove_before
from vedette.spool.writer import SpoolError, SpoolWriter
from vedette.spool.writers import SpoolWriters


def write(folder: Path, bodies: list[bytes], *, segment_bytes: int = 1 << 20) -> None:
    async def run() -> None:
        writer = SpoolWriter(folder, segment_bytes=segment_bytes)
        writer.start(asyncio.get_running_loop())
        await asyncio.gather(*(writer.append(b"meta", body) for body in bodies))
        await writer.stop()

    asyncio.run(run())


def read(folder: Path, position: int = 0) -> list[bytes]:
    reader = SpoolReader(folder, position)
    bodies: list[bytes] = []
    while records := reader.read(100, 1 << 20):
        bodies += [record.body for record in records]
    return bodies


def test_records_come_back_in_order_over_many_segments(tmp_path: Path) -> None:
    """Also one that is larger than a segment and than a read."""
    bodies = [os.urandom(700) for _ in range(50)] + [os.urandom(3 << 20), b"", b"last"]
    for start in range(0, len(bodies), 5):
        write(tmp_path, bodies[start : start + 5], segment_bytes=4096)
    assert read(tmp_path) == bodies
    assert len(segment.find(tmp_path)) > 5


def test_a_torn_tail_is_stepped_over_and_nothing_before_it_is_lost(tmp_path: Path) -> None:
    """A crash in the middle of a write leaves half a record; the next start writes after it."""
    write(tmp_path, [b"one", b"two"])
    last = segment.find(tmp_path)[-1]
    with last.path.open("ab") as file:
        file.write(segment.pack(b"m", b"never acknowledged", last.mark) + b"mnever")
    write(tmp_path, [b"three"])
    assert read(tmp_path) == [b"one", b"two", b"three"]


def test_flipped_bytes_cost_one_record(tmp_path: Path) -> None:
    """The reader finds the next whole record and reports the damage."""
    write(tmp_path, [b"a" * 100, b"b" * 100, b"c" * 100])
    held = segment.find(tmp_path)[0]
    data = bytearray(held.path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    held.path.write_bytes(data)
    reader = SpoolReader(tmp_path, 0)
    bodies = []
    while records := reader.read(10, 1 << 20):
        bodies += [record.body[:1] for record in records]
    assert bodies == [b"a", b"c"]
    assert len(reader.damages) == 1


def test_a_record_still_being_written_is_waited_for(tmp_path: Path) -> None:
    """Half a record at the end of the last segment is no damage yet."""
    write(tmp_path, [b"one"])
    held = segment.find(tmp_path)[0]
    whole = segment.pack(b"m", b"two", held.mark) + b"mtwo"
    with held.path.open("ab") as file:
        file.write(whole[:-2])
    reader = SpoolReader(tmp_path, 0)
    assert [record.body for record in reader.read(10, 1 << 20)] == [b"one"]
    assert reader.read(10, 1 << 20) == []
    with held.path.open("ab") as file:
        file.write(whole[-2:])
    assert [record.body for record in reader.read(10, 1 << 20)] == [b"two"]
    assert reader.damages == []


def test_positions_continue_after_a_restart_and_old_segments_can_go(tmp_path: Path) -> None:
    """A position names a record for ever."""
    write(tmp_path, [b"one"])
    middle = segment.end_position(tmp_path)
    write(tmp_path, [b"two"])
    assert read(tmp_path, middle) == [b"two"]
    reader = SpoolReader(tmp_path, middle)
    reader.read(10, 1 << 20)
    remove_before(tmp_path, reader.position)
    assert len(segment.find(tmp_path)) == 1
    assert read(tmp_path, 0) == [b"two"]


def test_a_failed_write_is_refused_and_the_spool_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk means an error to the sender, and the spool goes on when there is room."""

    async def run() -> None:
        writer = SpoolWriter(tmp_path, segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        await writer.append(b"m", b"before")
        real = os.write

        def full(handle: int, data: bytes) -> int:
            real(handle, data[:5])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(SpoolError, match="No space left"):
            await writer.append(b"m", b"refused")
        monkeypatch.setattr(os, "write", real)
        await writer.append(b"m", b"after")
        await writer.stop()

    asyncio.run(run())
    assert read(tmp_path) == [b"before", b"after"]


def test_the_bell_rings_after_a_commit(tmp_path: Path) -> None:
    """The worker need not poll to be fast."""
    bell = tmp_path / "bell"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(bell))
    listener.settimeout(5)

    async def run() -> None:
        writer = SpoolWriter(tmp_path / "w", segment_bytes=1 << 20, notify=bell)
        writer.start(asyncio.get_running_loop())
        await writer.append(b"m", b"x")
        await writer.stop()

    asyncio.run(run())
    assert listener.recv(16) == b"!"
    listener.close()


def test_the_backlog_is_what_was_written_and_not_noted_as_consumed(tmp_path: Path) -> None:
    """Back-pressure and health read it from the files."""
    folder = tmp_path / "web"
    write(folder, [b"x" * 1000])
    assert backlog.total_bytes(tmp_path) > 1000
    backlog.note(folder, segment.end_position(folder))
    assert backlog.total_bytes(tmp_path) == 0
    assert backlog.age_seconds(tmp_path) == 0


def test_a_client_cannot_smuggle_a_record_in_its_body(tmp_path: Path) -> None:
    """A record inside a half-written one is not taken for a record: it lacks the mark."""
    write(tmp_path, [b"one"])
    held = segment.find(tmp_path)[0]
    forged = segment.pack(b"m", b"forged", held.mark ^ 1) + b"mforged"
    whole = segment.pack(b"m", forged + b"x" * 50, held.mark) + b"m" + forged + b"x" * 50
    with held.path.open("ab") as file:
        file.write(whole[:-10])
    assert read(tmp_path) == [b"one"]
    with held.path.open("ab") as file:
        file.write(whole[-10:])
    assert read(tmp_path) == [b"one", forged + b"x" * 50]


def test_bytes_lost_with_the_power_never_give_their_position_to_others(tmp_path: Path) -> None:
    """A position that was consumed before it was synced is not used again."""
    write(tmp_path, [b"one", b"two"])
    consumed = segment.end_position(tmp_path)
    held = segment.find(tmp_path)[0]
    os.truncate(held.path, held.path.stat().st_size - 5)
    write(tmp_path, [b"three"])
    assert read(tmp_path, consumed) == [b"three"]


def test_what_a_reader_saw_of_a_failed_write_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record was refused, yet its bytes may be read; the next one lies behind them."""
    reader = SpoolReader(tmp_path, 0)

    async def run() -> None:
        writer = SpoolWriter(tmp_path, segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())

        def fail(handle: int) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr("vedette.spool.writer._sync", fail)
        with pytest.raises(SpoolError):
            await writer.append(b"m", b"refused, and longer than the next")
        assert len(reader.read(10, 1 << 20)) == 1
        monkeypatch.setattr("vedette.spool.writer._sync", os.fsync)
        await writer.append(b"m", b"next")
        await writer.stop()

    asyncio.run(run())
    assert [record.body for record in reader.read(10, 1 << 20)] == [b"next"]


def test_writers_share_the_records_and_each_rings_its_own_bell(tmp_path: Path) -> None:
    """One folder per digester; whoever has fewer waiting gets the next, equals take turns."""

    async def fill() -> None:
        bells = [tmp_path / f"{index}.bell" for index in range(3)]
        writers = SpoolWriters.of_door(tmp_path, bells, segment_bytes=1 << 20)
        writers.start(asyncio.get_running_loop())
        await asyncio.gather(*(writers.append(b"m", b"%d" % number) for number in range(30)))
        await writers.stop()

    asyncio.run(fill())
    counts = [len(SpoolReader(tmp_path / f"web-{i}", 0).read(100, 1 << 20)) for i in range(3)]
    assert counts == [10, 10, 10]


def test_what_belongs_together_goes_to_one_writer_in_order(tmp_path: Path) -> None:
    """However much waits there; ties are spread over all writers, apart from what has none."""

    async def fill() -> None:
        bells = [tmp_path / f"{index}.bell" for index in range(3)]
        writers = SpoolWriters.of_door(tmp_path, bells, segment_bytes=1 << 20)
        writers.start(asyncio.get_running_loop())
        for number in range(3):
            for tie in "abcdefghijk":
                await writers.append(tie.encode(), b"%d" % number, tie=tie)
        await writers.append(b"m", b"untied")
        await writers.stop()

    asyncio.run(fill())
    names = [f"web-tied-{index}" for index in range(3)]
    held = [SpoolReader(tmp_path / name, 0).read(100, 1 << 20) for name in names]
    assert not any(one.body == b"untied" for some in held for one in some)
    assert all(held)
    for tie in b"abcdefghijk":
        bodies = [[one.body for one in some if one.meta == bytes((tie,))] for some in held]
        assert sorted(bodies) == [[], [], [b"0", b"1", b"2"]]


def test_a_large_body_is_written_from_its_file(tmp_path: Path) -> None:
    """Between others, to the byte."""
    body = bytes(range(256)) * (20 << 10)
    (tmp_path / "body").write_bytes(body)

    async def fill() -> None:
        writer = SpoolWriter(tmp_path / "web", segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        await asyncio.gather(
            writer.append(b"a", b"first"),
            writer.append(b"b", tmp_path / "body"),
            writer.append(b"c", b"last"),
        )
        await writer.stop()

    asyncio.run(fill())
    records = SpoolReader(tmp_path / "web", 0).read(100, 1 << 30)
    assert [(record.meta, record.body) for record in records] == [
        (b"a", b"first"), (b"b", body), (b"c", b"last"),
    ]  # fmt: skip


def _write_received(folder: Path, *received: float) -> None:
    async def run() -> None:
        writer = SpoolWriter(folder, segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        for moment in received:
            await writer.append(encode_meta(Meta(1, moment)), b"body")
        await writer.stop()

    asyncio.run(run())


def _note_long_ago(folder: Path, position: int) -> None:
    backlog.note(folder, position)
    os.utime(folder / "consumed", (time.time() - 3600, time.time() - 3600))


def test_the_first_record_after_a_quiet_hour_is_not_an_hour_late(tmp_path: Path) -> None:
    """Its age counts from when it came; one that came long ago is late by that."""
    folder = tmp_path / "web"
    _write_received(folder, time.time() - 7200)
    _note_long_ago(folder, segment.end_position(folder))
    _write_received(folder, time.time())
    assert backlog.age_seconds(tmp_path) < 600
    assert backlog.stalled_seconds(tmp_path) < 600
    _note_long_ago(folder, 0)
    assert backlog.age_seconds(tmp_path) >= 7200
    assert backlog.stalled_seconds(tmp_path) >= 3600
    backlog.note(folder, 0)
    assert backlog.stalled_seconds(tmp_path) < 600


def test_a_half_written_record_waits_for_nobody(tmp_path: Path) -> None:
    """It was answered to nobody, and will not be read."""
    folder = tmp_path / "web"
    _write_received(folder, time.time() - 7200)
    end = segment.end_position(folder)
    _write_received(folder, time.time() - 7200)
    last = segment.find(folder)[-1].path
    last.write_bytes(last.read_bytes()[:-2])
    _note_long_ago(folder, end)
    assert backlog.age_seconds(tmp_path) == 0


def test_a_vanished_file_costs_only_its_own_record(tmp_path: Path) -> None:
    """Its request was cancelled; the neighbours in the same commit are kept. Empty is no fault."""
    (tmp_path / "empty").write_bytes(b"")

    async def fill() -> list[BaseException | None]:
        writer = SpoolWriter(tmp_path / "web", segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        bodies = (b"first", tmp_path / "gone", tmp_path / "empty", b"last")
        answers = await asyncio.gather(
            *(writer.append(b"m", body) for body in bodies), return_exceptions=True
        )
        await writer.stop()
        return answers

    assert [type(answer) for answer in asyncio.run(fill())] == [
        type(None), SpoolError, type(None), type(None),
    ]  # fmt: skip
    assert read(tmp_path / "web") == [b"first", b"", b"last"]


def test_any_fault_refuses_its_batch_and_the_writer_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that no disk raises; what was written of it is not written over."""

    async def run() -> None:
        writer = SpoolWriter(tmp_path, segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        for name in ("_sync", "joined"):
            with monkeypatch.context() as patch:
                patch.setattr(f"vedette.spool.writer.{name}", broken)
                with pytest.raises(SpoolError, match="MemoryError"):
                    await asyncio.wait_for(writer.append(b"m", b"refused"), 10)
        await writer.append(b"m", b"after")
        await writer.stop()

    def broken(_: object) -> None:
        raise MemoryError

    asyncio.run(run())
    assert read(tmp_path)[-1] == b"after"


def test_a_fault_of_one_who_waits_is_not_the_others(tmp_path: Path) -> None:
    """Every record of the commit is answered for."""
    told: list[object] = []

    async def run() -> None:
        writer = SpoolWriter(tmp_path, segment_bytes=1 << 20)
        writer.start(asyncio.get_running_loop())
        writer.append_with(b"m", b"one", lambda _: told.index("broken"))  # type: ignore[arg-type]
        writer.append_with(b"m", b"two", told.append)
        await writer.stop()

    asyncio.run(run())
    assert told == [None]


def test_what_was_read_does_not_wait_for_more(tmp_path: Path) -> None:
    """On a quiet installation a segment ends by its age: what was sent can be deleted."""

    async def run() -> None:
        writer = SpoolWriter(tmp_path, segment_bytes=1 << 20, most_seconds=0.05)
        writer.start(asyncio.get_running_loop())
        await writer.append(b"meta", b"password=sesame")
        while len(segment.find(tmp_path)) < 2:
            await asyncio.sleep(0.01)
        remove_before(tmp_path, writer.position)
        assert not any(b"sesame" in held.path.read_bytes() for held in segment.find(tmp_path))
        await asyncio.sleep(0.2)
        assert len(segment.find(tmp_path)) == 1, "an empty segment is no reason for another"
        await writer.append(b"meta", b"later")
        await writer.stop()

    asyncio.run(run())
    assert read(tmp_path)[-1:] == [b"later"]
