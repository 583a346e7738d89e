"""Answers: asked once for all who look at the same, never given to whoever may see less."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from vedette import clock
from vedette.dashboards import answering
from vedette.dashboards.answering import Answers, answer, answers, rounded
from vedette.dashboards.fields import Options
from vedette.dashboards.shapes import Prose
from vedette.dashboards.widgets import Asking, WidgetKind
from vedette.issues.shapes import Period, Scope
from vedette.store.errors import QuestionCancelled, StoreBusy, StoreError
from vedette.store.visible import VisibleProjects

START = datetime(2026, 1, 2, tzinfo=UTC)
PERIOD = Period(start=START, end=START + timedelta(days=1), label="24h")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    answers.forget()


class Counting:
    """A kind that counts how often it is asked."""

    def __init__(self, *, is_personal: bool = False) -> None:
        self.asked = 0
        self.kind = WidgetKind(
            name="counting", label="", help="", icon="", order=1, ask=self.ask, sample={},
            is_personal=is_personal,
        )  # fmt: skip

    def ask(self, options: Options, asking: Asking) -> Prose:
        self.asked += 1
        return Prose(text=f"{list(asking.scope.visible)}")


def asking(*projects: int, person: int = 1, period: Period = PERIOD) -> Asking:
    visible = VisibleProjects.granted(projects)
    return Asking(scope=Scope(visible=visible, period=period, person_id=person))


def test_ten_viewers_ask_once() -> None:
    """Of the same projects, whoever they are."""
    counting = Counting()
    for person in range(10):
        answer(counting.kind, {}, asking(1, 2, person=person))
    assert counting.asked == 1


def test_whoever_sees_less_gets_an_answer_of_their_own() -> None:
    """In whatever order they come."""
    counting = Counting()
    assert answer(counting.kind, {}, asking(1, 2)) == Prose(text="[1, 2]")
    assert answer(counting.kind, {}, asking(1)) == Prose(text="[1]")
    assert answer(counting.kind, {}, asking(1, 2)) == Prose(text="[1, 2]")


@pytest.mark.parametrize("change", ["options", "environments", "releases", "period", "person"])
def test_another_question_is_asked(change: str) -> None:
    """Options, environments, releases, times; and the person where it matters."""
    counting = Counting(is_personal=True)
    first = asking(1)
    other = {
        "options": first,
        "environments": replace(first, scope=replace(first.scope, environments=("a",))),
        "releases": replace(first, releases=("a",)),
        "period": asking(1, period=replace(PERIOD, start=START - timedelta(days=1))),
        "person": asking(1, person=2),
    }[change]
    answer(counting.kind, {}, first)
    answer(counting.kind, {"a": 1} if change == "options" else {}, other)
    assert counting.asked == 2


def test_an_answer_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day after about three minutes at most."""
    counting = Counting()
    answer(counting.kind, {}, asking(1))
    now = clock.timestamp()
    monkeypatch.setattr(clock, "timestamp", lambda: now + 300)
    answer(counting.kind, {}, asking(1))
    assert counting.asked == 2


def test_those_who_come_meanwhile_wait_for_the_same_answer() -> None:
    """The store is asked by one."""
    held = Answers()
    asked, may_go = threading.Event(), threading.Event()
    count = []

    def ask() -> Prose:
        count.append(1)
        asked.set()
        assert may_go.wait(10)
        return Prose(text="slow")

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(held.get, b"k", 60, ask)
        assert asked.wait(10)
        others = [pool.submit(held.get, b"k", 60, ask) for _ in range(4)]
        may_go.set()
        found = [one.result(10) for one in (first, *others)]
    assert found == [Prose(text="slow")] * 5
    assert len(count) == 1


@pytest.mark.parametrize("error", [QuestionCancelled("gone"), StoreBusy("your other questions")])
def test_whoever_waited_for_somebody_else_asks_for_themselves(error: StoreError) -> None:
    """That another has gone, or has had their share, is nothing to them."""
    held = Answers()
    asked, may_go = threading.Event(), threading.Event()

    def fail() -> Prose:
        asked.set()
        assert may_go.wait(10)
        raise error

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(held.get, b"k", 60, fail)
        assert asked.wait(10)
        others = [pool.submit(held.get, b"k", 60, lambda: Prose(text="mine")) for _ in range(2)]
        may_go.set()
        with pytest.raises(type(error)):
            first.result(10)
        assert [one.result(10) for one in others] == [Prose(text="mine")] * 2


def test_nobody_waits_for_all_others_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twenty who have no turn each for ten seconds, the last would wait for minutes."""
    held = Answers()
    waited = []

    def in_vain(answer: object) -> Prose:
        waited.append(1)
        assert len(waited) < 10, "they stand in a line"
        raise answering._OnlyTheirs

    monkeypatch.setattr(answering, "_awaited", in_vain)
    held._asked[b"k"] = Future()
    assert held.get(b"k", 60, lambda: Prose(text="mine")) == Prose(text="mine")
    assert len(waited) == 2


def test_a_failure_is_not_kept() -> None:
    """The next one who asks may have more luck."""
    held = Answers()

    def fail() -> Prose:
        raise StoreError("away")

    with pytest.raises(StoreError):
        held.get(b"k", 60, fail)
    assert held.get(b"k", 60, lambda: Prose(text="there")) == Prose(text="there")


def test_no_more_is_kept_than_there_is_room_for() -> None:
    """The oldest go first."""
    held = Answers()
    for number in range(500):
        held.get(b"%d" % number, 60, lambda: Prose(text=""))
    assert len(held._kept) <= 400
    assert held._weight == 2_000 * len(held._kept)


def test_ranges_that_end_now_end_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever looks within these seconds; and nothing that has come in is left out."""
    found = []
    for seconds in (1, 4):
        now = START + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "timestamp", now.timestamp)
        found.append(rounded(Period(start=now - timedelta(hours=1), end=now, label="1h")))
    assert found[0] == found[1]
    assert found[0].end >= START + timedelta(seconds=4)
    assert found[0].end - found[0].start == timedelta(hours=1)


def test_chosen_times_stay_as_they_are() -> None:
    """A range of the past is exact."""
    assert rounded(PERIOD) == PERIOD
