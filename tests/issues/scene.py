"""Random events with ties, nulls and events at the edges of the range, and their issues.

The same group numbers occur in a project that may not be seen: whatever is read without the
condition on the projects counts those events too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vedette import items
from vedette.accounts.models import Organization
from vedette.issues import history, suggestions
from vedette.issues.models import Issue, IssueKey
from vedette.issues.shapes import Period, Scope
from vedette.items.client_report import OUTCOMES
from vedette.items.event import ERRORS
from vedette.pipeline.payload import PayloadCodec
from vedette.projects.models import Project
from vedette.store import access
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

SHOP, BANK, FOREIGN = 901, 902, 903
NOW = datetime.now(UTC).replace(minute=20, second=0, microsecond=0) - timedelta(hours=1)
START = NOW - timedelta(days=3)
HOUR = timedelta(hours=1)
# Which groups make up which issue, by project; groups 1 to 3 are two projects' own.
ISSUES = (
    (SHOP, (1, 2)),
    (SHOP, (3,)),
    (SHOP, (4,)),
    (SHOP, (5, 6, 7)),
    (BANK, (1,)),
    (BANK, (2, 3)),
    (BANK, (8,)),
    (FOREIGN, (1,)),
    (FOREIGN, (4,)),
    (FOREIGN, (8,)),
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What the tests compare with."""

    events: list[Row]
    outcomes: list[Row]
    issues: list[Issue]
    groups: dict[int, tuple[int, tuple[int, ...]]] = field(default_factory=dict)

    def of(self, issue: Issue, scope: Scope) -> list[Row]:
        """The issue's events within a scope, oldest first."""
        project, groups = self.groups[issue.pk]
        found = [
            row
            for row in self.within(scope)
            if row["project_id"] == project and row["group_id"] in groups
        ]
        return sorted(found, key=lambda row: (row["timestamp"], row["event_id"]))

    def within(self, scope: Scope) -> list[Row]:
        """The events of a scope."""
        start, end = micros(scope.period.start), micros(scope.period.end)
        return [
            row
            for row in self.events
            if start <= row["timestamp"] < end
            and row["project_id"] in scope.visible
            and (not scope.environments or row["environment"] in scope.environments)
        ]

    @property
    def mine(self) -> list[Issue]:
        """The issues that may be seen."""
        return [issue for issue in self.issues if issue.project_id != FOREIGN]


def scope_of(
    *ids: int,
    start: datetime = START,
    end: datetime = NOW,
    environments: tuple[str, ...] = (),
) -> Scope:
    """A scope of projects; of those that may be seen where none is named."""
    return Scope(
        visible=VisibleProjects.granted(ids or (SHOP, BANK)),
        environments=environments,
        period=Period(start=start, end=end, label=""),
    )


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return round(moment.timestamp()) * 1_000_000 + moment.microsecond


@cache
def random_events() -> tuple[Row, ...]:
    """Events of the issues; many share a moment, some lie on the edges of the range."""
    chance = random.Random(7)
    moments = [START, NOW, NOW - timedelta(microseconds=1), START - timedelta(microseconds=1)]
    moments += [START + timedelta(seconds=chance.randrange(3 * 86400)) for _ in range(60)]
    moments += [NOW - timedelta(days=1, milliseconds=chance.randrange(10_000)) for _ in range(9)]
    found = []
    for number in range(900):
        project, groups = chance.choice(ISSUES)
        user = chance.choice((None, None, 1, 2, 3, 4, 5))
        city = chance.choice(("Bern", "Basel", "Genf", None))
        tags = [("city", city)] if city else []
        tags += [("serial", f"s{number % 40}")] if chance.random() < 0.8 else []
        found.append(
            {
                "project_id": project,
                "group_id": chance.choice(groups),
                "event_id": f"{chance.getrandbits(128):032x}",
                "timestamp": micros(chance.choice(moments)),
                "received": micros(NOW),
                "user_number": user,
                "user_key": f"id:{user}" if user else None,
                "environment": chance.choice(("production", "staging", "", None)),
                "release": chance.choice(("1.0", "1.1", None)),
                "level": chance.choice(("error", "warning")),
                "type": "LampError",
                "value": f"lamp {number % 7} fell",
                "trace_id": chance.choice((None, f"{chance.randrange(30):032x}")),
                "tags": tags,
                "body": PayloadCodec().compress(b"{}"),
                "event_type": "error",
                "size_bytes": 2,
                "writer": "scene",
                "position": number,
            }
        )
    return tuple(found)


@cache
def random_outcomes() -> tuple[Row, ...]:
    """Counts of three projects, some without a reason, some in the future of the range."""
    chance = random.Random(8)
    return tuple(
        {
            "project_id": chance.choice((SHOP, BANK, FOREIGN)),
            "category": chance.choice(("error", "transaction")),
            "outcome": chance.choice(("accepted", "filtered", "rate_limited")),
            "reason": chance.choice((None, "", "key limit", f"rule {chance.randrange(20)}")),
            "quantity": chance.choice((0, 1, 1, 5)),
            "timestamp": micros(START - HOUR) + chance.randrange(74 * 3600) * 1_000_000,
            "writer": "scene",
            "position": 10_000 + number,
        }
        for number in range(500)
    )


def make_store(folder: Path) -> DuckStore:
    """A store that holds them."""
    store = DuckStore(folder, items.tables(), memory_bytes=256 << 20, threads=1)
    batch = [Rows(ERRORS), Rows(OUTCOMES)]
    for rows, held in zip(batch, (random_events(), random_outcomes()), strict=True):
        for row in held:
            rows.add(row)
    store.append(batch, writer="scene", end=1 << 20)
    return store


def build_scene(store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The issues of the events, in the database."""
    monkeypatch.setattr(access, "_reader", store)
    history._kept.clear()
    suggestions._environments.clear()
    organization = Organization.objects.create(slug="lamps", name="Lamps")
    for pk, slug in ((SHOP, "shop"), (BANK, "bank"), (FOREIGN, "foreign")):
        Project.objects.create(pk=pk, organization=organization, name=slug, slug=slug)
    issues, owners = [], {}
    for number, (project, groups) in enumerate(ISSUES, start=1):
        times = [
            datetime.fromtimestamp(row["timestamp"] / 1_000_000, UTC)
            for row in random_events()
            if row["project_id"] == project and row["group_id"] in groups
        ]
        issue = Issue.objects.create(
            project_id=project,
            short_id=number,
            type="LampError",
            event_count=len(times),
            first_seen=min(times),
            last_seen=max(times),
            first_release=f"{number}.0",
        )
        for group in groups:
            IssueKey.objects.create(
                project_id=project, issue=issue, group_id=group, key=str(group), version="1"
            )
        issues.append(issue)
        owners[issue.pk] = (project, groups)
    return Scene(list(random_events()), list(random_outcomes()), issues, owners)
