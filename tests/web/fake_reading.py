"""A stand-in for `vedette.issues.reading` over events held in memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from vedette import clock
from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.web.pages.issue.highlights import user_name
from vedette.web.pages.issue.payload import pairs

_STATUS = {"archived": "ignored"}
_WORD = re.compile(r'(?:([\w.]+):)?("[^"]*"|\S+)')
_BUCKETS = 24


@dataclass
class FakeStore:
    """Issues with their events, the newest first, and the functions that pages call."""

    events: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    outcome_rows: list[reading.OutcomeRow] = field(default_factory=list)
    files: dict[str, tuple[reading.Attachment, bytes]] = field(default_factory=dict)
    reports: list[reading.UserReport] = field(default_factory=list)
    new_events: int = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put every function of this store in the place of the real one."""
        for name in [
            "list_issues",
            "count_new_events",
            "find_issue",
            "summarize",
            "tag_distributions",
            "list_events",
            "load_event",
            "read_attachment",
            "find_anything",
            "suggest_keys",
            "suggest_values",
            "list_environments",
            "outcomes",
        ]:
            monkeypatch.setattr(reading, name, getattr(self, name))

    def list_issues(
        self,
        scope: reading.Scope,
        *,
        query: str,
        sort: reading.Sort = "date",
        cursor: str | None = None,
        limit: int = 25,
    ) -> reading.IssuePage:
        """Issues whose status and title match, page by page."""
        if "(" in query:
            return reading.IssuePage(rows=[], error="A bracket is not closed.")
        tokens = [_token(found) for found in _WORD.finditer(query)]
        rows = [
            self._row(issue, scope)
            for issue in Issue.objects.filter(project__in=scope.projects).select_related("project")
            if _matches(issue, tokens)
        ]
        keys = {
            "date": lambda row: row.last_seen,
            "new": lambda row: row.first_seen,
            "freq": lambda row: row.event_count,
            "user": lambda row: row.user_count,
            "trend": lambda row: row.event_count,
        }
        rows.sort(key=keys[sort], reverse=True)
        start = int(cursor or 0)
        return reading.IssuePage(
            rows=rows[start : start + limit],
            next_cursor=str(start + limit) if start + limit < len(rows) else None,
            previous_cursor=str(max(start - limit, 0)) if start else None,
            tokens=tokens,
        )

    def _row(self, issue: Issue, scope: reading.Scope) -> reading.IssueRow:
        return reading.IssueRow(
            issue=issue,
            event_count=issue.event_count,
            user_count=issue.event_count // 3,
            first_seen=issue.first_seen,
            last_seen=issue.last_seen,
            sparkline=_series(issue, scope, _BUCKETS),
        )

    def count_new_events(self, scope: reading.Scope, *, since: datetime) -> int:
        """As many as the test says."""
        return self.new_events

    def find_issue(self, projects: Sequence[Project], issue_id: str) -> Issue | None:
        """By number or short name."""
        held = Issue.objects.filter(project__in=projects).select_related("project")
        if issue_id.isdigit():
            return held.filter(pk=int(issue_id)).first()
        return next((issue for issue in held if issue.short_name == issue_id.upper()), None)

    def summarize(self, issue: Issue, scope: reading.Scope) -> reading.IssueSummary:
        """The issue's own counters."""
        return reading.IssueSummary(
            event_count=issue.event_count,
            user_count=issue.event_count // 3,
            series=_series(issue, scope, 56),
            first=reading.Seen(at=issue.first_seen, release=issue.first_release),
            last=reading.Seen(at=issue.last_seen, release=issue.last_release),
        )

    def tag_distributions(
        self, issue: Issue, scope: reading.Scope, *, top: int = 5
    ) -> list[reading.TagDistribution]:
        """Counted over the events held."""
        counts: dict[str, Counter[str]] = {}
        for payload in self.events.get(issue.pk, []):
            for key, value in [*pairs(payload.get("tags")), *_columns(payload)]:
                counts.setdefault(key, Counter())[str(value)] += 1
        return [
            reading.TagDistribution(
                key=key,
                total=held.total(),
                distinct=len(held),
                top=[
                    reading.TagValue(
                        value=value, count=count, percent=round(count / held.total() * 100, 1)
                    )
                    for value, count in held.most_common(top)
                ],
            )
            for key, held in counts.items()
        ]

    def list_events(
        self,
        issue: Issue,
        scope: reading.Scope,
        *,
        query: str = "",
        cursor: str | None = None,
        limit: int = 50,
    ) -> tuple[list[reading.EventRow], str | None]:
        """The events held whose text contains the query."""
        start = int(cursor or 0)
        rows = [
            self._event_row(issue, payload)
            for payload in self.events.get(issue.pk, [])
            if query in str(payload)
        ]
        after = str(start + limit) if start + limit < len(rows) else None
        return rows[start : start + limit], after

    def _event_row(self, issue: Issue, payload: dict[str, Any]) -> reading.EventRow:
        trace = (payload.get("contexts") or {}).get("trace") or {}
        return reading.EventRow(
            event_id=payload["event_id"],
            timestamp=issue.last_seen,
            title=issue.title,
            release=payload.get("release") or "",
            environment=payload.get("environment") or "",
            user=user_name(payload),
            trace_id=trace.get("trace_id") or "",
        )

    def load_event(self, issue: Issue, event_id: str) -> reading.StoredEvent | None:
        """One event with its neighbours."""
        held = self.events.get(issue.pk, [])
        ids = [payload["event_id"] for payload in held]
        wanted = {"latest": ids[:1], "oldest": ids[-1:]}.get(event_id, [event_id])
        if not wanted or wanted[0] not in ids:
            return None
        at = ids.index(wanted[0])
        other = self._event_row(issue, held[at - 1]) if len(ids) > 1 else None
        return reading.StoredEvent(
            project=issue.project,
            event_id=ids[at],
            group_id=issue.pk,
            timestamp=issue.last_seen,
            received=issue.last_seen + timedelta(seconds=1),
            payload=held[at],
            size_bytes=10_240,
            attachments=[attachment for attachment, _ in self.files.values()],
            reports=self.reports,
            first_id=ids[-1],
            previous_id=ids[at + 1] if at + 1 < len(ids) else None,
            next_id=ids[at - 1] if at else None,
            latest_id=ids[0],
            trace_previous=other,
        )

    def read_attachment(self, project: Project, event_id: str, attachment_id: str) -> bytes | None:
        """The bytes held."""
        found = self.files.get(attachment_id)
        return found[1] if found else None

    def find_anything(self, projects: Sequence[Project], text: str) -> reading.Destination | None:
        """An issue by number or short name, or an event by id."""
        issue = self.find_issue(projects, text)
        if issue:
            return reading.Destination(issue=issue)
        for held in Issue.objects.filter(project__in=projects).select_related("project"):
            if any(payload["event_id"] == text for payload in self.events.get(held.pk, [])):
                return reading.Destination(issue=held, event_id=text)
        return None

    def suggest_keys(self, scope: reading.Scope, prefix: str) -> list[str]:
        """A few keys."""
        known = ["is", "level", "release", "environment", "region", "user.email"]
        return [key for key in known if key.startswith(prefix)]

    def suggest_values(self, scope: reading.Scope, key: str, prefix: str) -> list[reading.TagValue]:
        """A few values."""
        known = {"is": ["unresolved", "resolved", "archived"], "level": ["error", "two words"]}
        return [
            reading.TagValue(value=value, count=3, percent=50.0)
            for value in known.get(key, [])
            if prefix in value
        ]

    def list_environments(self, projects: Sequence[Project]) -> list[str]:
        """Two, where there is a project."""
        return ["production", "staging"] if projects else []

    def outcomes(self, scope: reading.Scope) -> list[reading.OutcomeRow]:
        """The rows held for the projects of the scope."""
        own = {project.pk for project in scope.projects}
        return [row for row in self.outcome_rows if row.project_id in own]


def _token(found: re.Match[str]) -> reading.Token:
    key, value = found[1] or "", found[2].strip('"')
    return reading.Token(
        text=found[0], key=key, operator="=", value=value, start=found.start(), end=found.end()
    )


def _matches(issue: Issue, tokens: Sequence[reading.Token]) -> bool:
    for token in tokens:
        if token.key == "is" and issue.status != _STATUS.get(token.value, token.value):
            return False
        if token.key == "level" and issue.level != token.value:
            return False
        if not token.key and token.value.lower() not in issue.title.lower():
            return False
    return True


def _columns(payload: dict[str, Any]) -> list[tuple[str, str]]:
    held = [(key, payload.get(key)) for key in ("environment", "release", "level")]
    return [(key, value) for key, value in held if value]


def _series(issue: Issue, scope: reading.Scope, number: int) -> list[reading.Bucket]:
    """A shape that is the same for the same issue."""
    step = (scope.period.end - scope.period.start) / number
    return [
        reading.Bucket(
            start=scope.period.start + step * index,
            count=(issue.pk * 7919 + index * index * 31) % 17 * (issue.event_count // 40 + 1)
            if (index * 5 + issue.pk) % 7 > 2
            else 0,
        )
        for index in range(number)
    ]


def outcome(project: Project, name: str, quantity: int, **fields: Any) -> reading.OutcomeRow:
    """An outcome row of the present hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {"kind": "error", "reason": "", "hour": hour, **fields}
    return reading.OutcomeRow(project_id=project.pk, outcome=name, quantity=quantity, **values)
