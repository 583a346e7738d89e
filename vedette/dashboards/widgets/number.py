"""One figure, large: with the period before, coloured by thresholds, over its own line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Number
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import (
    FIGURE,
    QUERY,
    check_columns,
    check_query,
    dataset_field,
    explored,
    sampled_of,
    scope_before,
    within,
)
from vedette.dashboards.widgets._thresholds import level_of, read_threshold
from vedette.rules.problems import Problem
from vedette.telemetry import exploring

_POINTS = 40


def check(options: Options) -> list[Problem]:
    """The search, the figure, the thresholds."""
    problems = check_query(options)
    problems += check_columns(
        options, "figure", [options["figure"]], aggregates=True, has_times=False
    )
    return problems + check_thresholds(options)


def check_thresholds(options: Options) -> list[Problem]:
    """Those that are no number."""
    problems = []
    for name in ("warning", "critical"):
        try:
            read_threshold(options[name])
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    return problems


def ask(options: Options, asking: Asking) -> Number:
    """The figure now, before, and over time."""
    scope, dataset, query = within(asking, options)
    question = exploring.exploration(scope, dataset, [options["figure"]], query, limit=1)
    (column,) = question.columns
    earlier = scope_before(scope) if options["compares"] else None
    before = None
    if earlier is not None:
        past = exploring.exploration(earlier, dataset, [options["figure"]], query, limit=1)
        before = _only(exploring.ask_table(past).rows)
    line: list[float | None] = []
    if options["line"]:
        drawn = exploring.ask_chart(
            replace(question, limit=50), [column], exploring.step_for(scope, about=_POINTS)
        )
        line = drawn.lines[0].values
    value = _only(exploring.ask_table(question).rows)
    return Number(
        kind=column.kind,
        value=value,
        before=before,
        compares=earlier is not None,
        better=options["better"],
        level=level_of(
            value,
            read_threshold(options["warning"]),
            read_threshold(options["critical"]),
            falls=options["better"] == "more",
        ),
        line=line,
        sampled=sampled_of(asking, options),
    )


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The figure in Explore."""
    more = (("before", "1"),) if options["compares"] else ()
    return explored(options, releases, figures=[options["figure"]], more=more)


def _only(rows: list[list[Any]]) -> float | None:
    value = rows[0][0] if rows else None
    return float(value) if isinstance(value, int | float) else None


Better = Literal["", "more", "less"]
JUDGED = (
    Field(
        name="better",
        label="What is good",
        kind="choice",
        choices=lambda: [("", "Neither"), ("less", "Less is better"), ("more", "More is better")],
        default="",
        help="Colours the change, and says on which side of the thresholds it is bad.",
    ),
    Field(name="warning", label="Warning from", placeholder="500ms, 5%, 1000", most=40),
    Field(name="critical", label="Critical from", placeholder="1s, 10%, 5000", most=40),
)

WIDGET = WidgetKind(
    name="number",
    label="Number",
    help="One figure, with the period before and thresholds.",
    icon="hash",
    order=10,
    fields=(
        dataset_field(),
        QUERY,
        FIGURE,
        Field(name="compares", label="Compare with the period before", kind="check", default=True),
        Field(name="line", label="Draw its line over time", kind="check", default=True),
        *JUDGED,
    ),
    check=check,
    ask=ask,
    lead=lead,
    width=3,
    height=2,
    sample={"dataset": "errors", "figure": "count()", "better": "less", "warning": "100"},
)
