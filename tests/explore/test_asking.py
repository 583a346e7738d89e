"""Tables and charts: filters, groups, order, pages, steps, the largest and the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.explore.telemetry import END, HOUR, START, explore, keep_spans, open_store, random_spans
from vedette.explore.asking import OTHERS, chart, table
from vedette.explore.datasets import dataset_named, datasets
from vedette.explore.fields import read_column
from vedette.search.errors import SearchError
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery
from vedette.store.query import Answer, Select
from vedette.store.visible import VisibleProjects

ROWS = random_spans(800, seed=9)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    held = open_store(tmp_path_factory.mktemp("explore"))
    keep_spans(held, ROWS)
    yield held
    held.close()


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("span.op:db", lambda row: row["op"] == "db"),
        ("span.duration:>100ms", lambda row: row["duration"] > 100),
        ("duration:>=0.2s !span.op:http*", lambda row: row["duration"] >= 200
         and not row["op"].startswith("http")),
        ("transaction:[call.initiate, webhook.process]",
         lambda row: row["transaction"] in ("call.initiate", "webhook.process")),
        ("is_failed:true OR http.status_code:500",
         lambda row: row["is_failed"] or row["http_status"] == 500),
        ("plan:team project:bank", lambda row: dict(row["tags"])["plan"] == "team"
         and row["project_id"] == 2),
        ("op:db", lambda row: row["op"] == "db"),
        ("measurements.lcp:>2.5s", lambda row: float(
            dict(row["tags"]).get("measurements.lcp", "0")) > 2500),
        ("!has:measurements.lcp", lambda row: "measurements.lcp" not in dict(row["tags"])),
        ("has:tokens", lambda row: "tokens" in dict(row["tags"])),
        ("!has:http.status_code", lambda row: row["http_status"] is None),
        ("user.id:7", lambda row: row["user_id"] == "7"),
        ("user:id:7", lambda row: row["user_id"] == "7"),
        ("release:shop@1.1 environment:staging", lambda row: row["release"] == "shop@1.1"
         and row["environment"] == "staging"),
        ('"http.client 3"', lambda row: row["description"] == "http.client 3"),
        (f"trace:{7:032x}", lambda row: row["trace_id"] == f"{7:032x}"),
    ],
)  # fmt: skip
def test_a_search_chooses_spans(store: DuckStore, query: str, holds: Any) -> None:
    """As over errors."""
    found = table(explore(["span_id"], query, limit=5000), store.query)
    assert {row[0] for row in found.rows} == {row["span_id"] for row in ROWS if holds(row)}


def _tokens(row: dict[str, Any]) -> float | None:
    text = dict(row["tags"]).get("tokens")
    return None if text is None else float(text)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("tokens:>500", lambda tokens: tokens is not None and tokens > 500),
        ("tokens:<=0.5k", lambda tokens: tokens is not None and tokens <= 500),
        ("!tokens:>500", lambda tokens: tokens is not None and tokens <= 500),
        ("tokens:>100 tokens:<200", lambda tokens: tokens is not None and 100 < tokens < 200),
        ("tags[tokens,number]:>=500", lambda tokens: tokens is not None and tokens >= 500),
        ("has:tags[tokens,number]", lambda tokens: tokens is not None),
        ("plan:>5", lambda _: False),
    ],
)
def test_attributes_are_compared_as_numbers(store: DuckStore, query: str, holds: Any) -> None:
    """Nobody declares them; Sentry's own spelling says that they are."""
    found = table(explore(["span_id"], query, limit=5000), store.query)
    assert {row[0] for row in found.rows} == {row["span_id"] for row in ROWS if holds(_tokens(row))}


def test_a_comparison_with_a_word_is_refused() -> None:
    """It would find nothing, whatever there is."""
    with pytest.raises(SearchError, match="'many' is not a number"):
        explore(["span_id"], "tokens:>many")


def test_an_attribute_that_is_said_to_be_a_number_is_one(store: DuckStore) -> None:
    """As a column, in a function, and where groups are chosen by it."""
    largest = "max(tags[tokens,number])"
    (row,) = table(explore([largest, "max(tokens)"]), store.query).rows
    assert row[0] == row[1] == max(_tokens(one) or 0 for one in ROWS)
    assert table(explore([largest], f"{largest}:>{row[0] - 1:.0f}"), store.query).rows
    found = table(explore(["tags[tokens,number]", "count()"], limit=5000), store.query)
    assert {row[0] for row in found.rows} == {_tokens(one) for one in ROWS}
    lcp = read_column("measurements.lcp", datasets()["spans"])
    assert (lcp.kind, lcp.unit) == ("duration", "millisecond")
    assert read_column("tags[tokens,number]", datasets()["spans"]).kind == "number"


def test_a_number_without_end_spoils_no_figure(tmp_path: Path) -> None:
    """Whoever has a key can send one."""
    rows = [{**ROWS[0], "tags": [("size", size)]} for size in ("1e999", "9" * 400, "2", "4e1")]
    store = open_store(tmp_path)
    keep_spans(store, rows)
    found = table(explore(["avg(size)", "max(size)", "p95(size)", "count_sample()"]), store.query)
    assert found.rows == [[21.0, 40.0, pytest.approx(38.1), 4]]
    store.close()


def test_words_are_found_beside_spans_with_many_long_attributes(tmp_path: Path) -> None:
    """What one program sends takes from nobody that its spans can be searched."""
    long = [(f"prompt.{number}", "ü" * 999) for number in range(30)]
    rows = [{**ROWS[at % 800], "span_id": f"{at:016x}", "tags": long} for at in range(4000)]
    rows[7] = {**rows[7], "tags": [*long, ("note", "the Needle")]}
    store = open_store(tmp_path)
    keep_spans(store, rows)
    store.flush()
    found = table(explore(["span_id"], "needle OR haystack OR *straw*stack*"), store.query)
    assert found.rows == [[f"{7:016x}"]]
    store.close()


def test_measurements_are_numbers(store: DuckStore) -> None:
    """Those of the spans that have one."""
    found = table(explore(["max(measurements.lcp)", "op"]), store.query)
    for largest, op in found.rows:
        values = [dict(row["tags"]).get("measurements.lcp") for row in ROWS if row["op"] == op]
        assert largest == max(float(one) for one in values if one is not None)


def test_groups_are_chosen_by_what_they_come_to(store: DuckStore) -> None:
    """With units, as `p95(span.duration):>500ms`; in their order."""
    asked = explore(
        ["transaction", "span.op", "count_sample()", "p95(span.duration)"],
        "p95(span.duration):>0.25s count_sample():>10 span.op:[db,http.client]",
        sort=("-p95(span.duration)",),
    )
    found = table(asked, store.query).rows
    every = table(explore(["transaction", "span.op", "count_sample()", "p95(span.duration)"]),
                  store.query).rows  # fmt: skip
    wanted = [
        row for row in every if row[3] > 250 and row[2] > 10 and row[1] in ("db", "http.client")
    ]
    assert found == sorted(wanted, key=lambda row: -row[3])
    assert 0 < len(found) < len(every)


def test_a_percentage_is_a_share(store: DuckStore) -> None:
    found = table(
        explore(["transaction", "failure_rate()"], "failure_rate():>5%"), store.query
    ).rows
    assert all(row[1] > 0.05 for row in found)
    assert found


def test_what_is_about_single_rows_cannot_stand_with_or_beside_groups() -> None:
    with pytest.raises(SearchError, match="single spans"):
        explore(["count()"], "span.op:db OR count():>3")
    explore(["count()"], "span.op:db (count():>3 OR p95():>1s)")


def test_pages_and_the_order_of_a_column_that_is_not_shown(store: DuckStore) -> None:
    every = sorted(ROWS, key=lambda row: -row["duration"])
    for offset in (0, 50, 780):
        asked = explore(["span_id"], sort=("-span.duration",), limit=50, offset=offset)
        found = table(asked, store.query)
        assert [row[0] for row in found.rows] == [
            row["span_id"] for row in every[offset : offset + 50]
        ]
        assert found.has_more is (offset + 50 < len(ROWS))
        assert all(len(row) == 1 for row in found.rows)


@pytest.mark.parametrize(
    ("fields", "sort"),
    [
        (("trace", "count_sample()"), ("-count_sample()",)),
        (("trace", "span.op", "count_sample()"), ()),
        (("span_id",), ("span.op",)),
        (("span_id",), ("is_segment",)),
        (("span_id",), ()),
    ],
)
def test_pages_fit_together(
    store: DuckStore, fields: tuple[str, ...], sort: tuple[str, ...]
) -> None:
    """However many are equal in what is sorted by: none comes twice, none is left out."""
    whole = table(explore(list(fields), sort=sort, limit=5000), store.query).rows
    pages: list[list[Any]] = []
    for offset in range(0, len(whole), 7):
        asked = explore(list(fields), sort=sort, limit=7, offset=offset)
        pages += table(asked, store.query).rows
    assert pages == whole
    assert len({tuple(row) for row in whole}) == len(whole)


def test_the_newest_rows_are_the_newest_of_the_whole_time(store: DuckStore) -> None:
    """Wherever a page begins, though the last hour is looked at first."""
    every = [row["span_id"] for row in sorted(ROWS, key=lambda row: -row["timestamp"])]
    seen = []

    def ask(select: Select) -> Answer:
        seen.append(select.end - select.start)
        return store.query(select)

    for offset in (0, 10, 400, 790):
        asked = explore(["span_id"], sort=("-timestamp",), limit=10, offset=offset)
        found = table(asked, ask)
        assert [row[0] for row in found.rows] == every[offset : offset + 10]
        assert found.has_more is (offset + 10 < len(ROWS))
    assert seen[0] == HOUR
    assert seen[-1] == 24 * HOUR


def test_only_visible_projects(store: DuckStore) -> None:
    mine = VisibleProjects.granted([2])
    (row,) = table(explore(["count_sample()"], visible=mine), store.query).rows
    assert row[0] == sum(one["project_id"] == 2 for one in ROWS)
    (row,) = table(explore(["count_sample()"], "project:shop", visible=mine), store.query).rows
    assert row[0] == 0


def test_a_chart_has_every_step(store: DuckStore) -> None:
    """Counts are nought where nothing was, percentiles are not there."""
    spans = datasets()["spans"]
    figures = [read_column(one, spans) for one in ("count_sample()", "p50(span.duration)")]
    made = chart(explore(["count()"]), store.query, figures, 3600, 5)
    assert made.starts == list(range(START // 10**6, END // 10**6, 3600))
    by_hour = Counter((row["timestamp"] - START) // HOUR for row in ROWS)
    count = next(line for line in made.lines if line.column.written == "count_sample()")
    assert count.values == [float(by_hour[at]) for at in range(24)]
    empty = chart(explore(["count()"], "span.op:none"), store.query, figures, 3600, 5)
    assert [set(line.values) for line in empty.lines] in ([{0.0}, {None}], [{None}, {0.0}])


def test_a_rate_is_of_the_time_that_was_asked_about(store: DuckStore) -> None:
    """The first and the last step of a chart begin before it and end after it."""
    spans = datasets()["spans"]
    start, end = START + HOUR // 2, START + 3 * HOUR + HOUR // 4
    asked = replace(explore(["epm()"]), start=start, end=end)
    (line,) = chart(asked, store.query, [read_column("epm()", spans)], 3600, 5).lines
    weights = [0.0] * 4
    for row in ROWS:
        if start <= row["timestamp"] < end:
            weights[(row["timestamp"] - START) // HOUR] += row["weight"]
    minutes = (30, 60, 60, 15)
    assert line.values == pytest.approx([w / m for w, m in zip(weights, minutes, strict=True)])


def test_the_largest_groups_and_the_others(store: DuckStore) -> None:
    """Two of four operations by themselves."""
    figure = read_column("count_sample()", datasets()["spans"])
    made = chart(explore(["span.op", "count_sample()"]), store.query, [figure], 3600, 2)
    sizes = Counter(row["op"] for row in ROWS)
    largest = [name for name, _ in sizes.most_common(2)]
    assert [line.name for line in made.lines][:2] == largest
    assert made.lines[-1].name == OTHERS
    assert sum(value or 0 for value in made.lines[-1].values) == len(ROWS) - sum(
        sizes[name] for name in largest
    )


def test_lines_of_named_groups(store: DuckStore) -> None:
    """Those and no others, however large they are; a group that has nothing has no line."""
    figure = read_column("count_sample()", datasets()["spans"])
    sizes = Counter(row["op"] for row in ROWS)
    least = min(sizes, key=lambda name: sizes[name])
    asked = explore(["span.op", "count_sample()"])
    made = chart(asked, store.query, [figure], 3600, 2, groups=[["nothing"], [least]])
    assert [(line.name, sum(value or 0 for value in line.values)) for line in made.lines] == [
        (least, sizes[least]),
        (OTHERS, len(ROWS) - sizes[least]),
    ]


def test_lines_stand_in_the_order_of_their_groups(store: DuckStore) -> None:
    """By what a group comes to as a whole, whatever its steps add up to; nothing is a group too."""
    spans = datasets()["spans"]
    for written in ("max(span.duration)", "p95(span.duration)"):
        asked = explore(["transaction", "tokens", written], sort=(f"-{written}",), limit=20)
        made = chart(asked, store.query, [read_column(written, spans)], 3600, 20)
        wanted = [tuple(row[:2]) for row in table(asked, store.query).rows]
        assert [line.parts for line in made.lines[:-1]] == wanted
        assert made.lines[-1].is_others


def test_groups_of_two_columns_have_one_line(store: DuckStore) -> None:
    figure = read_column("count_sample()", datasets()["spans"])
    asked = explore(["span.op", "environment", "count_sample()"])
    made = chart(asked, store.query, [figure], 86400, 20)
    found: dict[str, float] = defaultdict(float)
    for line in made.lines:
        found[line.name] += sum(value or 0 for value in line.values)
    sizes = Counter(f"{row['op']}, {row['environment']}" for row in ROWS)
    assert found == {name: float(number) for name, number in sizes.items()}


def test_datasets_are_known_by_sentrys_names() -> None:
    assert dataset_named("discover").name == "errors"
    assert dataset_named("spansIndexed").name == "spans"
    assert dataset_named("metricsEnhanced").name == "transactions"
    with pytest.raises(BadQuery, match="no dataset"):
        dataset_named("x")


def test_bounds() -> None:
    with pytest.raises(BadQuery, match="columns"):
        explore([])
    with pytest.raises(BadQuery, match="first 10,000"):
        explore(["span.op"], limit=100, offset=9950)
