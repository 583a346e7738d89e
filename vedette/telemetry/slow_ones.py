"""What is different about the slow transactions: attributes that are more frequent among them."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, same
from vedette.trends.contrast import LEAST_SLOW, Contrast, Value, contrasts

SHARE = 0.95  # who took longer than this share of all is slow
MOST_SHOWN = 30
_MOST_VALUES = 2000
FIELDS = {
    "release": "release",
    "environment": "environment",
    "user": "user_key",
    "browser.name": "browser_name",
    "os.name": "os_name",
    "device": "device",
    "server_name": "server_name",
    "http.method": "http_method",
    "transaction.status": "status",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowOnes:
    """`threshold` is the least duration of a slow one, in milliseconds; numbers are stored ones."""

    threshold: float
    slow: int
    all: int
    found: list[Contrast]


def slow_ones(scope: Scope, name: str) -> SlowOnes:
    """The values that set the slowest 5 % of a transaction apart. Raises StoreError.

    One question for the threshold, one for the number of the slow, one for all attributes, and
    one for each field that is no attribute.
    """
    mine = [IS_TRANSACTION, same("transaction", name)]
    took = q.Field("duration")
    (whole,) = ask_spans(scope, {"all": q.count(), "p95": q.call("quantile", took, SHARE)}, mine)
    if not whole["all"]:
        return SlowOnes(threshold=0.0, slow=0, all=0, found=[])
    is_slow = q.Compare(took, ">", whole["p95"])
    (counted,) = ask_spans(scope, {"slow": q.call("count_if", is_slow)}, mine)
    values = _attributes(scope, mine, is_slow)
    for key, column in FIELDS.items():
        values += _values(scope, mine, is_slow, key, column)
    found = contrasts(values, all_=whole["all"], chosen=counted["slow"])
    return SlowOnes(
        threshold=whole["p95"], slow=counted["slow"], all=whole["all"], found=found[:MOST_SHOWN]
    )


def _attributes(scope: Scope, mine: list[q.Condition], is_slow: q.Condition) -> list[Value]:
    slow = q.call("count_if", is_slow)
    rows = ask_spans(
        scope,
        {
            "key": q.Field("tag_key"),
            "value": q.Field("tag_value"),
            "all": q.count(),
            "slow": slow,
        },
        mine,
        group_by=["key", "value"],
        having=[q.Compare(slow, ">=", LEAST_SLOW)],
        order_by=[q.Order("slow", descending=True)],
        limit=_MOST_VALUES,
        explode_tags=True,
    )
    return [Value(row["key"], row["value"], row["all"], row["slow"]) for row in rows]


def _values(
    scope: Scope, mine: list[q.Condition], is_slow: q.Condition, key: str, column: str
) -> list[Value]:
    slow = q.call("count_if", is_slow)
    rows = ask_spans(
        scope,
        {"value": q.Field(column), "all": q.count(), "slow": slow},
        [*mine, q.Present(q.Field(column))],
        group_by=["value"],
        having=[q.Compare(slow, ">=", LEAST_SLOW)],
        order_by=[q.Order("slow", descending=True)],
        limit=_MOST_VALUES,
    )
    return [Value(key, row["value"], row["all"], row["slow"]) for row in rows]
