"""The live rule, its counters in the database, the stored rows and the back-test agree."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rules.test_required import MICROSECONDS, row
from vedette.facts import merged
from vedette.items.event import ERRORS
from vedette.rules.rule import Rule
from vedette.rules.watching import Watcher
from vedette.spans.rows import SPANS
from vedette.store import access
from vedette.store.duck import DuckStore
from vedette.store.table import Rows, Table
from vedette.store.visible import VisibleProjects

BEGIN = 1_767_268_800
RULES = [
    "per: [issue]\nmeasure: count\nwindow: 2m\nlevels: {warning: '>6', critical: '>9'}\n"
    "resolve: '<=4'",
    'measure: {rate: minute}\nwindow: 1m\nlevels: {critical: ">9"}\nkeep_firing_for: 40s',
    "measure: {ratio: 'level:fatal'}\nwindow: 2m\nlevels: {critical: '>9%'}\n"
    "guard: {min_samples: 5, wilson: 0.9}",
    "measure: {ratio: 'level:fatal'}\nwindow: 2m\nlevels: {critical: '>50%'}\nguard: off",
    'measure: {unique: user}\nwindow: 2m\nlevels: {critical: ">4"}\nfor: 20s',
    'per: ["tag:city"]\nfilter: level:error\nmeasure: count\nwindow: 1m\nlevels: {critical: ">3"}',
]


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path, (ERRORS, SPANS), memory_bytes=128 << 20, threads=2)
    monkeypatch.setattr(access, "_reader", store)
    yield store
    store.abandon()


@pytest.fixture
def project(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


def rows_of(project: Any, seed: int) -> list[dict[str, Any]]:
    """Errors in bursts, some received late, in their order of receipt."""
    chance = random.Random(seed)
    found = []
    for burst in range(12):
        at = BEGIN + 200 + chance.randrange(1500)
        for _ in range(chance.randrange(1, 16)):
            moment = at + chance.random() * 60
            values = row(
                moment,
                project_id=project.pk,
                group_id=chance.randrange(1, 4),
                level=chance.choice(["error", "error", "fatal"]),
                user_number=chance.randrange(1, 9),
                tags=[("city", chance.choice(["Bern", "Basel"]))] if chance.random() < 0.8 else [],
                event_id=f"{chance.getrandbits(128):032x}",
            )
            values["received"] += int(chance.choice([0, 0, 0.3, 25, 70]) * MICROSECONDS)
            found.append(values)
        assert burst < 12
    return sorted(found, key=lambda one: one["received"])


def issues_of(project: Any) -> None:
    from django.utils import timezone

    from vedette.issues.models import Issue, IssueKey

    for group in (1, 2, 3):
        issue = Issue.objects.create(
            project=project, short_id=group, first_seen=timezone.now(), last_seen=timezone.now()
        )
        IssueKey.objects.create(
            project=project, issue=issue, group_id=group, key=str(group), version="v"
        )


@pytest.mark.parametrize("text", RULES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_live_and_back_test_do_the_same(
    held: DuckStore, project: Any, text: str, seed: int
) -> None:
    """The same stream, tick by tick: once as it comes, once afterwards from the store."""
    issues_of(project)
    compare(held, project, made_of(project, text), rows_of(project, seed), ERRORS)


SPAN_RULES = [
    "source: transaction\nper: [transaction]\nmeasure: {percentile: 75}\nwindow: 2m\nguard: off\n"
    "levels: {warning: '>1s', critical: '>2s'}",
    "source: span\nper: [op]\nmeasure: {ratio: 'is_failed:true'}\nwindow: 2m\nguard: off\n"
    "levels: {warning: '>20%', critical: '>50%'}",
    "source: span\nfilter: 'duration:>1s op:db'\nmeasure: {unique: 'tag'}\nwindow: 1m\n"
    "levels: {critical: '>1'}",
    "source: transaction\nper: [transaction, plan]\n"
    "measure: {percentile: 75, of: measurements.lcp}\n"
    "window: 2m\nlevels: {critical: '>1s'}\nguard: {min_samples: 4, wilson: 0.5}",
]


def spans_of(project: Any, seed: int) -> list[dict[str, Any]]:
    """Spans in bursts, as the errors come."""
    chance = random.Random(seed)
    return [
        {
            "project_id": project.pk,
            "timestamp": one["timestamp"],
            "received": one["received"],
            "trace_id": one["event_id"],
            "span_id": one["event_id"][:16],
            "is_segment": chance.random() < 0.5,
            "is_failed": chance.random() < 0.3,
            "duration": chance.choice([10.0, 1000.0, 1500.5, 3000.0]),
            "transaction": chance.choice(["/pay", "/buy"]),
            "op": chance.choice(["db", "http.client"]),
            "tags": [
                ("tag", str(chance.randrange(3))),
                ("plan", chance.choice(["team", "free"])),
                ("measurements.lcp", chance.choice(["900", "1200.5", "soon"])),
            ],
        }
        for one in rows_of(project, seed)
    ]


@pytest.mark.parametrize("text", SPAN_RULES)
@pytest.mark.parametrize("seed", [1, 2])
def test_rules_over_spans_live_and_tested_back_do_the_same(
    held: DuckStore, project: Any, text: str, seed: int
) -> None:
    """And their evidence leads to the traces that made them fire."""
    from vedette.alerts.content import figure_of, part_of
    from vedette.alerts.models import Alert

    made = made_of(project, text)
    rows = spans_of(project, seed)
    compare(held, project, made, rows, SPANS)
    traces = {one["trace_id"] for one in rows}
    for alert in Alert.objects.select_related("rule", "project").exclude(fired_at=None):
        assert figure_of(alert)
        samples = part_of(alert).samples
        assert samples
        for trace, address in samples:
            assert trace in traces
            assert f"/traces/{trace}/?at=" in address


def made_of(project: Any, text: str) -> Rule:
    """A rule of the project."""
    import yaml

    from vedette.alerts.models import AlertRule
    from vedette.rules.written import read_rule, write_rule

    made = read_rule({"name": "R", **yaml.safe_load(text)})
    AlertRule.objects.create(project=project, slug="r", body=write_rule(made))
    return made


def compare(
    held: DuckStore, project: Any, made: Rule, rows: list[dict[str, Any]], table: Table
) -> None:
    """Run it over the stream, and the back-test over what that left in the store."""
    from vedette.alerts import counters
    from vedette.alerts.backtest import back_test
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import AlertEntry, CounterStart
    from vedette.alerts.rules import live_rules

    (live,) = live_rules()
    CounterStart.objects.create(project=project, counter=live.counter.id, since=0)
    counters.limit.forget()
    watcher = Watcher([live.counter])
    position = 0
    for tick in range(BEGIN + 10, BEGIN + 2400, 10):
        batch = [
            one
            for one in rows
            if (tick - 10) * MICROSECONDS <= one["received"] < tick * MICROSECONDS
        ]
        if batch:
            kept = Rows(table)
            for one in batch:
                position += 1
                kept.add({**one, "writer": "w", "position": position, "tags": dict(one["tags"])})
            held.append([kept], writer="w", end=position + 1)
            facts: Any = [fact for one in batch for fact in watcher.see(table.name, one)]
            counters.record(merged(facts))
        evaluate(tick)
    happened = [
        (int(entry.at.timestamp()), entry.alert.key, entry.what, entry.level)
        for entry in AlertEntry.objects.select_related("alert").order_by("at", "alert__key", "pk")
    ]
    outcome = back_test(project.pk, made, VisibleProjects.of_system(), days=1, now=BEGIN + 2390)
    told = [
        (one.at, counters.write_key(one.key), one.change.value, one.level)
        for one in outcome.happenings
    ]
    assert happened, "the stream makes the rule fire"
    assert sorted(happened) == sorted(told)
