"""Rules over sessions: each counts once, as what it came to, whenever it was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette.items import RawItem
from vedette.items.session import KIND, SESSIONS
from vedette.spool.meta import Meta
from vedette.store import access
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

BEGIN = 1_767_268_800
NOW = BEGIN + 3600
BELOW_99 = (
    "source: session\nmeasure: crash_free\nwindow: 1h\nper: [release]\nguard: off\n"
    "levels: {critical: '<99%'}"
)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path, (SESSIONS,), memory_bytes=128 << 20, threads=2)
    monkeypatch.setattr(access, "_reader", store)
    yield store
    store.abandon()


class Sessions:
    """Sends sessions of a project as SDKs do."""

    def __init__(self, project: Any, held: DuckStore) -> None:
        self._project = project
        self._held = held
        self._position = 0
        self._number = 0

    def send(self, payload: dict[str, Any], kind: str = "session", at: float = BEGIN + 600) -> None:
        """One item through the kind's own reading into the store."""
        self._position += 1
        item = RawItem(
            header=ItemHeader(type=kind),
            payload=json.dumps(payload).encode(),
            meta=Meta(project_id=self._project.pk, received=at),
            envelope=EnvelopeHeaders(),
            position=self._position,
        )
        rows = Rows(SESSIONS)
        for row in KIND.read(item).rows:  # type: ignore[union-attr]
            rows.add({**row.values, "writer": "a", "position": self._position})
        self._held.append([rows], writer="a", end=self._position + 1)

    def run(self, release: str, *, crashes: bool = False, user: str = "", at: int = 600) -> None:
        """One whole session in two updates; the end comes first, as on a bad network."""
        self._number += 1
        base = {
            "sid": f"{self._number:032x}",
            "did": user or None,
            "started": BEGIN + at,
            "attrs": {"release": release},
        }
        end = {**base, "seq": 2, "status": "crashed" if crashes else "exited"}
        self.send(end, at=BEGIN + at + 5)
        self.send({**base, "seq": 1, "init": True, "status": "ok"}, at=BEGIN + at + 6)


@pytest.fixture
def sessions(project: Any, held: DuckStore) -> Sessions:
    return Sessions(project, held)


def _rule(project: Any, text: str, slug: str = "r") -> Any:
    import yaml

    from vedette.alerts.models import AlertRule
    from vedette.rules.written import read_rule, write_rule

    made = read_rule({"name": "Crashes", **yaml.safe_load(text)})
    AlertRule.objects.create(project=project, slug=slug, body=write_rule(made))
    return made


def _firing() -> dict[str, float]:
    """Release and value of each alert that fires."""
    from vedette.alerts.models import Alert, AlertState

    rows = Alert.objects.filter(state=AlertState.FIRING)
    return {row.labels.get("release", ""): row.value for row in rows}


def test_a_release_that_crashes_too_often(project: Any, sessions: Sessions) -> None:
    """Two of a hundred are too many, one is not; aggregates of servers count as they say."""
    from vedette.alerts.evaluation import evaluate

    _rule(project, BELOW_99)
    for at in range(98):
        sessions.run("bad@1", at=100 + at)
        sessions.run("good@1", at=100 + at)
    sessions.run("bad@1", crashes=True)
    sessions.run("bad@1", crashes=True)
    sessions.run("good@1", crashes=True)
    sessions.run("good@1")
    aggregate = {"started": BEGIN + 60, "exited": 197, "crashed": 3}
    sessions.send({"aggregates": [aggregate], "attrs": {"release": "server@1"}}, "sessions")
    evaluate(NOW)
    assert _firing() == {"bad@1": pytest.approx(0.98), "server@1": pytest.approx(0.985)}
    for _ in range(200):
        sessions.run("server@1", at=1200)
    evaluate(NOW + 10)
    assert set(_firing()) == {"bad@1"}


def test_a_session_that_crashes_later(project: Any, sessions: Sessions) -> None:
    """An update turns a session that was counted as healthy."""
    from vedette.alerts.evaluation import evaluate

    _rule(project, BELOW_99.replace("per: [release]\n", ""))
    base = {"sid": "a" * 32, "started": BEGIN + 60, "attrs": {"release": "a"}}
    sessions.send({**base, "seq": 1, "init": True, "status": "ok"})
    evaluate(NOW)
    assert _firing() == {}
    sessions.send({**base, "seq": 2, "status": "crashed"})
    evaluate(NOW + 10)
    assert list(_firing().values()) == [0.0]


def test_users_count_once(project: Any, sessions: Sessions) -> None:
    """One user whose every session crashes is one of ten."""
    from vedette.alerts.evaluation import evaluate

    text = BELOW_99.replace("crash_free", "{crash_free: users}").replace("<99%", "<=90%")
    _rule(project, text)
    for at in range(9):
        sessions.run("a", user=f"user {at}")
    for _ in range(5):
        sessions.run("a", user="unlucky", crashes=True)
    evaluate(NOW)
    assert _firing() == {"a": pytest.approx(0.9)}


def test_few_sessions_say_little(project: Any, sessions: Sessions) -> None:
    """With the guard one crash of five wakes nobody."""
    from vedette.alerts.evaluation import evaluate

    _rule(project, BELOW_99.replace("guard: off\n", ""))
    for at in range(4):
        sessions.run("new@2", at=at)
    sessions.run("new@2", crashes=True)
    evaluate(NOW)
    assert _firing() == {}


def test_the_pipeline_counts_nothing_for_them(project: Any, held: DuckStore) -> None:
    """They are asked; a day's window once a minute."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.rules import counters_by_project

    _rule(project, BELOW_99.replace("1h", "1d"))
    assert counters_by_project() == {}
    questions: list[Any] = []
    ask = held.query
    held.query = lambda *a, **k: questions.append(a) or ask(*a, **k)  # type: ignore[assignment]
    for tick in range(NOW, NOW + 60, 10):
        evaluate(tick)
    assert len(questions) == 1


def test_the_back_test_finds_the_same_times(project: Any, sessions: Sessions) -> None:
    """A bad half hour of a day, told afterwards."""
    from vedette.alerts.backtest import back_test
    from vedette.rules.machine import Change

    made = _rule(project, BELOW_99.replace("1h", "10m"))
    for at in range(0, 3600, 20):
        sessions.run("a", at=at, crashes=1200 <= at < 1800 and at % 100 == 0)
    outcome = back_test(project.pk, made, VisibleProjects.of_system(), days=1, now=NOW)
    (fired,) = [one for one in outcome.happenings if one.change is Change.FIRED]
    (over,) = [one for one in outcome.happenings if one.change is Change.RESOLVED]
    assert fired.key == ("a",)
    assert BEGIN + 1200 <= fired.at <= BEGIN + 1220
    assert BEGIN + 2300 <= over.at <= BEGIN + 2320


def test_very_many_rules_take_turns(
    project: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the time is over after one question, each tick has one, and every rule its tick."""
    from vedette.alerts import evaluation, turns
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert

    monkeypatch.setattr(evaluation, "_turns", turns.Turns())
    monkeypatch.setattr(turns, "MOST_SECONDS", 0.0)
    for at in range(3):
        _rule(project, BELOW_99, f"r{at}")
    sessions.run("bad@1", crashes=True, at=1800)
    firing = []
    for tick in range(3):
        evaluate(NOW + 10 * tick)
        firing.append(Alert.objects.count())
    assert firing == [1, 2, 3]


def test_new_rules_take_turns_until_they_have_counted(
    project: Any, held: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They ask over their whole window, as rules over sessions do."""
    from vedette.alerts import asking, evaluation, turns
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.rules import LiveRule

    monkeypatch.setattr(evaluation, "_turns", turns.Turns())
    monkeypatch.setattr(turns, "MOST_SECONDS", 0.0)
    asked: list[str] = []

    def note(live: LiveRule, start: int, end: int) -> dict[Any, Any]:
        asked.append(live.slug)
        return {}

    monkeypatch.setattr(asking, "sums_of", note)
    for at in range(3):
        _rule(
            project, "source: event\nmeasure: count\nwindow: 7d\nlevels: {warning: '>5'}", f"r{at}"
        )
    for tick in range(4):
        evaluate(NOW + 10 * tick)
    assert asked == ["r0", "r1", "r2"]  # and each again a minute later
