"""What really came of a project in the last days, asked once and only where a join wants it.

Every question is bounded: groups of events, not events. `Seen` is made by the loop that looks at
audited projects (`vedette.audits.looking`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import Sum

from vedette import clock
from vedette.audits.groups import GroupSeen, group_of
from vedette.audits.models import AuditFinding, AuditRun, AuditTree, FindingState
from vedette.audits.paths import Paths
from vedette.issues.telemetry import events, micros, moment
from vedette.items.event import ERRORS
from vedette.own_events import OWN_TYPES
from vedette.pipeline.scrub import decode_remarks
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects
from vedette.usage.models import Usage

DAYS: Final = 30
_MOST_GROUPS: Final = 1000
_MOST_SAMPLED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """How much happened at all, so that the absence of errors says something."""

    sessions: int = 0
    transactions: int = 0

    @property
    def words(self) -> str:
        """`12,004 sessions and 301 transactions`; empty if there was none."""
        parts = [
            f"{number:,} {noun}"
            for number, noun in (
                (self.sessions, "sessions"),
                (self.transactions, "transactions"),
            )
            if number
        ]
        return " and ".join(parts)


@dataclass(kw_only=True)
class Seen:
    """A project's newest audit with what came. All numbers are of the last `DAYS` days."""

    run: AuditRun
    store: Reader
    visible: VisibleProjects
    now: datetime = field(default_factory=clock.now)

    @property
    def project_id(self) -> int:
        """The project."""
        return self.run.project_id

    @property
    def start(self) -> datetime:
        """From when on it is looked at."""
        return self.now - timedelta(days=DAYS)

    def inventory(self, name: str) -> list[dict[str, Any]]:
        """A part of what the audit says is there."""
        held = self.run.inventory.get(name, [])
        return [one for one in held if isinstance(one, dict)]

    @cached_property
    def findings(self) -> list[AuditFinding]:
        """What is open."""
        rows = AuditFinding.objects.filter(project=self.project_id, state=FindingState.OPEN)
        return list(rows.order_by("-severity", "path", "line", "pk"))

    @cached_property
    def groups(self) -> list[GroupSeen]:
        """The errors by group, the most frequent first."""
        newest: Mapping[str, q.Expression] = {
            name: q.call("last", q.Field(name), q.Field("timestamp"))
            for name in ("type", "value", "transaction", "stack")
        }
        rows = self.ask(
            {
                "group_id": q.Field("group_id"),
                "events": events(),
                "users": q.call("distinct", q.Field("user_number")),
                "unhandled": q.call("count_if", q.Compare(q.Field("handled"), "=", False)),
                "known": q.call("count_if", q.Present(q.Field("handled"))),
                **newest,
            },
            group_by=["group_id"],
            order_by=[q.Order("events", descending=True), q.Order("group_id")],
            limit=_MOST_GROUPS,
        )
        return [group_of(row) for row in rows]

    @cached_property
    def transactions(self) -> dict[str, tuple[int, int]]:
        """The errors by transaction, and of how many users; the most frequent ones."""
        rows = self.ask(
            {
                "transaction": q.Field("transaction"),
                "events": events(),
                "users": q.call("distinct", q.Field("user_number")),
            },
            where=[q.Present(q.Field("transaction"))],
            group_by=["transaction"],
            order_by=[q.Order("events", descending=True), q.Order("transaction")],
            limit=_MOST_GROUPS,
        )
        return {
            str(row["transaction"]): (int(row["events"]), int(row["users"] or 0)) for row in rows
        }

    @cached_property
    def total(self) -> int:
        """How many errors came."""
        return sum(self.levels.values())

    @cached_property
    def levels(self) -> dict[str, int]:
        """The errors by level."""
        return {str(row["level"] or ""): int(row["events"]) for row in self._by_level}

    @cached_property
    def shares(self) -> dict[str, int]:
        """How many of the stored errors name a release and a user, and all of them as `all`."""
        return {
            name: sum(int(row[name]) for row in self._by_level)
            for name in ("all", "release", "user")
        }

    @cached_property
    def _by_level(self) -> list[dict[str, Any]]:
        return self.ask(
            {
                "level": q.Field("level"),
                "events": events(),
                "all": q.count(),
                "release": q.call("count_if", q.Present(q.Field("release"))),
                "user": q.call("count_if", q.Present(q.Field("user_key"))),
            },
            group_by=["level"],
        )

    @cached_property
    def days(self) -> dict[tuple[str, int], int]:
        """The errors by environment and day, in days since 1970."""
        rows = self.ask(
            {
                "environment": q.Field("environment"),
                "day": q.bucket(86_400),
                "events": events(),
            },
            group_by=["environment", "day"],
        )
        return {
            (str(row["environment"] or ""), int(row["day"]) // 86_400): int(row["events"])
            for row in rows
        }

    @cached_property
    def last_by_environment(self) -> dict[str, datetime]:
        """When the last error of each environment came."""
        rows = self.ask(
            {
                "environment": q.Field("environment"),
                "last": q.call("max", q.Field("timestamp")),
            },
            group_by=["environment"],
        )
        return {str(row["environment"] or ""): moment(int(row["last"])) for row in rows}

    @cached_property
    def unread_by_release(self) -> list[tuple[str, int, int]]:
        """JavaScript's errors by release: all, and those with frames that lack a source map."""
        rows = self.ask(
            {
                "release": q.Field("release"),
                "all": q.count(),
                "unread": q.call("count_if", q.Compare(q.Field("unread"), ">", 0)),
            },
            where=[q.OneOf(q.Field("platform"), ["javascript", "node"])],
            group_by=["release"],
            order_by=[q.Order("all", descending=True)],
            limit=50,
        )
        return [(str(row["release"] or ""), int(row["all"]), int(row["unread"])) for row in rows]

    @cached_property
    def scrubbed(self) -> tuple[int, dict[str, int]]:
        """Of the newest events: how many were looked at, and in how many each rule hid a value."""
        rows = self.ask(
            {"remarks": q.Field("remarks"), "at": q.Field("timestamp")},
            order_by=[q.Order("at", descending=True)],
            limit=_MOST_SAMPLED,
        )
        found: dict[str, int] = defaultdict(int)
        for row in rows:
            for rule in {one.rule for one in decode_remarks(row["remarks"] or b"")}:
                found[rule] += 1
        return len(rows), dict(found)

    @cached_property
    def checked_in(self) -> set[str]:
        """The names of the jobs that said anything."""
        rows = self.ask({"slug": q.Field("slug")}, table="check_ins", group_by=["slug"], errors="")
        return {str(row["slug"] or "") for row in rows}

    @cached_property
    def traffic(self) -> Traffic:
        """Sessions and transactions that were taken in."""
        first = int(self.start.timestamp())
        rows = Usage.objects.filter(
            project=self.project_id,
            span="day",
            begins__gte=first,
            category__in=("session", "transaction"),
        )
        held = dict(rows.values_list("category").annotate(Sum("quantity")).order_by())
        return Traffic(
            sessions=int(held.get("session", 0)), transactions=int(held.get("transaction", 0))
        )

    # The files of events

    @cached_property
    def paths(self) -> list[str]:
        """The files that the audit read."""
        held = AuditTree.objects.filter(project=self.project_id).first()
        return [one for one in held.paths if isinstance(one, str)] if held else []

    @cached_property
    def _tree(self) -> Paths:
        return Paths(self.paths)

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def path_of(self, file: str) -> str:
        """The file of the audit that a frame's name means; empty if none."""
        if file not in self._known:
            name = file.replace("\\", "/").partition("?")[0]
            name = re.sub(r"^\w[\w+.-]*:/*(?:[^/]*/\./)?", "", name).lstrip("./")
            self._known[file] = self._tree.of(name)
        return self._known[file]

    @cached_property
    def files(self) -> dict[str, list[GroupSeen]]:
        """The groups of errors that pass through each file of the audit."""
        found: dict[str, list[GroupSeen]] = defaultdict(list)
        for group in self.groups:
            paths = {self.path_of(one.file) for one in group.frames} - {""}
            for path in sorted(paths):
                found[path].append(group)
        return dict(found)

    def events_in(self, path: str) -> int:
        """How many errors passed through a file."""
        return sum(one.events for one in self.files.get(path, ()))

    def ask(
        self,
        columns: Mapping[str, q.Expression],
        *,
        where: Sequence[q.Condition] = (),
        table: str = ERRORS.name,
        errors: str = "event_type",
        **rest: Any,
    ) -> list[dict[str, Any]]:
        """Rows of the store. Errors are those that an SDK sent. Raises StoreError."""
        own: list[q.Condition] = (
            [q.Not(q.OneOf(q.Field(errors), list(OWN_TYPES)))] if errors else []
        )
        select = q.Select(
            table=table,
            projects=self.visible.only([self.project_id]),
            columns=dict(columns),
            where=[*own, *where],
            start=micros(self.start),
            end=micros(self.now + timedelta(days=1)),
            **rest,
        )
        return self.store.query(select).dicts()
