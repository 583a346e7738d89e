"""One transaction: how it fares over time, what its time goes into, what its slow ones have."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.projects.models import Project
from vedette.telemetry.changes import Turn, find_turns
from vedette.telemetry.performance import Figures, transaction_figures
from vedette.web.access import Viewer
from vedette.web.pages.performance.breakdown import Breakdown, make_breakdown
from vedette.web.pages.performance.overview import Overview, make_overview
from vedette.web.pages.performance.slowest import Slowest, make_slowest
from vedette.web.pages.performance.wording import Difference, difference, per_minute, quick_of
from vedette.web.rendering import show
from vedette.web.scope import SharedFilter, shared_filter

VIEWS = {"": "Overview", "spans": "What it does", "slow": "What slows it"}
_COMPARED = ("p50", "p75", "p95", "p99")
_MOST_NAME_CHARACTERS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionContext:
    """What the page shows: the part of one view, the others are None."""

    name: str
    view: str
    views: dict[str, str]
    projects: list[Project]
    now: Figures | None
    rate: str
    slower: dict[str, Difference | None]
    turns: list[tuple[Turn, Project | None]]
    is_sampled: bool
    quick_ms: int
    overview: Overview | None = None
    breakdown: Breakdown | None = None
    slowest: Slowest | None = None
    period_name: str


def show_transaction(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `transaction` is its name, `view` one of `VIEWS`."""
    shared = shared_filter(request, viewer)
    name = request.GET.get("transaction", "")[:_MOST_NAME_CHARACTERS]
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else ""
    quick_ms = quick_of(request.GET)
    now, before = transaction_figures(shared.scope, name, quick_ms) if name else (None, None)
    context = TransactionContext(
        name=name,
        view=view,
        views=VIEWS,
        projects=list(shared.selected),
        now=now,
        rate=per_minute(now.rate) if now else "",
        slower={one: difference(now, before, one) for one in _COMPARED} if now else {},
        turns=_turns(shared, viewer, name) if now else [],
        is_sampled=now is not None and now.count > now.samples * 1.01,
        quick_ms=quick_ms,
        overview=make_overview(shared, name, now) if now and not view else None,
        breakdown=make_breakdown(shared, name, now) if now and view == "spans" else None,
        slowest=make_slowest(shared, name) if now and view == "slow" else None,
        period_name=shared.period_name,
    )
    return show(request, "pages/performance/transaction.html", context, section="performance")


def _turns(shared: SharedFilter, viewer: Viewer, name: str) -> list[tuple[Turn, Project | None]]:
    """Since when it is slower or faster, in each project that has it."""
    projects = {project.pk: project for project in viewer.projects}
    found = find_turns(shared.scope, [(name, pk) for pk in shared.scope.visible])
    return [(turn, projects.get(key[1])) for key, turn in found.items()]
