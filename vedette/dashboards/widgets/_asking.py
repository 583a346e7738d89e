"""What widgets that ask as Explore does share: their fields, their checks, their questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Sampled
from vedette.dashboards.widgets import Asking, Lead
from vedette.explore.datasets import Dataset, dataset_named, datasets
from vedette.explore.fields import is_call, read_column
from vedette.explore.searching import vocabulary_of
from vedette.issues.shapes import Scope
from vedette.rules.problems import Problem
from vedette.search import SearchError, field_filter, parse
from vedette.store.errors import BadQuery
from vedette.telemetry import exploring
from vedette.telemetry.performance import period_before

_EITHER = re.compile(r"\bOR\b")


def dataset_field(*names: str) -> Field:
    """Which dataset; of all, or of these."""
    return Field(
        name="dataset",
        label="About",
        kind="choice",
        choices=lambda: [
            (one.name, one.label) for one in datasets().values() if not names or one.name in names
        ],
        default=names[0] if names else "errors",
    )


QUERY: Final = Field(
    name="query",
    label="Search",
    placeholder="environment:production error_type:timeout",
    help="Which rows count; empty for all.",
    completes="search",
)
FIGURE: Final = Field(
    name="figure",
    label="Figure",
    placeholder="count(), p95(span.duration)",
    default="count()",
    completes="figure",
    most=500,
    is_needed=True,
)
GROUP: Final = Field(
    name="group",
    label="Group by",
    kind="names",
    placeholder="error_type, release",
    help="Fields or attributes, with commas between.",
    default=(),
    most=4,
    completes="group",
)


def dataset_of(options: Options) -> Dataset:
    """The dataset that the options name."""
    return dataset_named(options["dataset"])


def narrowed(query: str, releases: Sequence[str]) -> str:
    """The search, of these releases alone if there are any."""
    if not releases:
        return query
    term = " OR ".join(field_filter("release", one) for one in releases)
    whole = f"({query})" if _EITHER.search(query) else query
    return f"{whole} ({term})".strip() if len(releases) > 1 else f"{whole} {term}".strip()


def check_query(options: Options) -> list[Problem]:
    """What is wrong with the search, with the place."""
    try:
        parse(options["query"], vocabulary_of(dataset_of(options)))
    except SearchError as error:
        return [Problem("query", str(error))]
    return []


def check_columns(
    options: Options,
    field: str,
    names: Iterable[str],
    *,
    aggregates: bool,
    has_times: bool = True,
) -> list[Problem]:
    """What of these names no column is: all must be aggregates, or none.

    Without `has_times` an aggregate must not give a time, which has no place on a scale.
    """
    dataset = dataset_of(options)
    found = (_wrong_column(name, dataset, aggregates, has_times) for name in names)
    return [Problem(field, words) for words in found if words]


def _wrong_column(name: str, dataset: Dataset, aggregates: bool, has_times: bool) -> str:
    if aggregates and not is_call(name):
        return f"it is no figure, such as count() or p95(span.duration): {name}"
    try:
        column = read_column(name, dataset)
    except BadQuery as error:
        return str(error)
    if column.is_aggregate and not aggregates:
        return f"it is a figure, but rows are grouped by fields: {name}"
    if column.kind == "date" and not has_times:
        return f"it gives a time, which only a table shows: {name}"
    return ""


def scope_before(scope: Scope) -> Scope | None:
    """The scope in the period before, of the same length; None where that is not kept."""
    period = period_before(scope.period)
    return replace(scope, period=period) if period else None


def moved_back(scope: Scope, seconds: int) -> Scope:
    """The scope so much earlier."""
    back = timedelta(seconds=seconds)
    period = scope.period
    return replace(scope, period=replace(period, start=period.start - back, end=period.end - back))


def explored(
    options: Options,
    releases: tuple[str, ...],
    *,
    groups: Sequence[str] = (),
    figures: Sequence[str] = (),
    columns: Sequence[str] = (),
    more: Sequence[tuple[str, str]] = (),
) -> Lead:
    """The same question in Explore."""
    query = narrowed(options["query"], releases)
    pairs = [("dataset", options["dataset"])]
    pairs += [("query", query)] if query else []
    pairs += [("group", one) for one in groups]
    pairs += [("figure", one) for one in figures]
    pairs += [("column", one) for one in columns]
    return Lead("explore", (*pairs, *more))


def within(asking: Asking, options: Options) -> tuple[Scope, Dataset, str]:
    """Scope, dataset and search of a question."""
    return asking.scope, dataset_of(options), narrowed(options["query"], asking.releases)


def sampled_of(asking: Asking, options: Options) -> Sampled | None:
    """How many of the rows were kept; None where every row stands for itself."""
    scope, dataset, query = within(asking, options)
    if not dataset.weight:
        return None
    figures = ("count_sample()", "count()")
    question = exploring.exploration(scope, dataset, figures, query, limit=1, is_of_rows=True)
    rows = exploring.ask_table(question).rows
    kept, whole = (round(value or 0) for value in rows[0]) if rows else (0, 0)
    return Sampled(kept=kept, whole=whole) if kept and kept != whole else None
