"""The key table of the door."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import pytest

from vedette.ingest import keys
from vedette.ingest.keys import Key, KeyTable


def test_a_key_made_right_after_a_load_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first event of a new project is never refused for being too early."""
    monkeypatch.setattr(keys, "_MISS_SECONDS", 0.05)
    held: dict[str, Key] = {}

    async def ask() -> tuple[Key | None, Key | None]:
        table = KeyTable(lambda: dict(held))
        await table.start()
        missing = await table.find("a" * 32)
        held["a" * 32] = Key(7)
        found = await table.find("a" * 32)
        await table.stop()
        return missing, found

    assert asyncio.run(ask()) == (None, Key(7))


def test_strangers_share_their_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of unknown keys does not become a flood of questions to the database."""
    monkeypatch.setattr(keys, "_MISS_SECONDS", 0.05)
    loads: list[float] = []

    def load() -> Mapping[str, Key]:
        loads.append(time.monotonic())
        return {}

    async def ask() -> None:
        table = KeyTable(load)
        await table.start()
        await asyncio.gather(*(table.find(f"{number:032x}") for number in range(200)))
        await table.stop()

    asyncio.run(ask())
    assert len(loads) == 2


def test_strangers_one_after_the_other_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that sends on what came with made-up keys gets rid of it; a key that is made
    meanwhile works in the next moment."""
    monkeypatch.setattr(keys, "_MISS_SECONDS", 0.05)
    held: dict[str, Key] = {}
    loads: list[float] = []

    def load() -> Mapping[str, Key]:
        loads.append(time.monotonic())
        return dict(held)

    async def ask() -> Key | None:
        table = KeyTable(load)
        await table.start()
        for number in range(200):
            assert await table.find(f"{number:032x}") is None
        assert len(loads) < 40
        held["d" * 32] = Key(7)
        while loads[-1] + 0.05 > time.monotonic():
            assert await table.find("e" * 32) is None
            await asyncio.sleep(0)
        found = await table.find("d" * 32)
        await table.stop()
        return found

    assert asyncio.run(ask()) == Key(7)


def test_a_database_that_is_away_leaves_the_keys_in_use() -> None:
    """Events of known projects are accepted while the metadata cannot be read."""
    loads: list[int] = []

    def load() -> Mapping[str, Key]:
        loads.append(1)
        if len(loads) > 1:
            raise OSError("the database is away")
        return {"b" * 32: Key(1)}

    async def ask() -> Key | None:
        table = KeyTable(load)
        await table.start()
        assert await table.find("c" * 32) is None
        known = table.known("b" * 32)
        await table.stop()
        return known

    assert asyncio.run(ask()) == Key(1)


def test_a_key_opens_its_project_by_the_number_of_before_too() -> None:
    """DSNs that were given out elsewhere go on working; no other number does, least of all 0."""
    taken_over, ours = Key(7, former_project_id=4507), Key(7)
    assert [number for number in (0, 7, 8, 4507) if taken_over.opens(number)] == [7, 4507]
    assert [number for number in (0, 7, 8, 4507) if ours.opens(number)] == [7]
