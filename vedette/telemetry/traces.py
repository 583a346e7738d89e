"""Traces as they are stored: their spans in order, and the errors that happened in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from vedette import clock
from vedette.issues.categories import IS_ERROR, IS_PROBLEM
from vedette.issues.models import Issue, IssueKey
from vedette.issues.telemetry import kept, micros, moment
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects
from vedette.tracing.tree import Node, in_order, mark_critical

MOST_SPANS = 10_000
MOST_ERRORS = 200
MOST_PROBLEMS = 20
_AROUND = timedelta(hours=12)
# A trace is looked for in the last days first: nearly all that are looked at are young.
_SPANS_BACK = (timedelta(days=1), timedelta(days=8), timedelta(days=400))
_COLUMNS = (
    *("span_id", "parent_span_id", "timestamp", "duration", "self_time", "project_id", "service"),
    *("is_segment", "is_failed", "op", "category", "description", "status", "transaction"),
    *("release", "environment", "platform", "http_status", "domain", "user_key", "profile_id"),
    *("replay_id", "server_name", "event_id", "segment_id", "sdk_name", "links"),
)


@dataclass(frozen=True, slots=True)
class TraceError:
    """An error of a trace; `span_id` is where it happened, "" where that is not known."""

    event_id: str
    issue: Issue | None
    title: str
    level: str
    span_id: str
    at: datetime
    project: Project | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans in the order of a waterfall. Times are microseconds since 1970.

    Of a trace with more than `MOST_SPANS` those that began it for a service and the longest are
    here, so that all that is here hangs together; `span_count` and `error_count` say how many
    there are. `critical` is how long the longest root took, `problems` what was found in the
    spans.
    """

    trace_id: str
    spans: list[Node]
    errors: list[TraceError]
    projects: dict[int, Project]
    span_count: int
    error_count: int
    start: int
    end: int
    critical: int
    problems: list[TraceError] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether there are more spans than are here."""
        return self.span_count > MOST_SPANS

    @property
    def root(self) -> Node | None:
        """What the trace is called after: its first root that began it."""
        roots = [node for node in self.spans if node.depth == 0]
        return next((node for node in roots if not node.is_orphan), roots[0] if roots else None)

    def values(self, name: str) -> list[str]:
        """The different values that its spans have, the most frequent first."""
        counts: dict[str, int] = {}
        for node in self.spans:
            value = node.values.get(name)
            if value:
                counts[str(value)] = counts.get(str(value), 0) + 1
        return sorted(counts, key=lambda value: (-counts[value], value))


def find_trace(
    trace_id: str, visible: VisibleProjects, around: datetime | None = None
) -> Trace | None:
    """The trace, or None if nothing of it is kept and may be seen. Raises StoreError.

    `around` is a time at which it ran, which spares looking through all days.
    """
    for start, end in _ranges(around):
        spans = _spans(trace_id, visible, start, end)
        errors = _errors(trace_id, visible, start, end)
        if spans or errors:
            found = _trace(trace_id, spans, errors)
            count = partial(_count, trace_id, visible, start, end)
            if len(spans) > MOST_SPANS:
                found = replace(found, span_count=count(SPANS.name))
            if len(errors) > MOST_ERRORS:
                found = replace(found, error_count=count(ERRORS.name, IS_ERROR))
            problems = _errors(trace_id, visible, start, end, IS_PROBLEM)[:MOST_PROBLEMS]
            return replace(found, problems=_shown(problems, found.projects))
    return None


def _count(
    trace_id: str,
    visible: VisibleProjects,
    start: datetime,
    end: datetime,
    table: str,
    *where: q.Condition,
) -> int:
    """How many rows of a table are of the trace."""
    select = q.Select(
        table=table,
        projects=visible,
        columns={"count": q.count()},
        where=[q.Compare(q.Field("trace_id"), "=", trace_id), *where],
        start=micros(start),
        end=micros(end),
    )
    return int(store().query(select).rows[0][0])


def has_spans(trace_id: str, visible: VisibleProjects) -> bool:
    """Whether any span of the trace is kept and may be seen. Raises StoreError."""
    select = q.Select(
        table=SPANS.name,
        projects=visible,
        columns={"span_id": q.Field("span_id")},
        where=[q.Compare(q.Field("trace_id"), "=", trace_id)],
        start=micros(kept()[0]),
        end=micros(kept()[1]),
        limit=1,
    )
    return bool(store().query(select).rows)


def traces_beside(trace: Trace, visible: VisibleProjects) -> tuple[str, str]:
    """The trace before and the one after, of the same visit, as browsers link them; "" for none.

    A page that is opened next links the trace of the page before. Raises StoreError.
    """
    root = trace.root
    linked = str(root.values.get("links") or "").split() if root else []
    before = linked[0].partition(":")[0] if linked else ""
    select = q.Select(
        table=SPANS.name,
        projects=visible,
        columns={"trace_id": q.Field("trace_id")},
        where=[
            q.Compare(q.Field("is_segment"), "=", True),
            q.Matches(q.Field("links"), f"*{trace.trace_id}:*"),
            q.Compare(q.Field("trace_id"), "!=", trace.trace_id),
        ],
        start=trace.start,
        end=trace.end + _AROUND // timedelta(microseconds=1),
        order_by=[q.Order("trace_id")],
        limit=1,
    )
    rows = store().query(select).rows
    return (before if before != trace.trace_id else ""), (str(rows[0][0]) if rows else "")


def _ranges(around: datetime | None) -> Iterable[tuple[datetime, datetime]]:
    oldest, newest = kept()
    if around is not None and oldest <= around <= newest:
        yield around - _AROUND, around + _AROUND
    now = clock.now()
    for back in _SPANS_BACK:
        yield max(oldest, now - back), newest


def _spans(
    trace_id: str, visible: VisibleProjects, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    select = q.Select(
        table=SPANS.name,
        projects=visible,
        columns={name: q.Field(name) for name in _COLUMNS},
        where=[q.Compare(q.Field("trace_id"), "=", trace_id)],
        start=micros(start),
        end=micros(end),
        order_by=[
            q.Order("is_segment", descending=True),
            q.Order("duration", descending=True),
            q.Order("span_id"),
        ],
        limit=MOST_SPANS + 1,
    )
    return store().query(select).dicts()


def _errors(
    trace_id: str,
    visible: VisibleProjects,
    start: datetime,
    end: datetime,
    which: q.Condition = IS_ERROR,
) -> list[dict[str, Any]]:
    names = ("event_id", "group_id", "type", "value", "message", "level", "span_id", "timestamp",
             "project_id")  # fmt: skip
    select = q.Select(
        table=ERRORS.name,
        projects=visible,
        columns={name: q.Field(name) for name in names},
        where=[q.Compare(q.Field("trace_id"), "=", trace_id), which],
        start=micros(start),
        end=micros(end),
        order_by=[q.Order("timestamp")],
        limit=MOST_ERRORS + 1,
    )
    return store().query(select).dicts()


def _trace(
    trace_id: str, rows: Sequence[dict[str, Any]], errors: Sequence[dict[str, Any]]
) -> Trace:
    ids = {row["project_id"] for row in (*rows, *errors)}
    projects = {one.pk: one for one in Project.objects.filter(pk__in=ids)}
    nodes = in_order(_node(row, projects) for row in rows[:MOST_SPANS])
    critical = mark_critical(nodes)
    times = [row["timestamp"] for row in errors]
    return Trace(
        trace_id,
        nodes,
        _shown(errors[:MOST_ERRORS], projects),
        projects,
        len(nodes),
        len(errors),
        min([node.start for node in nodes] or times),
        max([node.end for node in nodes] or times),
        critical,
    )


def _node(row: dict[str, Any], projects: dict[int, Project]) -> Node:
    project = projects.get(row["project_id"])
    return Node(
        span_id=row["span_id"],
        parent_id=row["parent_span_id"] or "",
        start=row["timestamp"] - round(row["duration"] * 1000),
        end=row["timestamp"],
        service=row["service"] or (project.slug if project else ""),
        is_segment=bool(row["is_segment"]),
        is_failed=bool(row["is_failed"]),
        values=row,
    )


def _shown(rows: Sequence[dict[str, Any]], projects: dict[int, Project]) -> list[TraceError]:
    groups = {row["group_id"] for row in rows}
    keys = IssueKey.objects.filter(group_id__in=groups).select_related("issue__project")
    issues = {(key.issue.project_id, key.group_id): key.issue for key in keys}
    return [
        TraceError(
            row["event_id"],
            issues.get((row["project_id"], row["group_id"])),
            ": ".join(part for part in (row["type"], row["value"] or row["message"]) if part),
            row["level"] or "error",
            row["span_id"] or "",
            moment(row["timestamp"]),
            projects.get(row["project_id"]),
        )
        for row in rows
    ]


def find_span(
    trace_id: str, span_id: str, visible: VisibleProjects, around: datetime | None = None
) -> dict[str, Any] | None:
    """Everything that is kept of one span but its body. Raises StoreError."""
    names = [
        one.name for one in SPANS.all_columns if one.name not in ("body", "position", "writer")
    ]
    for start, end in _ranges(around):
        select = q.Select(
            table=SPANS.name,
            projects=visible,
            columns={name: q.Field(name) for name in names},
            where=[
                q.Compare(q.Field("trace_id"), "=", trace_id),
                q.Compare(q.Field("span_id"), "=", span_id),
            ],
            start=micros(start),
            end=micros(end),
            limit=1,
        )
        for row in store().query(select).dicts():
            return row
    return None
