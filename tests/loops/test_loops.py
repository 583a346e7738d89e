"""What runs by the clock beside the pipeline."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.drawers import added
from vedette import clock
from vedette.config import Config
from vedette.kinds import discover
from vedette.loops import Loop, loops
from vedette.loops._runner import LoopRunner

LOOPS = discover("vedette.loops")


@pytest.mark.parametrize("module", LOOPS, ids=lambda module: module.__name__)
def test_a_loop_keeps_the_contract(module: Any) -> None:
    """A name of its own, an interval, and a turn to run."""
    loop = module.LOOP
    assert isinstance(loop, Loop)
    assert loop.interval_seconds > 0
    assert [one.name for one in loops()].count(loop.name) == 1


def test_a_loop_that_fails_goes_on_and_tells(caplog: pytest.LogCaptureFixture) -> None:
    """Its neighbours do not notice; the health page does."""
    turns: list[str] = []
    done, begun = threading.Event(), threading.Event()

    def bad(house: Any) -> None:
        turns.append("bad")
        if turns.count("bad") == 1:
            raise RuntimeError("boom")
        done.set()

    runner = LoopRunner(
        None,  # type: ignore[arg-type]
        [
            Loop(name="bad", interval_seconds=0.01, run=bad),
            Loop(name="good", interval_seconds=0.01, run=lambda house: begun.set()),
        ],
    )
    runner.start()
    assert done.wait(5)
    assert begun.wait(5)
    runner.stop()
    assert "boom" in caplog.text
    assert runner.status["bad"]["turns"] >= 2
    assert "error" not in runner.status["bad"]


def test_the_error_of_the_last_turn_is_told() -> None:
    """Until a turn succeeds."""

    def bad(house: Any) -> None:
        raise RuntimeError("no room")

    runner = LoopRunner(None, [loop := Loop(name="bad", interval_seconds=9, run=bad)])  # type: ignore[arg-type]
    runner.turn(loop)
    assert runner.status["bad"]["error"] == "RuntimeError: no room"


@pytest.mark.usefixtures("rollback")
def test_a_loop_waits_for_its_lease() -> None:
    """On several nodes one runs it, and the others say why they do not."""
    from vedette.leases.taking import take

    turns: list[int] = []
    loop = Loop(name="a", interval_seconds=1, run=lambda house: turns.append(1), needs_lease=True)
    runner = LoopRunner(None, [loop])  # type: ignore[arg-type]
    take("loop:a", seconds=60, by="another node")
    runner.turn(loop)
    assert turns == []
    assert "lease" in runner.status["a"]["waits"]


@pytest.mark.usefixtures("database")
def test_a_loop_that_is_stopped_gives_its_lease_back() -> None:
    """The next process takes its turn at once."""
    from vedette.leases.taking import give_back, take

    done = threading.Event()
    loop = Loop(name="a", interval_seconds=1, run=lambda house: done.set(), needs_lease=True)
    runner = LoopRunner(None, [loop])  # type: ignore[arg-type]
    runner.start()
    assert done.wait(5)
    is_free_meanwhile = take("loop:a", seconds=60, by="the next")
    runner.stop()
    is_free_after = take("loop:a", seconds=60, by="the next")
    give_back("loop:a", by="the next")
    assert not is_free_meanwhile
    assert is_free_after


def test_stopping_lets_the_turn_at_hand_end() -> None:
    """Nothing is cut in the middle."""
    began, ended = threading.Event(), threading.Event()

    def slow(house: Any) -> None:
        began.set()
        time.sleep(0.1)
        ended.set()

    runner = LoopRunner(None, [Loop(name="slow", interval_seconds=9, run=slow)])  # type: ignore[arg-type]
    runner.start()
    assert began.wait(5)
    runner.stop()
    assert ended.is_set()


@pytest.mark.usefixtures("rollback")
def test_cleaning_lets_go_what_nobody_can_see_any_more(tmp_path: Path) -> None:
    """Issues beyond retention with their keys, sessions and links that have run out."""
    from django.contrib.sessions.models import Session

    from vedette.accounts.models import Organization, SignInLink
    from vedette.issues.models import Issue, IssueKey
    from vedette.loops.cleaning import run
    from vedette.projects.creation import create_project

    project = create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")
    now = clock.now()
    for number, days in enumerate((1, 89, 91, 400)):
        at = now - timedelta(days=days)
        issue = Issue.objects.create(
            project=project, short_id=number, first_seen=at, last_seen=at, value=str(days)
        )
        IssueKey.objects.create(
            project=project, issue=issue, group_id=number, key=str(number), version="1"
        )
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    for days in (1, 30):
        SignInLink.objects.create(
            token_hash=str(days), created_at=now, expires_at=now - timedelta(days=days)
        )
    run(SimpleNamespace(config=Config(data=tmp_path, retention_days=90)))  # type: ignore[arg-type]
    assert set(Issue.objects.values_list("value", flat=True)) == {"1", "89"}
    assert IssueKey.objects.count() == 2
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(SignInLink.objects.values_list("token_hash", flat=True)) == ["1"]


def test_a_loop_from_outside_is_found(tmp_path: Path) -> None:
    """One file in the drawer, and no other edit."""
    source = """
        from vedette.loops import Loop

        turns = []
        LOOP = Loop(name="from-outside", interval_seconds=60, run=turns.append)
    """
    with added("vedette.loops", "from_outside", source, tmp_path, forget=()):
        found = {loop.name: loop for loop in loops()}
        runner = LoopRunner(None, [found["from-outside"]])  # type: ignore[arg-type]
        runner.turn(found["from-outside"])
        assert runner.status["from-outside"]["turns"] == 1
    assert "from-outside" not in {loop.name for loop in loops()}
