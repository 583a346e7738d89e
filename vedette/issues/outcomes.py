"""What became of everything that came in, counted by the store as it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from vedette.issues import telemetry
from vedette.issues.shapes import OutcomeRow, OutcomeTable, Period, Scope
from vedette.items.client_report import OUTCOMES
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.errors import BadQuery

HOUR = 3600
_COLUMNS = {
    "project_id": "project_id",
    "kind": "category",
    "outcome": "outcome",
    "reason": "reason",
}
_MOST_AT_ONCE = 50_000
_MOST_NAMED = 1_000
OTHER = "other"


def outcomes(
    scope: Scope,
    *,
    by: Sequence[str] = (),
    step_seconds: int = 0,
    only: Mapping[str, Sequence[str]] | None = None,
    limit: int = _MOST_AT_ONCE,
) -> OutcomeTable:
    """Sums by `by` (project_id, kind, outcome, reason) and by step of time if that is given.

    Whole hours are counted. `only` keeps rows that have one of the values. Steps are multiples
    of an hour and begin where multiples of them begin since 1970. Raises StoreError.
    """
    grouped = {name: _expression(name) for name in by}
    if step_seconds:
        grouped["at"] = q.bucket(step_seconds)
    quantity = q.call("sum", q.Field("quantity"))
    select = q.Select(
        table=OUTCOMES.name,
        projects=scope.visible,
        columns={**grouped, "last": q.call("max", q.TIME), "quantity": quantity},
        where=[
            q.OneOf(_expression(name), list(values))
            for name, values in (only or {}).items()
            if values
        ],
        start=telemetry.micros(whole_hour(scope.period.start)),
        end=telemetry.micros(scope.period.end),
        group_by=list(grouped),
        having=[q.Compare(quantity, ">", 0)],
        order_by=[q.Order("quantity", True), *(q.Order(name) for name in grouped)],
        limit=limit + 1,
    )
    rows = [_row(row, scope.period) for row in store().query(select).dicts()]
    return OutcomeTable(rows=rows[:limit], is_cut=len(rows) > limit)


def outcomes_folded(
    scope: Scope,
    *,
    by: Sequence[str],
    step_seconds: int = 0,
    only: Mapping[str, Sequence[str]] | None = None,
    most: int = _MOST_AT_ONCE,
) -> OutcomeTable:
    """`outcomes` for any number of reasons: those beyond the largest are summed as `other`.

    `is_folded` says that this was done; `is_cut` that there are too many groups without regard
    to reasons, too. Raises StoreError.
    """
    table = outcomes(scope, by=by, step_seconds=step_seconds, only=only, limit=most)
    if not table.is_cut or "reason" not in by:
        return table
    plain = [name for name in by if name != "reason"]
    whole = outcomes(scope, by=plain, step_seconds=step_seconds, only=only, limit=q.MOST_ROWS - 1)
    span = scope.period.end - whole_hour(scope.period.start)
    steps = ceil(span.total_seconds() / step_seconds) if step_seconds else 1
    kept = table.rows
    if steps > 1:
        kept = _largest(scope, by, step_seconds, only or {}, most // steps, most)
    kept = [row for row in kept if row.reason != OTHER]
    rows = sorted([*kept, *_rest(whole.rows, kept, plain)], key=lambda row: -row.quantity)
    return OutcomeTable(rows=rows, is_cut=whole.is_cut, is_folded=True)


def _largest(
    scope: Scope,
    by: Sequence[str],
    step_seconds: int,
    only: Mapping[str, Sequence[str]],
    groups: int,
    most: int,
) -> list[OutcomeRow]:
    """The steps of so many of the largest groups."""
    groups = min(max(groups, 1), _MOST_NAMED)
    largest = outcomes(scope, by=by, only=only, limit=groups).rows
    wanted = {_key(row, by) for row in largest}
    chosen = {**only, "reason": sorted({row.reason for row in largest})}
    named = outcomes(scope, by=by, step_seconds=step_seconds, only=chosen, limit=most)
    return [row for row in named.rows if _key(row, by) in wanted]


def _rest(
    whole: Sequence[OutcomeRow], kept: Sequence[OutcomeRow], plain: Sequence[str]
) -> list[OutcomeRow]:
    """What the kept rows leave of the whole."""
    taken: Counter[tuple[object, ...]] = Counter()
    for row in kept:
        taken[(*_key(row, plain), row.at)] += row.quantity
    return [
        replace(row, reason=OTHER, quantity=rest)
        for row in whole
        if (rest := row.quantity - taken[(*_key(row, plain), row.at)]) > 0
    ]


def _key(row: OutcomeRow, by: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in by)


def outcomes_by_hour(scope: Scope) -> Iterator[OutcomeRow]:
    """Every count by project, kind, outcome, reason and hour, oldest hour first, none left out.

    The range is halved until a part has few enough groups; where one hour has too many, its
    smallest reasons are summed as `other`. Raises StoreError.
    """
    start, end = whole_hour(scope.period.start), scope.period.end
    hours = ceil((end - start) / timedelta(hours=1))
    by = tuple(_COLUMNS)
    if hours <= 1:
        table = outcomes_folded(scope, by=by, step_seconds=HOUR, most=_MOST_AT_ONCE)
        if table.is_cut:
            raise BadQuery("one hour has too many different outcomes: choose a single project")
    else:
        table = outcomes(scope, by=by, step_seconds=HOUR, limit=_MOST_AT_ONCE)
    if not table.is_cut:
        yield from sorted(table.rows, key=lambda row: row.at)
        return
    middle = start + timedelta(hours=(hours + 1) // 2)
    for since, until in ((start, middle), (middle, end)):
        period = Period(start=since, end=until, label=scope.period.label)
        yield from outcomes_by_hour(replace(scope, period=period))


def _expression(name: str) -> q.Expression:
    """What is grouped by; a missing text is an empty one."""
    column = q.Field(_COLUMNS[name])
    return column if name == "project_id" else q.call("coalesce", column, "")


def whole_hour(moment: datetime) -> datetime:
    """The start of an hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _row(row: dict[str, Any], period: Period) -> OutcomeRow:
    at = row.get("at")
    return OutcomeRow(
        project_id=row.get("project_id") or 0,
        kind=row.get("kind") or "",
        outcome=row.get("outcome") or "",
        reason=row.get("reason") or "",
        at=period.start if at is None else datetime.fromtimestamp(at, UTC),
        last=whole_hour(telemetry.moment(row["last"])),
        quantity=int(row["quantity"]),
    )
