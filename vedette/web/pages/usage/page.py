"""What came in, against what may: budgets with their forecast, days, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from vedette import clock
from vedette.access.actions import Action
from vedette.issues import reading
from vedette.options._limits import MEGABYTE
from vedette.outcome import Outcome
from vedette.projects.models import Project
from vedette.store.errors import StoreError
from vedette.usage import standing
from vedette.usage.models import Spike
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, stacked_bar_chart
from vedette.web.pages.outcomes.tally import OUTCOMES, reason_words, stacks, step_seconds
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import SharedFilter, shared_filter

_SHOWN = (Outcome.ACCEPTED.value, Outcome.KEPT.value, Outcome.RATE_LIMITED.value)
_MOST_LINES = 200
_MOST_BUDGETS = 200
_MOST_SPIKES = 20
_DAY = 86400
_FULL, _NEARLY = 100, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A line of the table: whose, of what, how much is used, and how it goes on."""

    place: str
    project: Project | None
    kind: str
    used: str
    percent: int
    width: int
    tone: str
    forecast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was refused for one reason."""

    project: Project | None
    kind: str
    words: str
    quantity: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageContext:
    """What the page shows. `chart` is None while the store is away."""

    budgets: list[Budget]
    spikes: list[Spike]
    month: list[tuple[str, int, str]]
    month_name: str
    chart: BarChart | None
    legend: list[tuple[str, str]]
    refused: list[Refused]
    period_name: str
    settings: list[tuple[str, str]]


def usage(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page, of the chosen projects or of all that may be seen."""
    shared = shared_filter(request, viewer)
    projects = list(shared.selected or viewer.projects)
    now = clock.now()
    chart, legend, refused = _from_store(shared, {one.pk: one for one in viewer.projects})
    context = UsageContext(
        budgets=[_budget(one, now) for one in _seen(viewer, projects)],
        spikes=_spikes(projects, now),
        month=[
            (kind.replace("_", " "), number, f"{size / MEGABYTE:,.1f}")
            for kind, number, size in standing.this_month(projects, now)
        ],
        month_name=f"{now:%B}",
        chart=chart,
        legend=legend,
        refused=refused,
        period_name=shared.period_name,
        settings=_settings(viewer, shared),
    )
    return show(request, "pages/usage/page.html", context, section="usage")


def _seen(viewer: Viewer, projects: list[Project]) -> Iterable[standing.Standing]:
    """The budgets, those that sum up others' projects only for who may know of those."""
    for one in standing.standings(projects)[:_MOST_BUDGETS]:
        owner = one.budget.owner
        if owner == "installation" and not viewer.manages_installation:
            continue
        if owner == "organization" and not any(
            organization.pk == one.budget.owner_id
            and viewer.may(Action.MANAGE_ORGANIZATION, organization)
            for organization in viewer.organizations
        ):
            continue
        yield one


def _budget(one: standing.Standing, now: datetime) -> Budget:
    percent = one.percent
    tone = "bad" if percent >= _FULL else "warn" if percent >= _NEARLY else "good"
    return Budget(
        place=one.place,
        project=one.project,
        kind=one.budget.limit.category.replace("_", " "),
        used=one.used,
        percent=percent,
        width=min(percent, _FULL),
        tone=tone,
        forecast=standing.words_of(one, standing.forecast(one, now)),
    )


def _spikes(projects: list[Project], now: datetime) -> list[Spike]:
    """Those that go on first, then the newest of a week."""
    rows = Spike.objects.filter(project__in=projects, last_at__gt=now - timedelta(days=7))
    found = rows.select_related("project").order_by("-began_at")[:_MOST_SPIKES]
    return sorted(found, key=lambda one: one.ended_at is not None)


def _from_store(
    shared: SharedFilter, projects: Mapping[int, Project]
) -> tuple[BarChart | None, list[tuple[str, str]], list[Refused]]:
    """The chart of days, and what was refused; nothing while the store is away."""
    scope = shared.scope
    step = max(step_seconds(scope.period), _DAY)
    limited = {"outcome": [Outcome.RATE_LIMITED.value]}
    try:
        bars = reading.outcomes(
            scope, by=("outcome",), step_seconds=step, only={"outcome": list(_SHOWN)}
        ).rows
        lines = reading.outcomes(
            scope, by=("project_id", "kind", "reason"), only=limited, limit=_MOST_LINES
        ).rows
    except StoreError:
        return None, [], []
    shown = {row.outcome for row in bars}
    chart = stacked_bar_chart(stacks(bars, scope.period, step), noun="item")
    legend = [(key, words) for key, words in OUTCOMES.items() if key in shown]
    refused = [
        Refused(
            project=projects.get(row.project_id),
            kind=row.kind.replace("_", " "),
            words=reason_words(Outcome.RATE_LIMITED.value, row.reason) or row.reason,
            quantity=row.quantity,
            last=row.last,
        )
        for row in lines
    ]
    return chart, legend, refused


def _settings(viewer: Viewer, shared: SharedFilter) -> list[tuple[str, str]]:
    """Where the limits are set that the viewer may see."""
    found = [
        (one.name, reverse("project-options", args=[viewer.reference(one), "quotas"]))
        for one in shared.selected[:3]
    ]
    found += [
        (one.name, reverse("organization-options", args=[one.slug, "quotas"]))
        for one in viewer.organizations
        if viewer.may(Action.MANAGE_ORGANIZATION, one)
    ]
    return found


PAGE = Page(
    routes=(Route(path="usage/", name="usage", view=usage),),
    navigation=Navigation(label="Usage", icon="hourglass", route="usage", key="u", order=21),
)
