"""Completion over a dataset: keys and values that it holds, and aggregates as they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from vedette.explore.arguments import ISSUE, field_expression
from vedette.explore.datasets import Dataset
from vedette.explore.fields import read_column
from vedette.explore.functions import aggregates
from vedette.issues import telemetry
from vedette.issues.shapes import Scope, TagValue
from vedette.issues.suggestions import Searched, suggest_keys, suggest_values
from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.table import ColumnType

# Attributes are read row by row; the last hour has nearly all that the whole range has.
_RECENT = timedelta(hours=1)
_FEW = 3
_MOST_ATTRIBUTES = 100


def keys_of(scope: Scope, dataset: Dataset, prefix: str) -> list[str]:
    """Keys of the dataset that begin with `prefix`, as they are written in a search."""
    bare = prefix.lstrip("!")
    issue = [ISSUE] if ISSUE.startswith(bare) and _has(ISSUE, dataset) else []
    recent = replace(scope.period, start=max(scope.period.start, scope.period.end - _RECENT))
    found = suggest_keys(replace(scope, period=recent), bare, _searched(dataset))
    if len(found) < _FEW:
        found = suggest_keys(scope, bare, _searched(dataset))
    return list(dict.fromkeys([*issue, *found]))


def values_of(scope: Scope, dataset: Dataset, key: str, prefix: str) -> list[TagValue]:
    """The most frequent values of a key that contain `prefix`."""
    return suggest_values(scope, key, prefix, _searched(dataset))


def groups_of(scope: Scope, dataset: Dataset, prefix: str) -> list[str]:
    """Fields and attributes whose values can be listed or grouped by."""
    return [key for key in keys_of(scope, dataset, prefix) if _has(key, dataset)]


def figures_of(scope: Scope, dataset: Dataset, prefix: str) -> list[str]:
    """Aggregates that begin with `prefix`; within parentheses with the fields they can take."""
    name, opened, inner = prefix.partition("(")
    if opened:
        keys = groups_of(scope, dataset, inner.rpartition(",")[2].strip())
        before = inner.rpartition(",")[0]
        written = [f"{name}({before + ',' if before else ''}{key})" for key in keys]
        return [one for one in written if _is_figure(one, dataset)]
    example = _examples(dataset)
    return [example[known] for known in sorted(example) if known.startswith(name)]


def _examples(dataset: Dataset) -> dict[str, str]:
    """By its name, each aggregate as it can be written over the dataset.

    Where rows take no time, what needs a field of numbers is left open for one.
    """
    found: dict[str, str] = {}
    for name, function in aggregates().items():
        rest = function.example.partition("(")[2]
        if not dataset.duration and rest.startswith("span."):
            rest = ""
        for written in (f"{name}({rest}", f"{name}()"):
            if _is_figure(written, dataset):
                found.setdefault(name, written)
        if not rest and name not in found:
            found[name] = f"{name}("
    return found


def _is_figure(written: str, dataset: Dataset) -> bool:
    try:
        return read_column(written, dataset).is_aggregate
    except BadQuery:
        return False


def _has(key: str, dataset: Dataset) -> bool:
    try:
        field_expression(key, dataset)
    except BadQuery:
        return False
    return True


def _searched(dataset: Dataset) -> Searched:
    return Searched(fields=dataset.fields, where=dataset.where, has_issues=False)


def attributes_of(scope: Scope, dataset: Dataset, part: str = "") -> list[tuple[str, str]]:
    """Fields and the most frequent attributes of the last hour of the range, with what they are:
    string, number or boolean. An attribute is a number where any of its values is one."""
    fields = [(key, _type(key, dataset)) for key in sorted(dataset.fields.keys) if part in key]
    recent = replace(scope.period, start=max(scope.period.start, scope.period.end - _RECENT))
    about = dataset.fields.table.name
    where = [*dataset.where, *telemetry.in_environments(scope)]
    rows = telemetry.ask(
        scope.visible,
        {"key": q.Field("tag_key"), "n": q.count()},
        [*where, q.Contains([q.Field("tag_key")], part)] if part else where,
        recent.start,
        recent.end,
        table=about,
        group_by=["key"],
        order_by=[q.Order("n", True), q.Order("key")],
        limit=_MOST_ATTRIBUTES,
        explode_tags=True,
    )
    keys = [key for key, _ in rows if key not in dataset.fields.keys]
    if not keys:
        return fields
    numbers = telemetry.ask(
        scope.visible,
        {f"c{at}": q.call("max", q.Tag(key, is_number=True)) for at, key in enumerate(keys)},
        where,
        recent.start,
        recent.end,
        table=about,
    )
    kinds = ("string" if value is None else "number" for value in numbers[0])
    return [*fields, *zip(keys, kinds, strict=True)]


def _type(key: str, dataset: Dataset) -> str:
    column = dataset.fields.column(key)
    kind = column.type if column is not None else ColumnType.TEXT
    return _TYPES.get(kind, "string")


_TYPES = {
    ColumnType.INT: "number",
    ColumnType.FLOAT: "number",
    ColumnType.TIME: "number",
    ColumnType.BOOL: "boolean",
}
