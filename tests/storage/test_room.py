"""Before the folder is too large, or the disk too full, what is worth least and oldest goes."""

from __future__ import annotations

import dataclasses
import os
import random
import secrets
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.storage.keeping import Keeping
from vedette.blobs import BlobFolder
from vedette.items._kept import KEPT_ITEMS
from vedette.items._stocks import stocks
from vedette.items.attachment import ATTACHMENTS
from vedette.items.event import ERRORS
from vedette.loops import room
from vedette.spans.rows import SPANS
from vedette.storage import measuring, turns
from vedette.storage.limits import GB
from vedette.storage.room import load_bounds, make_room, note_sums, remove_blobs
from vedette.storage.sums import read_sums
from vedette.store import query as q
from vedette.store.errors import StoreUnavailable
from vedette.wire.envelope import build_envelope

MB = 1_000_000


def fill(keeping: Keeping) -> None:
    """Errors, spans and recordings of four days, about three megabytes a day."""
    for days in (4, 3, 2, 1):
        for group in range(20):
            keeping.put(
                ERRORS,
                keeping.shop,
                days_ago=days,
                count=3,
                group_id=group + 100 * days,
                body=os.urandom(5_000),
            )
        keeping.put(ERRORS, keeping.shop, days_ago=days, count=100, group_id=7, body=os.urandom(99))
        keeping.put(SPANS, keeping.shop, days_ago=days, count=100, body=os.urandom(10_000))
        for _ in range(10):
            keeping.put_file(KEPT_ITEMS, keeping.shop, days_ago=days, data=os.urandom(200_000))
    for path in (keeping.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 3600,) * 2)
    keeping.store.checkpoint()


def size(keeping: Keeping) -> int:
    """The whole folder."""
    return sum(path.stat().st_size for path in keeping.folder.rglob("*") if path.is_file())


def test_profiles_go_before_spans_and_those_before_events(keeping: Keeping) -> None:
    """Of a kind the oldest first, and no more than is needed."""
    fill(keeping)
    make_room(keeping.house, 3 * MB)
    assert sorted(keeping.days(KEPT_ITEMS, keeping.shop)) in ([1, 2], [1, 2, 3])
    assert sorted(keeping.days(SPANS, keeping.shop)) == [1, 2, 3, 4]
    make_room(keeping.house, 11 * MB)
    assert keeping.days(KEPT_ITEMS, keeping.shop) == {}
    left = keeping.days(SPANS, keeping.shop)
    assert left.get(4, 0) < 10
    assert left[1] == 100
    assert sum(keeping.days(ERRORS, keeping.shop).values()) == 4 * 160


def test_backups_in_the_folder_are_no_reason_to_give_anything_up(keeping: Keeping) -> None:
    """They are told apart, and a bound of the folder is one of its data."""
    fill(keeping)
    held = room._size(keeping.house)
    for name in ("mine/objects/ab/abc", "mine/backups/a.json", "before-restore-a/store/b"):
        path = keeping.folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(MB))
    assert room._size(keeping.house) == held
    assert measuring.of(keeping.house).folders.parts()["backups"] == 3 * MB


def test_of_a_day_no_more_goes_than_is_needed(keeping: Keeping) -> None:
    """The oldest seconds of it, and the rest stays."""
    keeping.put(SPANS, keeping.shop, days_ago=1.5, count=1000, body=os.urandom(3_000))
    keeping.store.checkpoint()
    held = times(keeping, "spans")
    taken = sum(one.total for one in measuring.of(keeping.house).measure().uses)
    make_room(keeping.house, taken // 2)
    left = times(keeping, "spans")
    assert 350 < len(left) < 650
    assert left == held[len(held) - len(left) :]


def test_the_last_event_of_each_issue_goes_last(keeping: Keeping) -> None:
    """Every issue still has one to show when all other events have gone."""
    fill(keeping)
    measured = measuring.of(keeping.house).measure()
    everything = sum(one.total for one in measured.uses)
    make_room(keeping.house, everything - 480_000)
    left = {row["group_id"] for row in keeping.rows("errors", "group_id")}
    assert left == {group + 100 * days for days in (1, 2, 3, 4) for group in range(20)} | {7}
    assert 81 <= len(keeping.rows("errors", "event_id")) <= 90  # by what the others happen to take


def test_what_a_kind_holds_precious_goes_after_the_rest(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as what belongs to an error."""
    profiles = dataclasses.replace(
        stocks()["kept_profile"], precious=q.Compare(q.Field("quantity"), "=", 2)
    )
    monkeypatch.setattr(turns, "stocks", lambda: {"kept_profile": profiles})
    for days in (3, 2, 1):
        for quantity in (1, 2):
            keeping.put(
                KEPT_ITEMS, keeping.shop, days_ago=days, category="profile",
                size_bytes=9000, quantity=quantity, body=os.urandom(9000),
            )  # fmt: skip
    keeping.store.checkpoint()
    taken = sum(one.total for one in measuring.of(keeping.house).measure().uses)
    make_room(keeping.house, taken // 2)
    assert [row["quantity"] for row in keeping.rows("kept_items", "quantity")] == [2, 2, 2]


def test_the_folder_stays_below_its_bound(keeping: Keeping) -> None:
    """By as little as makes room, and the sums say what went."""
    fill(keeping)
    before = size(keeping)
    keeping.choose("disk", most_gb=before * 0.8 / GB)
    room.run(keeping.house)
    assert before * 0.4 < size(keeping) < before * 0.75
    note_sums(keeping.house, load_bounds(keeping.config))
    sums = read_sums(keeping.config)
    assert sums is not None
    assert sums.most_bytes == pytest.approx(before * 0.8, abs=2)
    assert {name for _, name, _, _ in sums.given_up} == {"kept_profile"}
    assert sums.total == pytest.approx(size(keeping), rel=0.05)


def test_no_more_goes_where_it_lies_in_many_files(keeping: Keeping) -> None:
    """A little of each of many days comes free on the disk before anything else is given up."""
    for days in range(12, 0, -1):
        keeping.put(ERRORS, keeping.shop, days_ago=days, count=100, body=os.urandom(25_000))
        keeping.put(SPANS, keeping.shop, days_ago=days, count=40, body=os.urandom(10_000))
    keeping.store.checkpoint()
    before = size(keeping)
    keeping.choose("disk", most_gb=before / 0.9 / GB)
    for _ in range(4):
        room._next_look.clear()
        room._bounds.clear()
        room.run(keeping.house)
    assert before * 0.8 < size(keeping) < before * 0.95
    assert len(keeping.days(SPANS, keeping.shop)) >= 3
    assert len(keeping.days(ERRORS, keeping.shop)) == 12


def test_a_file_of_which_the_disk_takes_no_copy_is_left_as_it_is(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a copy would fill what is free, and give nothing back."""
    keeping.put(SPANS, keeping.shop, days_ago=2, count=400, body=os.urandom(10_000))
    keeping.store.checkpoint()
    half = int((time.time() - 2 * 86400 + 200) * 1_000_000)
    keeping.store.delete([SPANS.name], q.All([]), 0, half)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        assert keeping.store.rewrite(0.2) == 0
    assert keeping.store.rewrite(0.2) > 0


def test_nothing_of_today_goes_for_a_disk_that_others_fill(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the door refuses: what has just come in is what people look at."""
    fill(keeping)
    keeping.put(SPANS, keeping.shop, days_ago=0, count=10)
    keeping.put(ERRORS, keeping.shop, days_ago=0, count=10, group_id=1)
    monkeypatch.setattr("vedette.storage.room.short_of_free", lambda *_: 1 << 40)
    room.run(keeping.house)
    assert set(keeping.days(SPANS, keeping.shop)) <= {0, 1}
    assert keeping.days(SPANS, keeping.shop)[0] == 10
    assert keeping.days(ERRORS, keeping.shop)[0] == 10


def test_bytes_that_a_batch_has_just_named_stay(keeping: Keeping) -> None:
    """Also where the last row that named them goes in the same moment."""
    house = keeping.house
    name = keeping.put_file(ATTACHMENTS, keeping.shop, days_ago=2, data=b"of both")
    path = next((keeping.folder / "blobs").glob("??/*"))
    os.utime(path, (time.time() - 3600,) * 2)
    keeping.store.delete(["attachments"], q.All([]), 0, 1 << 60)
    with house.owner.noting_blobs() as named:
        send(keeping, b"of both")
        assert named == {name}
    os.utime(path, (time.time() - 3600,) * 2)
    remove_blobs(house, {name})
    assert path.exists()


def test_a_batch_whose_bytes_went_is_digested_again(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row never names what is not there."""
    put = BlobFolder.put

    def gone_at_once(self: BlobFolder, data: bytes) -> str:
        name = put(self, data)
        monkeypatch.setattr(BlobFolder, "put", put)
        next(Path(keeping.folder / "blobs").glob(f"??/{name}")).unlink()
        return name

    monkeypatch.setattr(BlobFolder, "put", gone_at_once)
    keeping.digester = keeping.make_digester()
    with pytest.raises(StoreUnavailable, match="deleted meanwhile"):
        send(keeping, b"a file")
    keeping.digester.close()
    keeping.digester = keeping.make_digester()
    keeping.work()
    assert [row["size_bytes"] for row in keeping.rows("attachments", "size_bytes")] == [6]
    assert [path.read_bytes() for path in (keeping.folder / "blobs").glob("??/*")] == [b"a file"]


def send(keeping: Keeping, data: bytes) -> None:
    """An attachment as it comes."""
    header: dict[str, object] = {"type": "attachment", "filename": "a.bin"}
    envelope = build_envelope({"event_id": secrets.token_hex(16)}, [(header, data)])
    keeping.spool(envelope, project=keeping.shop.pk)
    keeping.work()


@pytest.mark.parametrize("seed", range(6))
def test_nothing_goes_before_its_turn(keeping: Keeping, seed: int) -> None:
    """Whatever is there and is needed: of a kind the youngest stay, and nothing of a kind that is
    worth more goes while there is anything left of one that is worth less."""
    chance = random.Random(seed)
    kinds = {"kept_items": KEPT_ITEMS, "spans": SPANS, "errors": ERRORS}
    for name, table in kinds.items():
        more = {"category": "profile", "size_bytes": 900} if name == "kept_items" else {}
        for days in chance.sample(range(12), 5):
            count = chance.randrange(50, 400)
            more |= {"group_id": 1} if name == "errors" else {}
            body = os.urandom(chance.randrange(500, 4000))
            keeping.put(table, keeping.shop, days_ago=days, count=count, body=body, **more)
    keeping.store.checkpoint()
    before = {name: times(keeping, name) for name in kinds}
    total = sum(one.total for one in measuring.of(keeping.house).measure().uses)
    make_room(keeping.house, int(total * chance.random()))
    left = {name: times(keeping, name) for name in kinds}
    for name in kinds:
        assert left[name] == before[name][len(before[name]) - len(left[name]) :]
    for less, more_worth in (("kept_items", "spans"), ("spans", "errors")):
        assert not left[less] or left[more_worth] == before[more_worth]


def times(keeping: Keeping, table: str) -> list[int]:
    return sorted(row["timestamp"] for row in keeping.rows(table, "timestamp"))
