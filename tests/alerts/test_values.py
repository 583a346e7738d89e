"""Rules over what checks bring: captured numbers, the days of a certificate, response times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette.items import RawItem
from vedette.items.monitor_check import CHECKS, KIND
from vedette.rules.machine import Change
from vedette.rules.replaying import Replay
from vedette.rules.written import RuleProblems, read_rule, write_rule
from vedette.spool.meta import Meta
from vedette.store import access
from vedette.store.duck import DuckStore
from vedette.store.query import Compare, Tag
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects
from vedette.uptime.checks import ITEM_TYPE, Check, encode_checks
from vedette.web.pages.alert_rules.filling import of_monitor
from vedette.web.pages.alert_rules.presets import preset_named
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

BEGIN = 1_767_268_800
NOW = BEGIN + 3600
EMPTY = {
    "name": "Empty",
    "source": "check",
    "measure": {"value": "sessions"},
    "per": ["monitor"],
    "window": "10m",
    "levels": {"critical": "<1"},
}
CERTIFICATE = {
    "name": "Certificate",
    "source": "check",
    "measure": {"value": "certificate.days_left", "least": 1},
    "per": ["monitor"],
    "window": "2h",
    "levels": {"critical": "<3", "warning": "<14"},
}


class Checks:
    """Checks of a project, read as the pipeline reads them."""

    def __init__(self, project_id: int, held: DuckStore) -> None:
        self._project_id = project_id
        self._held = held
        self._position = 0
        self.rows: list[dict[str, Any]] = []

    def add(self, at: float, slug: str = "rooms", **values: Any) -> None:
        """One check, stored."""
        self._position += 1
        check = Check(
            monitor=1, slug=slug, kind="http", due=at, at=at + 0.1, outcome="ok", ms=5.0, **values
        )
        item = RawItem(
            header=ItemHeader(type=ITEM_TYPE),
            payload=encode_checks([check]),
            meta=Meta(project_id=self._project_id, received=at + 0.2),
            envelope=EnvelopeHeaders(),
            position=self._position,
        )
        stored = Rows(CHECKS)
        for row in KIND.read(item).rows:  # type: ignore[union-attr]
            self.rows.append(row.values)
            stored.add({**row.values, "writer": "a", "position": self._position})
        self._held.append([stored], writer="a", end=self._position + 1)

    def sessions(self, numbers: list[float | None], *, end: int = NOW, slug: str = "rooms") -> None:
        """One a minute, the last just before `end`."""
        for back, number in enumerate(reversed(numbers)):
            captured = {} if number is None else {"sessions": number}
            self.add(end - 5 - 60 * back, slug, captured=captured)


@pytest.fixture
def checks(project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checks]:
    store = DuckStore(tmp_path, (CHECKS,), memory_bytes=128 << 20, threads=2)
    monkeypatch.setattr(access, "_reader", store)
    yield Checks(project.pk, store)
    store.abandon()


def fires(project: Any, entry: dict[str, Any], now: int = NOW) -> dict[str, tuple[str, float]]:
    """By monitor the level and the value of its alert."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert, AlertRule, AlertState

    AlertRule.objects.get_or_create(
        project=project, slug="r", defaults={"body": write_rule(read_rule(entry))}
    )
    evaluate(now)
    rows = Alert.objects.filter(state=AlertState.FIRING)
    return {row.labels["monitor"]: (row.level, row.value) for row in rows}


def test_a_captured_number_that_stays_too_low(project: Any, checks: Checks) -> None:
    """Only where every value of the window is; what captures nothing says nothing."""
    checks.sessions([5, *[0] * 10])
    checks.sessions([0] * 5 + [1] + [0] * 4, slug="lobby")
    checks.sessions([None] * 10, slug="mute")
    assert fires(project, EMPTY) == {"rooms": ("critical", 0.0)}


def test_two_values_are_too_few(project: Any, checks: Checks) -> None:
    """So that a first one alone says nothing."""
    checks.sessions([0, 0])
    assert fires(project, EMPTY) == {}
    checks.sessions([0], end=NOW - 120)
    assert fires(project, EMPTY, NOW + 10) == {"rooms": ("critical", 0.0)}


def test_it_is_over_when_all_are_well_again(project: Any, checks: Checks) -> None:
    """One good value among empty ones neither fires nor ends."""
    checks.sessions([0] * 10)
    assert set(fires(project, EMPTY)) == {"rooms"}
    checks.sessions([4], end=NOW + 60)
    assert set(fires(project, EMPTY, NOW + 60)) == {"rooms"}
    checks.sessions([4] * 10, end=NOW + 660)
    assert fires(project, EMPTY, NOW + 660) == {}


def test_it_ends_with_the_monitor_and_not_with_its_silence(project: Any, checks: Checks) -> None:
    """Without values it lasts, until the monitor is paused or gone."""
    from vedette.monitors.models import Monitor

    rooms = Monitor.objects.create(project=project, slug="rooms", name="Rooms", kind="http")
    checks.sessions([0] * 10)
    assert set(fires(project, EMPTY)) == {"rooms"}
    assert set(fires(project, EMPTY, NOW + 1200)) == {"rooms"}
    rooms.delete()
    assert fires(project, EMPTY, NOW + 1800) == {}


def test_what_is_measured_under_maintenance_is_not_told_of(project: Any, checks: Checks) -> None:
    """Neither while it is on nor for what remains of it in the window; what lasts after it is."""
    from vedette.monitors.models import Monitor, MonitorStanding, StateInterval

    rooms = Monitor.objects.create(project=project, slug="rooms", name="Rooms", kind="http")
    standing = MonitorStanding.objects.create(monitor=rooms)
    interval = StateInterval.objects.create(
        standing=standing, state="maintenance", began=(NOW - 900) * 1000
    )
    checks.sessions([0] * 10)
    checks.sessions([0] * 10, slug="lobby")
    assert set(fires(project, EMPTY)) == {"lobby"}
    interval.ended = (NOW + 20) * 1000
    interval.save()
    checks.sessions([0], end=NOW + 60)
    assert set(fires(project, EMPTY, NOW + 60)) == {"lobby"}
    checks.sessions([0, 0], end=NOW + 180)
    assert set(fires(project, EMPTY, NOW + 180)) == {"lobby", "rooms"}


def test_a_certificate_that_ends_soon(project: Any, checks: Checks) -> None:
    """Warning, then critical, as one alert; one that cannot be read has no days."""
    for slug, days in (("shop", 13.5), ("web", 40.0), ("api", 1.2)):
        checks.add(NOW - 60, slug, facts={"certificate": {"days": days, "fingerprint": "ab"}})
    checks.add(NOW - 60, "odd", facts={"certificate": {"days": 0.0, "fingerprint": ""}})
    found = fires(project, CERTIFICATE)
    assert found == {"shop": ("warning", 13.5), "api": ("critical", 1.2)}


def test_its_value_is_told_with_its_unit(project: Any, checks: Checks) -> None:
    """13.5 days; a captured number has none."""
    from vedette.alerts.content import figure_of
    from vedette.alerts.models import Alert

    checks.add(NOW - 60, facts={"certificate": {"days": 13.5, "fingerprint": "ab"}})
    fires(project, CERTIFICATE)
    assert figure_of(Alert.objects.get()) == "13.5 days"


def test_its_chart_is_of_the_values(project: Any, checks: Checks) -> None:
    """With the thresholds, not a count of checks."""
    from vedette import clock
    from vedette.alerts.models import Alert
    from vedette.alerts.series import series_around

    clock.turn(NOW - clock.timestamp())
    try:
        checks.sessions([7] * 30 + [0] * 10)
        fires(project, EMPTY)
        series = series_around(Alert.objects.get())
    finally:
        clock.turn(0)
    assert series is not None
    assert {value for _, value in series.values if value is not None} >= {7.0, 0.0}
    assert [text for _, _, text in series.lines] == ["<1"]


def test_counters_and_back_test_decide_alike(project: Any, checks: Checks) -> None:
    """Row by row as the pipeline counts, and from what is stored."""
    from vedette.alerts.backtest import back_test

    checks.sessions([3] * 20 + [0] * 15 + [3] * 15)
    rule = read_rule(EMPTY)
    rows = sorted(checks.rows, key=lambda row: row["received"])
    counted = [(one.at, one.change) for one in Replay(rule).run(rows, BEGIN, NOW)]
    asked = back_test(project.pk, rule, VisibleProjects.of_system(), days=1, now=NOW).happenings
    assert [(one.at, one.change) for one in asked] == counted
    assert [change for _, change in counted] == [Change.FIRED, Change.RESOLVED]


@pytest.mark.parametrize(
    "changes",
    [
        {"measure": "value"},
        {"measure": {"value": "check.reason"}},
        {"measure": {"value": "sessions", "least": 0}},
        {"source": "event"},
    ],
)
def test_what_cannot_be_measured_is_refused(changes: dict[str, Any]) -> None:
    """In words, beside the measure."""
    with pytest.raises(RuleProblems) as refused:
        read_rule({**EMPTY, **changes})
    assert {problem.path for problem in refused.value.problems} & {"measure", "per"}


def test_it_is_written_as_it_was_read() -> None:
    """The form, files and the API keep its options."""
    for entry in (EMPTY, CERTIFICATE):
        assert write_rule(read_rule(entry)) == entry


@pytest.mark.parametrize(
    ("name", "interval", "window"),
    [("sessions", 60, "10m"), ("status", 60, "10m"), ("user", 600, "40m"), ("time", 3600, "240m")],
)
def test_a_click_makes_a_rule_of_the_value_that_was_captured(
    name: str, interval: int, window: str
) -> None:
    """Whatever it is called, and with time for as many values as the rule wants to see."""
    entry = {**preset_named("captured").entry, **of_monitor(EMPTY, "rooms", name, interval)}  # type: ignore[union-attr]
    rule = read_rule(entry)
    found = rule.how.measured(rule.options)
    assert found == Compare(Tag(name, is_number=True), "!=", None)
    assert (
        write_rule(rule)["window"] == write_rule(read_rule({**EMPTY, "window": window}))["window"]
    )
