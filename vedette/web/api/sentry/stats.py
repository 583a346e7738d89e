"""`stats_v2`: outcomes summed over a range, grouped as asked."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta, field

from vedette.access.actions import Action
from vedette.issues import reading
from vedette.issues.outcomes import HOUR
from vedette.issues.shapes import OutcomeRow, OutcomeTable, Scope
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Filter, Name, Names, read_span

_COLUMNS = {"project": "project_id", "outcome": "outcome", "category": "kind", "reason": "reason"}
_MOST_INTERVALS = 10_000
_MOST_SUMS = 50_000


class StatsQuery(Filter):
    """Which sums, of what, in which steps."""

    fields: list[Literal["sum(quantity)", "sum(times_seen)"]] = field(default=[], name="field")
    group_by: Annotated[
        list[Literal["project", "outcome", "category", "reason"]], Meta(max_length=4)
    ] = []
    interval: Name = "1h"
    category: Names = []
    outcome: Names = []
    reason: Names = []


@endpoint(get=Action.VIEW_ORGANIZATION, query=StatsQuery)
def stats_v2(
    request: HttpRequest, caller: Caller, query: StatsQuery, organization: str
) -> HttpResponse:
    """Sums of quantities by `groupBy`, in total and per interval.

    `isFolded` says that there were too many reasons, and the smallest are summed as `other`.
    """
    visible = caller.visible(organization)
    scope = query.scope(visible, caller.projects(organization), default="24h")
    fields = list(query.fields) or ["sum(quantity)"]
    groups: list[str] = list(dict.fromkeys(query.group_by))
    width = _interval(query.interval)
    start = int(scope.period.start.timestamp()) // width * width
    end = int(scope.period.end.timestamp())
    intervals = list(range(start, end + 1, width))
    if len(intervals) > _MOST_INTERVALS:
        raise ApiError(400, "The interval is too short for this range")
    sums: dict[tuple[str | int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    table = _table(query, scope, groups, width)
    for row in table.rows:
        sums[tuple(_group(row, name) for name in groups)][int(row.at.timestamp())] += row.quantity
    return answer(
        {
            "start": time_text(scope.period.start),
            "end": time_text(scope.period.end),
            "intervals": [time_text(datetime.fromtimestamp(at, UTC)) for at in intervals],
            "groups": [
                {
                    "by": dict(zip(groups, key, strict=True)),
                    "totals": {name: sum(counts.values()) for name in fields},
                    "series": {name: [counts.get(at, 0) for at in intervals] for name in fields},
                }
                for key, counts in sorted(sums.items(), key=lambda pair: str(pair[0]))
            ],
            "isFolded": table.is_folded,
        }
    )


def _interval(text: str) -> int:
    span = read_span(text)
    if span is None or span.total_seconds() < 1:
        raise ApiError(400, f"Invalid interval: {text[:20]!r}")
    seconds = int(span.total_seconds())
    return max(1, round(seconds / HOUR)) * HOUR


def _table(query: StatsQuery, scope: Scope, groups: list[str], width: int) -> OutcomeTable:
    """The sums that the store gives. Raises ApiError where there are too many."""
    table = reading.outcomes_folded(
        scope,
        by=[_COLUMNS[name] for name in groups],
        step_seconds=width,
        only={"kind": query.category, "outcome": query.outcome, "reason": query.reason},
        most=_MOST_SUMS,
    )
    if table.is_cut:
        raise ApiError(400, "Too many groups: ask for fewer, a longer interval or a shorter range")
    return table


def _group(row: OutcomeRow, name: str) -> str | int:
    held: dict[str, str | int] = {
        "project": row.project_id,
        "outcome": row.outcome,
        "category": row.kind,
        "reason": row.reason,
    }
    return held[name]


ROUTES = [path("organizations/<str:organization>/stats_v2/", stats_v2)]
