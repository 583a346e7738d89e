"""Every aggregate over random spans, beside the same in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import floor
from typing import Any

import pytest

from tests.explore.telemetry import explore, keep_spans, open_store, random_spans
from vedette.explore.asking import table
from vedette.explore.datasets import datasets
from vedette.explore.fields import read_column
from vedette.explore.functions import aggregates
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery

Rows = list[dict[str, Any]]
ROWS = random_spans(1500)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    held = open_store(tmp_path_factory.mktemp("explore"))
    keep_spans(held, ROWS)
    yield held
    held.close()


def quantile(values: list[float], share: float) -> float:
    values = sorted(values)
    place = (len(values) - 1) * share
    low = floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def weights(rows: Rows, holds: Callable[[dict[str, Any]], bool] = lambda row: True) -> float:
    return float(sum(row["weight"] for row in rows if holds(row)))


def took(rows: Rows) -> list[float]:
    return [row["duration"] for row in rows]


def surplus(rows: Rows) -> float:
    """The variance of the count, where each trace was kept or not as a whole."""
    traces = Counter((row["weight"], row["trace_id"]) for row in rows)
    return float(sum(w * (w - 1) * n * n for (w, _), n in traces.items()))


def tokens(row: dict[str, Any]) -> float | None:
    found = dict(row["tags"]).get("tokens")
    return float(found) if found is not None else None


def lcp(row: dict[str, Any]) -> float | None:
    found = dict(row["tags"]).get("measurements.lcp")
    return float(found) if found is not None else None


def misery(rows: Rows, limit: float) -> float:
    unhappy = {row["user_number"] for row in rows if row["duration"] > limit}
    return (len(unhappy) + 5.8875) / (len({row["user_number"] for row in rows}) + 117.75)


BY_HAND: dict[str, Callable[[Rows], float | None]] = {
    "count()": weights,
    "count_sample()": len,
    "count_if(span.op,equals,db)": lambda rows: weights(rows, lambda row: row["op"] == "db"),
    "count_if(span.duration,greater,100)": lambda rows: weights(
        rows, lambda row: row["duration"] > 100
    ),
    "count_if(plan,notEquals,free)": lambda rows: weights(
        rows, lambda row: dict(row["tags"])["plan"] != "free"
    ),
    "count_if(tokens,lessOrEquals,500)": lambda rows: weights(
        rows, lambda row: (tokens(row) or 1000) <= 500
    ),
    "count_if(is_segment,equals,true)": lambda rows: weights(rows, lambda row: row["is_segment"]),
    "count_unique(user)": lambda rows: len({row["user_number"] for row in rows}),
    "count_unique(span.description)": lambda rows: len({row["description"] for row in rows}),
    "count_unique(plan)": lambda rows: len({dict(row["tags"])["plan"] for row in rows}),
    **{
        f"p{share}(span.duration)": lambda rows, share=share: quantile(took(rows), share / 100)
        for share in (50, 75, 90, 95, 99, 100)
    },
    "p95()": lambda rows: quantile(took(rows), 0.95),
    "p50(tokens)": lambda rows: quantile(
        [t for row in rows if (t := tokens(row)) is not None], 0.5
    ),
    "percentile(span.duration,0.98)": lambda rows: quantile(took(rows), 0.98),
    "min(span.duration)": lambda rows: min(took(rows)),
    "max(span.duration)": lambda rows: max(took(rows)),
    "first_seen()": lambda rows: min(row["timestamp"] for row in rows),
    "last_seen()": lambda rows: max(row["timestamp"] for row in rows),
    "sum(span.self_time)": lambda rows: sum(
        row["self_time"] * row["weight"] for row in rows if row["self_time"] is not None
    ),
    "avg(span.duration)": lambda rows: (
        sum(row["duration"] * row["weight"] for row in rows) / weights(rows)
    ),
    "avg(span.self_time)": lambda rows: (
        sum(row["self_time"] * row["weight"] for row in rows if row["self_time"] is not None)
        / weights(rows, lambda row: row["self_time"] is not None)
    ),
    "epm()": lambda rows: weights(rows) / (24 * 60),
    "eps()": lambda rows: weights(rows) / (24 * 3600),
    "failure_rate()": lambda rows: weights(rows, lambda row: row["is_failed"]) / weights(rows),
    "failure_count()": lambda rows: weights(rows, lambda row: row["is_failed"]),
    "apdex(100)": lambda rows: (
        (
            weights(rows, lambda row: row["duration"] <= 100)
            + weights(rows, lambda row: row["duration"] <= 400)
        )
        / 2
        / weights(rows)
    ),
    "margin()": lambda rows: 1.96 * surplus(rows) ** 0.5 / weights(rows),
    "count_web_vitals(measurements.lcp,good)": lambda rows: weights(
        rows, lambda row: 0 <= (lcp(row) or -1) <= 2500
    ),
    "count_web_vitals(measurements.lcp,meh)": lambda rows: weights(
        rows, lambda row: 2500 < (lcp(row) or 0) <= 4000
    ),
    "count_web_vitals(measurements.lcp,poor)": lambda rows: weights(
        rows, lambda row: (lcp(row) or 0) > 4000
    ),
    "count_web_vitals(measurements.lcp,any)": lambda rows: weights(
        rows, lambda row: lcp(row) is not None
    ),
    "count_miserable(user,50)": lambda rows: len(
        {row["user_number"] for row in rows if row["duration"] > 200} - {None}
    ),
    "user_misery(50)": lambda rows: misery(rows, 200),
}


@pytest.mark.parametrize("written", BY_HAND)
def test_over_all_rows_and_by_group(store: DuckStore, written: str) -> None:
    """Exactly, whatever rows stand for."""
    compute = BY_HAND[written]
    (found,) = table(explore([written]), store.query).rows
    assert found[0] == pytest.approx(compute(ROWS), rel=1e-9)
    asked = explore(["transaction", "environment", written])
    for name, environment, value in table(asked, store.query).rows:
        mine = [
            row for row in ROWS if row["transaction"] == name and row["environment"] == environment
        ]
        assert value == pytest.approx(compute(mine), rel=1e-9)


def test_every_function_was_compared() -> None:
    """A new one needs its line above."""
    compared = {written.partition("(")[0] for written in BY_HAND}
    aliases = {"tpm", "spm", "tps", "sps"}
    assert set(aggregates()) - aliases == compared


@pytest.mark.parametrize("name", sorted(aggregates()))
def test_its_example_is_a_column_of_spans(store: DuckStore, name: str) -> None:
    """With a kind that the pages can show."""
    function = aggregates()[name]
    column = read_column(function.example, datasets()["spans"])
    assert column.is_aggregate
    assert column.kind in ("integer", "number", "percentage", "rate", "duration", "date")
    assert function.help


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("p95(span.op)", "numbers"),
        ("p96()", "no function"),
        ("percentile(span.duration,95)", "between 0 and 1"),
        ("percentile(span.duration)", "2 arguments"),
        ("count_if(span.op,is,db)", "none of"),
        ("count_if(span.op)", "3 arguments"),
        ("apdex(x)", "number"),
        ("count_unique()", "1 arguments"),
        ("", "no field"),
        ("is", "no field"),
        ("a" * 600, "no field"),
    ],
)
def test_what_cannot_be_meant_is_said_in_words(written: str, words: str) -> None:
    with pytest.raises(BadQuery, match=words):
        read_column(written, datasets()["spans"])


def test_errors_do_not_take_time_and_do_not_fail() -> None:
    for written in ("p95()", "failure_rate()", "apdex(300)"):
        with pytest.raises(BadQuery, match="Errors"):
            read_column(written, datasets()["errors"])
