"""Where a project keeps only replays with errors, the others go some hours after their end."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.storage.keeping import Keeping
from vedette.accounts.models import AuditEntry
from vedette.blobs import BlobFolder
from vedette.items._feedback import FEEDBACK
from vedette.items._replays import EVENT, RECORDING, REPLAYS
from vedette.items.event import ERRORS
from vedette.loops import retention
from vedette.loops.replays import LOOP
from vedette.projects.models import Project
from vedette.replays.letting_go import let_go

_HOUR = 1 / 24


class Killed:
    """A store whose process is killed as something is deleted."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name == "delete":
            raise KeyboardInterrupt
        return getattr(self._store, name)


def put(keeping: Keeping, project: Project, hours_ago: float, **event: Any) -> str:
    """A replay of one segment that ended so long ago."""
    name = secrets.token_hex(16)
    more = {"replay_id": name, "segment_id": 0, "days_ago": hours_ago * _HOUR}
    keeping.put(REPLAYS, project, part=RECORDING, **more)
    keeping.put(REPLAYS, project, part=EVENT, **{"errors": 0, **more, **event})
    return name


def here(keeping: Keeping) -> set[str]:
    """The replays that there are."""
    return {row["replay_id"] for row in keeping.rows("replays", "replay_id")}


def test_those_without_errors_go_after_the_hours(keeping: Keeping) -> None:
    """Of the project that wants it, and not before their time."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True, without_errors_hours=6)
    old, young = put(keeping, keeping.shop, 7), put(keeping, keeping.shop, 5)
    erring = put(keeping, keeping.shop, 7, errors=1)
    others = put(keeping, keeping.bank, 700)
    LOOP.run(keeping.house)
    assert here(keeping) == {young, erring, others}
    assert old not in here(keeping)
    (entry,) = AuditEntry.objects.filter(via="setting")
    assert entry.what == "shop: 1 replay without errors went after 6 hours"


def test_they_are_counted_among_the_outcomes_once(keeping: Keeping) -> None:
    """By the items that they came as, with a reason; a turn that was killed counts no second
    time."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True, without_errors_hours=6)
    put(keeping, keeping.shop, 7)
    put(keeping, keeping.shop, 8)
    killed = replace(keeping.house, store=Killed(keeping.store))
    with pytest.raises(KeyboardInterrupt):
        let_go(killed)
    put(keeping, keeping.shop, 9)  # whose time has come meanwhile
    assert let_go(keeping.house) == 3
    keeping.work()
    counted = [row for row in keeping.rows("outcomes", "reason", "outcome", "category", "quantity")
               if row["quantity"]]  # fmt: skip
    assert [list(row.values()) for row in counted] == [["without_errors", "filtered", "replay", 6]]


def test_without_the_setting_all_stay(keeping: Keeping) -> None:
    """As long as storage keeps them."""
    name = put(keeping, keeping.shop, 700)
    assert let_go(keeping.house) == 0
    assert here(keeping) == {name}


def test_what_an_error_or_feedback_names_stays(keeping: Keeping) -> None:
    """Whoever says so: the replay itself need not know."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True)
    named, said, other = (put(keeping, keeping.shop, 30) for _ in range(3))
    keeping.put(ERRORS, keeping.shop, days_ago=1, replay_id=named)
    keeping.put(FEEDBACK, keeping.shop, days_ago=1, replay_id=said)
    keeping.put(ERRORS, keeping.bank, days_ago=1, replay_id=other)  # of a stranger
    assert let_go(keeping.house) == 1
    assert here(keeping) == {named, said}


def test_one_that_is_still_recorded_stays(keeping: Keeping) -> None:
    """A segment of a moment ago is a sign of life, however long ago it began."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True, without_errors_hours=1)
    name = put(keeping, keeping.shop, 3)
    keeping.put(REPLAYS, keeping.shop, days_ago=0, part=RECORDING, replay_id=name, segment_id=1)
    assert let_go(keeping.house) == 0
    assert here(keeping) == {name}


def test_a_turn_takes_a_bounded_number_and_the_next_goes_on(keeping: Keeping) -> None:
    """The oldest first, until all are gone."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True)
    for hours in (30, 40, 50):
        last = put(keeping, keeping.shop, hours)
    assert let_go(keeping.house, most=2) == 2
    assert last not in here(keeping)
    assert let_go(keeping.house, most=2) == 1
    assert here(keeping) == set()


def test_their_blobs_go_with_them(keeping: Keeping) -> None:
    """The recording that lay beside is gone once it has settled; that of another stays."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True)
    blobs = BlobFolder(keeping.folder / "blobs")
    names = [blobs.put(bytes([number]) * 5000) for number in range(2)]
    for number, name in enumerate(names):
        put(keeping, keeping.shop, 30, body_blob=name, errors=number)
    for path in (keeping.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 3600,) * 2)
    assert let_go(keeping.house) == 1
    retention.LOOP.run(keeping.house)
    assert [blobs.get(name) is None for name in names] == [True, False]


def test_those_that_stay_are_in_nobodys_way(keeping: Keeping) -> None:
    """However many older ones are named by errors, those behind them go."""
    keeping.choose("replays", project=keeping.shop, only_with_errors=True)
    staying = {put(keeping, keeping.shop, 60) for _ in range(12)}
    for name in staying:
        keeping.put(ERRORS, keeping.shop, days_ago=1, replay_id=name)
    for _ in range(2):
        put(keeping, keeping.shop, 30)
    assert let_go(keeping.house, most=1) == 1
    assert let_go(keeping.house, most=1) == 1
    assert here(keeping) == staying
