"""What lies on disk: across starts, damage, and the giving up of the oldest."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.relay.keeping import kept, options
from vedette.relay.losses import Losses
from vedette.relay.parcel import open_parcel
from vedette.relay.queue import Entry
from vedette.relay.record import encode_kept
from vedette.relay.shelf import Shelf
from vedette.relay.shelves import Shelves
from vedette.spool import segment


def test_damage_costs_only_what_is_damaged(tmp_path: Path) -> None:
    """A flipped bit in one request leaves those before and after it, and is said."""

    async def go() -> tuple[list[int], int]:
        shelf = await _shelf(tmp_path)
        for number in range(5):
            await shelf.append(encode_kept(kept(number)), b"x" * 1000)
        await shelf.stop()
        (held,) = segment.find(tmp_path)
        data = bytearray(held.path.read_bytes())
        data[2500] ^= 1
        held.path.write_bytes(data)
        shelf = await _shelf(tmp_path)
        found = await shelf.refill()
        names = [int(_name(shelf, one), 16) for one in found]
        await shelf.stop()
        return names, shelf.damaged_bytes

    names, damaged = asyncio.run(go())
    assert names == [0, 1, 3, 4]
    assert damaged > 1000


def test_a_project_that_rests_does_not_hold_up_what_lies_behind_it(tmp_path: Path) -> None:
    """However many of its requests wait under a limit, another project's are found and sent."""

    async def go() -> str:
        shelf = await _shelf(tmp_path)
        for number in range(4500):
            shelf.append_with(encode_kept(kept(number)), b"", lambda error: None)
        await shelf.append(encode_kept(kept(5000, project="43")), b"")
        await shelf.refill()
        first = shelf.queue.next()
        assert first is not None
        assert not shelf.wants_more
        shelf.queue.put_back(first, 60.0)
        while shelf.wants_more:
            await shelf.refill()
        found = shelf.queue.next()
        await shelf.stop()
        return found.sender if found is not None else ""

    assert asyncio.run(go()).split()[0] == "43"


@pytest.mark.parametrize("is_scanned", [True, False])
def test_damage_in_what_is_given_up_hides_no_loss(tmp_path: Path, is_scanned: bool) -> None:
    """All that lies behind it in its file is told, and takes no room any more."""

    async def go() -> tuple[int, int, int]:
        shelf = await _shelf(tmp_path)
        for number in range(5):
            await shelf.append(encode_kept(kept(number)), b"x" * 1000)
        await shelf.stop()
        (held,) = segment.find(tmp_path)
        data = bytearray(held.path.read_bytes())
        second = segment.HEADER_BYTES + len(encode_kept(kept(0))) + 1000
        data[second] ^= 1  # the mark at the head of the second request
        held.path.write_bytes(data)
        shelf = await _shelf(tmp_path)  # begins a file of its own
        await shelf.append(encode_kept(kept(9)), b"x" * 10)
        if is_scanned:
            await shelf.refill()
        lost = await shelf.give_up(held.end)
        shelf.delete_before(held.end, lost.size_bytes)
        left = sum(one.end - one.start for one in segment.find(tmp_path)[-1:])
        await shelf.stop()
        return sum(lost.counts[next(iter(lost.counts))].values()), shelf.waiting_bytes, left

    items, waiting, left = asyncio.run(go())
    assert items == 4
    assert waiting == left


def test_what_is_done_is_not_sent_again_after_a_start(tmp_path: Path) -> None:
    """Also what was done out of order, behind something that still waits."""

    async def go() -> list[int]:
        shelf = await _shelf(tmp_path)
        for number in range(4):
            await shelf.append(encode_kept(kept(number)), b"x")
        first, second, third, _ = await shelf.refill()
        shelf.finish(first)
        shelf.finish(third)
        assert second.start in shelf.pending
        await shelf.stop()
        shelf = await _shelf(tmp_path)
        names = [int(_name(shelf, one), 16) for one in await shelf.refill()]
        await shelf.stop()
        return names

    assert asyncio.run(go()) == [1, 3]


@pytest.mark.parametrize("crash", ["before it is told", "before it is deleted"])
def test_a_loss_is_told_once_whenever_the_process_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    """It is written down first; at the next start the same report is told, and it is deleted."""

    class Killed(BaseException):
        """Stands for a signal."""

    def die(*_: object) -> None:
        raise Killed

    async def fill() -> None:
        shelves = Shelves(options(tmp_path, most_bytes=2 << 20), Losses(), lambda: None)
        await shelves.start()
        bulky = shelves.by_name["bulky"]
        for number in range(12):
            await bulky.append(encode_kept(kept(number, replay=2)), b"x" * 20_000)
        place = (Shelves, "_tell") if "told" in crash else (Shelf, "delete_before")
        with monkeypatch.context() as patched:
            patched.setattr(*place, die)
            with pytest.raises(Killed):
                await shelves._give_up_one()
        await shelves.stop()

    async def look() -> tuple[Counter[str], int]:
        shelves = Shelves(options(tmp_path, most_bytes=2 << 20), Losses(), lambda: None)
        await shelves.start()
        told: dict[str, int] = {}
        errors, bulky = shelves.by_name["errors"], shelves.by_name["bulky"]
        for one in await errors.refill():
            parcel = open_parcel(one)
            with parcel.file:
                report = msgspec.json.decode(b"".join(parcel.pieces()).split(b"\n")[2])
            told[parcel.kept.delivery] = report["discarded_events"][0]["quantity"]
        left = len(await bulky.refill())
        await shelves.stop()
        return Counter(told), left

    asyncio.run(fill())
    told, left = asyncio.run(look())
    assert len(told) == 1
    assert told.total() == 2 * (12 - left)
    assert 0 < left < 12


async def _shelf(folder: Path) -> Shelf:
    shelf = Shelf("errors", folder, segment_bytes=1 << 20, at_once=1, news=lambda: None)
    shelf.start(asyncio.get_running_loop())
    return shelf


def _name(shelf: Shelf, one: Entry) -> str:
    parcel = open_parcel(one)
    parcel.file.close()
    return parcel.kept.delivery
