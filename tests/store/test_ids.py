"""The same event sent twice is known; its own second try is not taken for another."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

import pytest

from tests.store.shop import open_store, run_until_killed
from vedette.store.engine import EventId
from vedette.store.errors import StoreError
from vedette.store.ids import EventIds

DAY = 86400.0
A, B, C = (letter * 32 for letter in "abc")


@pytest.fixture
def ids(tmp_path: Path) -> EventIds:
    return EventIds(tmp_path / "ids")


def claim(
    ids: EventIds, *wanted: tuple[int, str, int], now: float = 0, writer: str = "w"
) -> list[int]:
    return ids.claim([EventId(*one) for one in wanted], writer=writer, now=now)


def _of(ids: EventIds) -> sqlite3.Connection:
    assert ids._connection is not None
    return ids._connection


def test_a_second_one_is_a_duplicate(ids: EventIds) -> None:
    """At another position, of another writer, or later in the same list."""
    assert claim(ids, (1, A, 0), (1, B, 0), (1, A, 0), (1, A, 9)) == [2, 3]
    assert claim(ids, (1, A, 20), (1, C, 20), (1, B, 30)) == [0, 2]
    assert claim(ids, (1, A, 0), writer="other") == [0]


def test_the_same_position_is_the_first_try(ids: EventIds) -> None:
    """A batch that is read again after a crash gives the same answer."""
    wanted = ((1, A, 0), (1, B, 5), (1, A, 7))
    assert claim(ids, *wanted) == claim(ids, *wanted) == [2]


def test_an_id_is_known_within_its_project(ids: EventIds) -> None:
    """Two projects may have the same one."""
    assert claim(ids, (1, A, 0), (2, A, 1)) == []


def test_an_id_is_forgotten_after_days_not_before(ids: EventIds) -> None:
    """At least a day, also over midnight; then its table goes."""
    late = 10 * DAY - 1
    assert claim(ids, (1, A, 0), now=late) == []
    assert claim(ids, (1, A, 5), now=late + 2) == [0]
    assert claim(ids, (1, A, 0), now=late + 2) == []
    assert claim(ids, (1, A, 5), now=late + 1.99 * DAY) == [0]
    assert claim(ids, (1, A, 5), now=late + 4 * DAY) == []
    assert ids.count() == 1


def test_a_clock_that_goes_back_forgets_nothing(ids: EventIds) -> None:
    """What is claimed then is known later."""
    claim(ids, (1, A, 0), now=10 * DAY)
    claim(ids, (1, B, 1), now=9 * DAY)
    assert claim(ids, (1, A, 5), (1, B, 6), now=10 * DAY) == [0, 1]


def test_many_at_once_are_exact(ids: EventIds) -> None:
    """More than one statement takes."""
    known = [uuid.uuid4().hex for _ in range(1700)]
    assert claim(ids, *((1, one, place) for place, one in enumerate(known))) == []
    fresh = [uuid.uuid4().hex for _ in range(1700)]
    mixed = [one for pair in zip(known, fresh, strict=True) for one in pair]
    assert claim(ids, *((1, one, 5000 + n) for n, one in enumerate(mixed))) == [
        2 * n for n in range(1700)
    ]


def test_claims_outlive_a_kill(tmp_path: Path) -> None:
    """At once, without a flush."""
    run_until_killed(
        tmp_path,
        "from vedette.store.engine import EventId\n"
        f"store.claim_ids([EventId(1, {A!r}, 7)], writer='till'); die()",
    )
    store = open_store(tmp_path)
    assert store.claim_ids([EventId(1, A, 8), EventId(1, A, 7)], writer="till") == [0]
    store.abandon()


def test_a_damaged_index_is_begun_anew(tmp_path: Path) -> None:
    """Set aside, not deleted; events go on being stored."""
    path = tmp_path / "ids"
    path.write_bytes(b"no database " * 1000)
    ids = EventIds(path)
    assert claim(ids, (1, A, 0)) == []
    assert list(tmp_path.glob("ids.damaged-*"))


def test_damage_found_in_use_is_mended_and_counted(tmp_path: Path) -> None:
    """The claim at hand is answered, later doubles are known, and the loss can be told."""
    path = tmp_path / "ids"
    ids = EventIds(path)
    claim(ids, *((1, uuid.uuid4().hex, place) for place in range(5000)))
    ids.fold()
    ids.close()
    whole = bytearray(path.read_bytes())
    for page in range(3, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(whole)
    ids = EventIds(path)
    wanted = [(1, uuid.uuid4().hex, place) for place in range(5000, 5300)]
    assert claim(ids, *wanted) == []
    assert claim(ids, (1, wanted[0][1], 9000)) == [0]
    assert ids.lost == 1
    assert list(tmp_path.glob("ids.damaged-*"))


def test_a_closed_index_is_opened_again(ids: EventIds) -> None:
    """A connection that is gone under it is the store's error, not another's."""
    claim(ids, (1, A, 0))
    _of(ids).close()
    with pytest.raises(StoreError):
        claim(ids, (1, A, 5))
    assert claim(ids, (1, A, 5)) == [0]


def test_an_index_that_cannot_be_opened_ends_nothing(tmp_path: Path) -> None:
    """The store starts; ids are known again as soon as the file can be opened."""
    path = tmp_path / "away" / "ids"
    ids = EventIds(path)
    with pytest.raises(StoreError):
        claim(ids, (1, A, 0))
    path.parent.mkdir()
    assert claim(ids, (1, A, 0)) == []
    assert claim(ids, (1, A, 5)) == [0]


def test_a_clock_that_leaps_ahead_and_back_forgets_nothing_and_keeps_nothing(
    ids: EventIds,
) -> None:
    """What was claimed before and meanwhile is known, and goes after its days."""
    claim(ids, (1, A, 0), now=10 * DAY)
    claim(ids, (1, B, 1), now=375 * DAY)
    assert claim(ids, (1, A, 5), (1, B, 6), (1, C, 7), now=10 * DAY + 60) == [0, 1]
    for day in range(11, 16):
        claim(ids, (1, f"{day:032x}", day), now=day * DAY)
    assert ids.count() == 3


def test_a_failure_is_the_stores_error_and_passes(ids: EventIds) -> None:
    """Whoever claims decides what it means; the next claim works."""
    _of(ids).execute("PRAGMA query_only = 1")
    with pytest.raises(StoreError):
        claim(ids, (1, A, 0))
    _of(ids).execute("PRAGMA query_only = 0")
    assert claim(ids, (1, A, 0)) == []


def test_a_step_back_that_breaks_off_is_gone_on_with(tmp_path: Path) -> None:
    """Some of the days ahead are taken over already, and gone."""
    ids = EventIds(tmp_path / "ids.sqlite3")
    for day in (100, 101, 102):
        assert ids.claim([EventId(1, f"{day:032x}", day)], writer="w", now=day * 86400) == []

    def refuse(action: int, name: str | None, *_: object) -> int:
        is_last = action == sqlite3.SQLITE_DROP_TABLE and name == "day_000100"
        return sqlite3.SQLITE_DENY if is_last else sqlite3.SQLITE_OK

    assert ids._connection is not None
    ids._connection.set_authorizer(refuse)
    with pytest.raises(StoreError):
        ids.claim([EventId(1, f"{1:032x}", 1)], writer="w", now=10 * 86400)
    ids._connection.set_authorizer(None)
    again = [EventId(1, f"{day:032x}", 7) for day in (100, 101, 102)]
    assert ids.claim(again, writer="w", now=10 * 86400) == [0, 1, 2]
    ids.close()
