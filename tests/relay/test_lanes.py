"""Known senders go before strangers, whatever strangers send."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from itertools import count
from pathlib import Path

import pytest

from tests.relay.keeping import kept
from tests.relay.relaying import KEY, Relaying, event
from tests.relay.upstream import Said, Seen, Upstream
from vedette.relay import known, reading
from vedette.relay import shelf as shelves
from vedette.relay.known import Known
from vedette.relay.lanes import Lanes
from vedette.relay.parcel import open_parcel
from vedette.relay.queue import Entry
from vedette.relay.record import encode_kept
from vedette.relay.shelf import Shelf

_STRANGERS = 200


def test_errors_of_known_keys_pass_a_flood_of_unknown_ones(
    tmp_path: Path, upstream: Upstream
) -> None:
    """In their order, also after a kill; one of the strangers goes after three of them at most."""

    def say(seen: Seen) -> Said:
        return (200 if KEY in seen.path else 403), {}

    upstream.say = say
    with Relaying(tmp_path / "data", upstream.base, "--connections", "2") as relay:
        assert relay.send(event()) == 200
        relay.wait(lambda: (tmp_path / "data" / "relay" / "known-keys").exists())
        assert relay.health()["known_keys"] == 1
        upstream.say = lambda seen: (503, {})
        for number in range(_STRANGERS):
            assert relay.send(event(), key=f"{number:032x}") == 200
        ids = [f"{number:032x}" for number in range(40)]
        for name in ids:
            assert relay.send(event(name)) == 200
        relay.kill()
        before = len(upstream.seen)
        upstream.say = say
        relay.start()
        relay.wait(lambda: relay.health()["refused"] == _STRANGERS, seconds=90)
        came = upstream.seen[before:]
        own = [at for at, seen in enumerate(came) if KEY in seen.path]
        assert [came[at].id for at in own] == ids
        assert len(came) == _STRANGERS + len(ids)
        assert own[-1] < len(ids) * 2, "they waited for strangers"
        assert own[-1] > len(ids) * 1.2, "strangers starved"


def test_one_connection_is_never_the_strangers() -> None:
    """However slowly the upstream answers them."""
    lanes = Lanes(connections=3)
    lanes.begin(is_known=False)
    assert False in lanes.in_turn()
    lanes.begin(is_known=False)
    assert lanes.in_turn() == (True,)
    lanes.end(is_known=False)
    assert False in lanes.in_turn()


def test_strangers_wait_for_three_of_the_known_at_most() -> None:
    """Then theirs is the next turn, and after it the known ones are first again."""
    lanes = Lanes(connections=8)
    for _ in range(3):
        assert lanes.in_turn() == (True, False)
        lanes.begin(is_known=True)
    assert lanes.in_turn() == (False, True)
    lanes.begin(is_known=False)
    assert lanes.in_turn() == (True, False)


def test_a_single_connection_is_for_both() -> None:
    """Strangers get it when it is free."""
    assert Lanes(connections=1).in_turn() == (True, False)


def test_who_is_known_is_remembered_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the bound those go of whom nothing was taken for longest, and after three months."""
    monkeypatch.setattr(known, "_MOST", 3)
    days = [1000]
    monkeypatch.setattr(known, "_today", lambda: days[0])
    held = Known(tmp_path)
    for name in ("a", "b", "c"):
        held.accept(name)
    days[0] += 1
    held.accept("a")
    held.accept("d")
    assert held.take_news() == ({"a", "c", "d"}, {"b"})
    content = held.content()
    assert content is not None
    assert held.content() is None
    held.save(content)
    later = Known(tmp_path)
    assert sorted(later.senders()) == ["a", "c", "d"]
    days[0] += 90
    assert later.take_news() == (set(), {"c"})


@pytest.mark.parametrize("torn", [b"\xff torn", b"", b"\x81\xa2\xff\xfe\x05", b"\x81\xa1a\xa1b"])
def test_notes_that_cannot_be_read_stop_nothing(tmp_path: Path, torn: bytes) -> None:
    """Who is known is learnt again."""
    (tmp_path / "known-keys").write_bytes(torn)
    assert Known(tmp_path).senders() == []


def test_notes_that_are_no_file_stop_nothing(tmp_path: Path) -> None:
    """As after somebody restored a folder by hand."""
    (tmp_path / "known-keys").mkdir()
    assert Known(tmp_path).senders() == []


def test_whoever_goes_on_sending_stays_known_in_a_flood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upstream that is a relay takes what strangers make up, too: as many as there is room
    for in a day must not drive out those who send all the time."""
    monkeypatch.setattr(known, "_MOST", 4)
    held = Known(tmp_path)
    for number in range(20):
        held.accept("busy")
        held.accept(f"{number:032x}")
        held.take_news()
    assert "busy" in held.senders()
    assert len(held) == 4


@pytest.mark.parametrize("seed", range(30))
def test_each_request_is_found_once_and_in_the_order_of_its_sender(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whoever becomes known or unknown, and whenever; across starts, with windows of a few."""
    monkeypatch.setattr(shelves, "_WINDOW", 8)
    monkeypatch.setattr(shelves, "_MOST_HELD", 16)
    monkeypatch.setattr(reading, "_MOST_LOOKED_AT", 9)
    source = random.Random(seed)  # noqa: S311
    senders = [f"{number:032x}" for number in range(6)]
    sent: dict[str, list[int]] = defaultdict(list)
    found: dict[str, list[int]] = defaultdict(list)

    async def go() -> None:
        numbers, trusted = count(), {_sender(senders[0])}
        shelf = await _shelf(tmp_path, trusted)
        for _ in range(150):
            what = source.random()
            if what < 0.45:
                for _ in range(source.randint(1, 9)):
                    key = source.choice(senders)
                    sent[key].append(number := next(numbers))
                    await shelf.append(encode_kept(kept(number, key=key)), b"x")
            elif what < 0.85:
                await _send_some(shelf, source, found)
            elif what < 0.95:
                new = {_sender(key) for key in source.sample(senders, 2)}
                gone = {_sender(source.choice(senders))} - new
                trusted |= new
                trusted -= gone
                await shelf.learn(new, gone)
            else:
                await shelf.stop()
                shelf = await _shelf(tmp_path, trusted)
        for _ in range(2000):
            await _send_some(shelf, source, found)
        assert shelf.waiting_bytes == 0
        await shelf.stop()

    asyncio.run(go())
    assert found == sent


def test_what_a_sender_had_waiting_goes_first_once_it_is_known(tmp_path: Path) -> None:
    """However much of strangers lies before it."""

    async def go() -> list[int]:
        shelf = await _shelf(tmp_path, set())
        for number in range(5000):
            key = f"{number:032x}" if number % 1000 else KEY
            shelf.append_with(encode_kept(kept(number, key=key)), b"", lambda error: None)
        await shelf.append(encode_kept(kept(5000)), b"")
        while shelf.wants_more:
            await shelf.refill()
        await shelf.learn({_sender(KEY)}, set())
        names = []
        while True:
            while shelf.wants_more:
                await shelf.refill()
            entry = shelf.queue.next(is_known=True)
            if entry is None:
                break
            names.append(_number(entry))
            _finish(shelf, entry)
        await shelf.stop()
        return names

    assert asyncio.run(go()) == [0, 1000, 2000, 3000, 4000, 5000]


async def _send_some(shelf: Shelf, source: random.Random, found: dict[str, list[int]]) -> None:
    while shelf.wants_more and source.random() < 0.9:
        await shelf.refill()
    for _ in range(source.randint(1, 4)):
        entry = shelf.queue.next(is_known=source.random() < 0.7)
        if entry is None:
            continue
        if source.random() < 0.2:
            shelf.queue.put_back(entry, 0.0)
            continue
        with open_parcel(entry).file:
            found[entry.sender.split()[1]].append(_number(entry))
        _finish(shelf, entry)
    if source.random() < 0.3:
        shelf.tidy()


def _finish(shelf: Shelf, entry: Entry) -> None:
    shelf.finish(entry)
    shelf.queue.leave(entry)


def _number(entry: Entry) -> int:
    parcel = open_parcel(entry)
    parcel.file.close()
    return int(parcel.kept.delivery, 16)


def _sender(key: str) -> str:
    return f"42 {key}"


async def _shelf(folder: Path, trusted: set[str]) -> Shelf:
    shelf = Shelf("errors", folder, segment_bytes=4096, at_once=1, news=lambda: None, known=trusted)
    shelf.start(asyncio.get_running_loop())
    return shelf
