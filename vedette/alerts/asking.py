"""The same windows asked of the stored rows: to confirm, to show, and before counters are whole."""

from __future__ import annotations

from typing import Any

from vedette import clock
from vedette.alerts.rules import LiveRule
from vedette.issues import telemetry
from vedette.issues.models import IssueKey
from vedette.items.event import ERRORS
from vedette.rules.counting import Counter, counter_of, parts_of
from vedette.rules.rule import Rule
from vedette.rules.windows import Key, Sums, key_of_values
from vedette.search.fields import fields_of
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.table import ColumnType
from vedette.store.visible import VisibleProjects

_MICROSECONDS = 1_000_000
_SAMPLES = 5
_EVENTS = {"event": "event_id", "group": "group_id"}
_SPANS = {"event": "event_id", "trace": "trace_id", "span": "span_id"}
_CHECKS = {"monitor": "monitor_id"}
_MOST_KEYS = 5000


def sums_of(live: LiveRule, start: int, end: int) -> dict[Key, Sums]:
    """The numbers of every key of a rule between two moments (seconds), exactly."""
    answer = store().query(_select(live, start, end, _columns(live.rule)))
    return dict(_row(live, row) for row in answer.rows)


def evidence_of(live: LiveRule, key: Key, start: int, end: int) -> dict[str, Any]:
    """What the store holds of one key: sums, the figure itself, and some events to look at."""
    where = _of_key(live, key)
    columns = _columns(live.rule, with_keys=False)
    figure = live.rule.how.figure(live.rule.options)
    if figure is not None:
        columns["figure"] = figure
    answer = store().query(_select(live, start, end, columns, where, with_keys=False))
    row = answer.dicts()[0] if answer.rows else {}
    return {
        "query": live.rule.filter,
        "start": start,
        "end": end,
        "counts": [row.get(name) or 0 for name in _counted(live.rule)],
        "members": row.get("members") or 0,
        "figure": row.get("figure"),
        "samples": _samples(live, where, start, end),
        "asked_at": clock.timestamp(),
    }


def members_of(live: LiveRule, key: Key, start: int, end: int) -> int:
    """How many different members one key has."""
    columns = {"members": _columns(live.rule, with_keys=False)["members"]}
    select = _select(live, start, end, columns, _of_key(live, key), with_keys=False)
    answer = store().query(select)
    return int(answer.rows[0][0] or 0) if answer.rows else 0


def baseline_of(live: LiveRule, key: Key, end: int) -> tuple[int, ...]:
    """The counts of windows of the rule's length in the same hour of the days before."""
    window, days = live.rule.window, int(getattr(live.rule.options, "days", 7))
    counts: list[int] = []
    for day in range(1, days + 1):
        middle = end - day * 86400
        first = middle - 1800 - window
        start = first - first % window
        stop = start + max(3600 // window, 1) * window
        counts += _bucketed(live, key, start, stop)
    return tuple(counts) if any(counts) else ()


def counts_over(
    live: LiveRule, key: Key, start: int, stop: int, step: int
) -> dict[int, tuple[int, ...]]:
    """All rows of one key and those of each part, by the beginnings of steps that have any."""
    where = _of_issue(live, key) if live.rule.is_edge else _of_key(live, key)
    columns = {"at": q.bucket(step), **_columns(live.rule, with_keys=False)}
    columns.pop("members", None)
    select = _select(live, start, stop, columns, where, with_keys=False)
    select.group_by = ["at"]
    return {
        int(at): tuple(int(one) for one in counts) for at, *counts in store().query(select).rows
    }


def figures_over(live: LiveRule, key: Key, start: int, stop: int, step: int) -> dict[int, float]:
    """The figure of one key, where the measure can ask for it, by the beginnings of steps."""
    figure = live.rule.how.figure(live.rule.options)
    if figure is None:
        return {}
    columns: dict[str, q.Expression] = {"at": q.bucket(step), "figure": figure}
    select = _select(live, start, stop, columns, _of_key(live, key), with_keys=False)
    select.group_by = ["at"]
    return {int(at): float(value) for at, value in store().query(select).rows if value is not None}


def _of_issue(live: LiveRule, key: Key) -> list[q.Condition]:
    """What happens once is told by its issue."""
    groups = _groups_of(live.project_id, int(key[0])) if key else []
    return [q.OneOf(q.Field("group_id"), groups)]


def _bucketed(live: LiveRule, key: Key, start: int, stop: int) -> list[int]:
    window = live.rule.window
    columns: dict[str, q.Expression] = {"at": q.bucket(window), "n": _rows(live.counter)}
    select = _select(live, start, stop, columns, _of_key(live, key), with_keys=False)
    select.group_by = ["at"]
    found = {int(at): int(number) for at, number in store().query(select).rows}
    return [found.get(at, 0) for at in range(start, stop, window)]


def _select(
    live: LiveRule,
    start: int,
    end: int,
    columns: dict[str, q.Expression],
    where: list[q.Condition] | None = None,
    *,
    with_keys: bool = True,
) -> q.Select:
    keys = [f"key{at}" for at in range(len(live.counter.keys))] if with_keys else []
    return q.Select(
        table=live.counter.table,
        projects=VisibleProjects.of_system().only([live.project_id]),
        columns=columns,
        where=[live.counter.where, *(where or ())],
        group_by=keys,
        order_by=[q.Order("rows", descending=True)] if keys else [],
        start=start * _MICROSECONDS,
        end=end * _MICROSECONDS,
        limit=_MOST_KEYS,
        newest=fields_of(live.counter.table).table.updates,
    )


def _columns(rule: Rule, *, with_keys: bool = True) -> dict[str, q.Expression]:
    counter = counter_of(rule)
    columns: dict[str, q.Expression] = {}
    if with_keys:
        columns |= {f"key{at}": key for at, key in enumerate(counter.keys)}
    columns |= counts_of(rule, counter)
    if counter.members is not None:
        columns["members"] = q.call("distinct", counter.members)
    return columns


def counts_of(rule: Rule, counter: Counter) -> dict[str, q.Expression]:
    """All rows, and those of each part."""
    figures = rule.how.figures(rule.options)
    if figures is not None:
        return {"rows": figures[0], "part0": figures[1]}
    parts = {f"part{at}": _rows(counter, part) for at, part in enumerate(counter.parts)}
    return {"rows": _rows(counter), **parts}


def _rows(counter: Counter, where: q.Condition | None = None) -> q.Expression:
    """How many rows; of errors all that they stand for, as the pipeline counts them."""
    if counter.table == ERRORS.name:
        return telemetry.events(where)
    return q.count() if where is None else q.Call("count_if", [where])


def _counted(rule: Rule) -> list[str]:
    return ["rows", *(f"part{at}" for at in range(len(parts_of(rule))))]


def _row(live: LiveRule, row: list[Any]) -> tuple[Key, Sums]:
    width, parts = len(live.counter.keys), len(live.counter.parts)
    key = key_of_values(row[:width])
    counts = tuple(int(one or 0) for one in row[width : width + 1 + parts])
    members = int(row[width + 1 + parts] or 0) if live.counter.members is not None else 0
    return key, Sums(counts, members)


def _of_key(live: LiveRule, key: Key) -> list[q.Condition]:
    """The condition under which a row has this key."""
    conditions: list[q.Condition] = []
    for expression_, written, value in zip(live.counter.keys, live.rule.per, key, strict=True):
        if written == "issue":
            conditions.append(q.OneOf(expression_, _groups_of(live.project_id, int(value))))
        elif value == "":
            conditions.append(q.Not(q.Present(expression_)))
        else:
            conditions.append(q.Compare(expression_, "=", _typed(live, expression_, value)))
    return conditions


def _groups_of(project_id: int, issue_id: int) -> list[q.Value]:
    keys = IssueKey.objects.filter(project_id=project_id, issue_id=issue_id)
    return list(keys.values_list("group_id", flat=True))


def _typed(live: LiveRule, expression: q.Expression, value: str) -> q.Value:
    """A value of a key as its column holds it: keys are texts."""
    if not isinstance(expression, q.Field):
        return value
    types = {column.name: column.type for column in fields_of(live.counter.table).table.all_columns}
    type_ = types.get(expression.name)
    if type_ is ColumnType.BOOL:
        return value == "True"
    if type_ is ColumnType.INT:
        return int(value)
    return float(value) if type_ is ColumnType.FLOAT else value


def _samples(
    live: LiveRule, where: list[q.Condition], start: int, end: int
) -> list[dict[str, Any]]:
    if fields_of(live.counter.table).table.updates is not None:
        return []  # no single rows that could be shown
    sampled = _sampled({one.name for one in fields_of(live.counter.table).table.all_columns})
    columns: dict[str, q.Expression] = {name: q.Field(column) for name, column in sampled.items()}
    select = _select(
        live, start, end, {**columns, "at": q.TIME}, [*where, *_told(live.rule)], with_keys=False
    )
    select.order_by, select.limit = [q.Order("at", descending=True)], _SAMPLES
    rows = store().query(select).dicts()
    return [{**row, "group": str(row["group"])} if "group" in row else row for row in rows]


def _sampled(held: set[str]) -> dict[str, str]:
    """What names a row of a table: an event, a span, the monitor of a check."""
    if "group_id" in held:
        return _EVENTS
    return _SPANS if "span_id" in held else _CHECKS


def _told(rule: Rule) -> list[q.Condition]:
    """Of what a share or percentile is beyond, the rows that make it so: the failed, the slow."""
    mildest = rule.levels.get("warning") or rule.levels.get("critical")
    if mildest is None or not mildest.is_upper:
        return []
    part = rule.how.part(rule.options, mildest)
    return [] if part is None else [part]
