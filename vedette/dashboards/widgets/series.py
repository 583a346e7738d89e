"""Lines, bars or areas over time: some figures, or one figure of the largest groups."""

from __future__ import annotations

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Lines
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import (
    GROUP,
    QUERY,
    check_columns,
    check_query,
    dataset_field,
    explored,
    moved_back,
    sampled_of,
    scope_before,
    within,
)
from vedette.explore.asking import Line
from vedette.rules.problems import Problem
from vedette.telemetry import exploring

_POINTS = 60
_IN_EXPLORE = {"bar": "bars", "area": "areas", "stacked": "areas"}


def check(options: Options) -> list[Problem]:
    """The search, the figures, and that one figure alone is grouped."""
    problems = check_query(options)
    problems += check_columns(
        options, "figures", options["figures"], aggregates=True, has_times=False
    )
    problems += check_columns(options, "group", options["group"], aggregates=False)
    if options["group"] and len(options["figures"]) > 1:
        problems.append(Problem("figures", "with groups a chart shows one figure"))
    return problems


def ask(options: Options, asking: Asking) -> Lines:
    """The lines; with `before` each of them in the period before, moved to this one."""
    scope, dataset, query = within(asking, options)
    step = exploring.step_for(scope, about=_POINTS)
    names = [*options["group"], *options["figures"]]
    question = exploring.exploration(scope, dataset, names, query)
    figures = [one for one in question.columns if one.is_aggregate]
    made = exploring.ask_chart(question, figures, step, options["top"])
    lines = [one for one in made.lines if not (one.is_others and not options["others"])]
    before: list[list[float | None]] = []
    if options["compares"] and scope_before(scope) is not None:
        earlier = moved_back(scope, step * len(made.starts))
        past = exploring.ask_chart(
            exploring.exploration(earlier, dataset, names, query),
            figures,
            step,
            groups=[one.parts for one in lines if not one.is_others] if question.groups else None,
        )
        before = _paired(lines, past.lines, len(made.starts))
    return Lines(
        starts=made.starts,
        step=step,
        lines=lines,
        groups=question.groups,
        kind=figures[0].kind,
        look=options["look"],
        before=before,
        sampled=sampled_of(asking, options),
    )


def _paired(lines: list[Line], past: list[Line], steps: int) -> list[list[float | None]]:
    """The values of the same lines in the past, in so many steps."""
    known = {(one.column.written, one.parts, one.is_others): one.values for one in past}
    nothing: list[float | None] = [None] * steps
    return [
        [*known.get((one.column.written, one.parts, one.is_others), ()), *nothing][:steps]
        for one in lines
    ]


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The chart in Explore."""
    more = [("look", _IN_EXPLORE.get(options["look"], "lines"))]
    more += [("top", str(options["top"]))] if options["top"] in (3, 10) else []
    more += [("before", "1")] if options["compares"] else []
    return explored(
        options, releases, groups=options["group"], figures=options["figures"], more=more
    )


WIDGET = WidgetKind(
    name="series",
    label="Chart over time",
    help="Lines, bars or areas; a line for each of the largest groups.",
    icon="chart-line",
    order=5,
    fields=(
        dataset_field(),
        QUERY,
        Field(
            name="figures",
            label="Figures",
            kind="names",
            placeholder="p95(transaction.duration)",
            help="One, or several without groups, with commas between.",
            default=("count()",),
            most=4,
            completes="figure",
            is_needed=True,
        ),
        GROUP,
        Field(
            name="look",
            label="Drawn as",
            kind="choice",
            choices=lambda: [
                ("line", "Lines"),
                ("bar", "Bars"),
                ("area", "Areas"),
                ("stacked", "Areas on each other"),
            ],
            default="line",
        ),
        Field(name="top", label="Groups", kind="number", default=5, least=1, most=10,
              help="How many of the largest have a line of their own."),
        Field(name="others", label="Show all others together", kind="check", default=False),
        Field(name="compares", label="Compare with the period before", kind="check", default=False),
    ),
    check=check,
    ask=ask,
    lead=lead,
    sample={"dataset": "transactions", "figures": ["p95(transaction.duration)"]},
)  # fmt: skip
