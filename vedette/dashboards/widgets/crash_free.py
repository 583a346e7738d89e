"""Release health: the share of sessions or users without a crash."""

from __future__ import annotations

from typing import Any, Final

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Lines, Number, Rows
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import scope_before
from vedette.dashboards.widgets._thresholds import level_of, read_threshold
from vedette.dashboards.widgets.number import JUDGED, check_thresholds
from vedette.explore.asking import Line
from vedette.explore.fields import Column
from vedette.issues import telemetry
from vedette.issues.shapes import Scope
from vedette.releases.health import ask_sessions, crashed_users, sessions_that, users
from vedette.rules.problems import Problem
from vedette.store import query as q
from vedette.telemetry.exploring import step_for

_POINTS = 48
_ALL: Final = q.call("sum", q.Field("quantity"))
_SHARES: Final[dict[str, q.Expression]] = {
    "sessions": q.call("subtract", 1.0, q.call("divide", sessions_that("crashed"), _ALL)),
    "users": q.call("subtract", 1.0, q.call("divide", crashed_users(), users())),
}
_COUNTS: Final[dict[str, q.Expression]] = {"sessions": _ALL, "users": users()}


def check(options: Options) -> list[Problem]:
    """The thresholds."""
    return check_thresholds(options)


def ask(options: Options, asking: Asking) -> Number | Lines | Rows:
    """The share: as a number, over time, or of each release."""
    if options["show"] == "releases":
        return _by_release(options, asking)
    return _over_time(options, asking) if options["show"] == "time" else _number(options, asking)


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The releases with their health."""
    return Lead("releases")


def _number(options: Options, asking: Asking) -> Number:
    share = _SHARES[options["of"]]
    now = _first(_ask(asking, asking.scope, {"share": share}))
    earlier = scope_before(asking.scope)
    before = _first(_ask(asking, earlier, {"share": share})) if earlier else None
    return Number(
        kind="percentage",
        value=now,
        before=before,
        compares=earlier is not None,
        better="more",
        level=level_of(
            now, read_threshold(options["warning"]), read_threshold(options["critical"]), falls=True
        ),
        line=_steps(options, asking)[1],
    )


def _over_time(options: Options, asking: Asking) -> Lines:
    starts, values = _steps(options, asking)
    column = Column(f"crash-free {options['of']}", _SHARES[options["of"]], "percentage", True)
    return Lines(
        starts=starts,
        step=step_for(asking.scope, about=_POINTS),
        lines=[Line(column, values=values)],
        groups=(),
        kind="percentage",
        look="line",
    )


def _by_release(options: Options, asking: Asking) -> Rows:
    of = options["of"]
    release = q.Field("release")
    rows = _ask(
        asking,
        asking.scope,
        {"release": release, "share": _SHARES[of], "number": _COUNTS[of]},
        group_by=["release"],
        order_by=[q.Order("number", descending=True), q.Order("release")],
        limit=10,
    )
    return Rows(
        columns=(
            Column("release", release, "string", False),
            Column(f"crash-free {of}", _SHARES[of], "percentage", True),
            Column(of, _COUNTS[of], "integer", True),
        ),
        shown=3,
        rows=rows,
    )


def _steps(options: Options, asking: Asking) -> tuple[list[int], list[float | None]]:
    """The share in each step of time."""
    scope = asking.scope
    step = step_for(scope, about=_POINTS)
    columns = {"at": q.bucket(step), "share": _SHARES[options["of"]]}
    rows = dict(_ask(asking, scope, columns, group_by=["at"], limit=q.MOST_ROWS))
    first = int(scope.period.start.timestamp()) // step * step
    starts = list(range(first, int(scope.period.end.timestamp()), step))
    return starts, [rows.get(start) for start in starts]


def _ask(
    asking: Asking, scope: Scope, columns: dict[str, q.Expression], **rest: Any
) -> list[list[Any]]:
    where = telemetry.in_environments(scope)
    if asking.releases:
        where = [*where, q.OneOf(q.Field("release"), list(asking.releases))]
    start, end = scope.period.start, scope.period.end
    return ask_sessions(scope.visible, columns, where, start, end, **rest)


def _first(rows: list[list[Any]]) -> float | None:
    value = rows[0][0] if rows else None
    return float(value) if isinstance(value, int | float) else None


WIDGET = WidgetKind(
    name="crash_free",
    label="Crash-free",
    help="The share of sessions or users without a crash.",
    icon="shield",
    order=80,
    fields=(
        Field(
            name="of",
            label="Of",
            kind="choice",
            choices=lambda: (("sessions", "Sessions"), ("users", "Users")),
            default="sessions",
        ),
        Field(
            name="show",
            label="Shown",
            kind="choice",
            choices=lambda: (
                ("number", "As a number"),
                ("time", "Over time"),
                ("releases", "By release"),
            ),
            default="number",
        ),
        *JUDGED[1:],
    ),
    check=check,
    ask=ask,
    lead=lead,
    width=3,
    height=2,
    sample={"of": "sessions", "warning": "99.5%"},
)
