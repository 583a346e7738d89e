"""The audits of projects, and one project's: findings, what really happens, services, commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.audit.finding import Severity
from vedette.audits import reading
from vedette.audits.joins import joins
from vedette.audits.models import FindingState
from vedette.audits.reading import Group, Overview, Point, Score, Wanted
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, stacked_bar_chart
from vedette.web.pages.audit import finding
from vedette.web.pages.audit.lines import FindingLine, line_of, snippet_of_command
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter

_ROWS: Final = 50
_MOST_SKIPPED: Final = 20_000
_MOST_QUERY: Final = 200
VIEWS: Final = {
    "findings": "Findings",
    "seen": "What happens",
    "services": "Services",
    "commits": "Commits",
    "fine": "What is fine",
}
_SORTS: Final = {
    "exposure": "Most exposed",
    "newest": "Newest",
    "file": "File",
    "rule": "Rule",
}
_GROUPS: Final = {"": "Nothing", "rule": "Rule", "file": "File"}
_TONES: Final = {"urgent": "error", "important": "warning", "routine": "info", "info": "debug"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A line of the list of projects; `shown` is None for one without an audit."""

    project: Project
    reference: str
    shown: Overview | None
    scores: list[Score] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What the list shows."""

    rows: list[Audited]
    command: str
    has_any: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What one join tells."""

    id: str
    title: str
    told: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditContext:
    """What the page of a project shows; `shown` is None without an audit."""

    project: Project
    reference: str
    shown: Overview | None
    command: str
    view: str = "findings"
    views: Mapping[str, str] = field(default_factory=lambda: VIEWS)
    wanted: Wanted = Wanted()  # noqa: RUF009 -- frozen
    by: str = ""
    scores: Sequence[Score] = ()
    severities: Sequence[tuple[str, int, str]] = ()
    states: Sequence[tuple[str, str]] = ()
    sorts: Mapping[str, str] = field(default_factory=lambda: _SORTS)
    ways: Mapping[str, str] = field(default_factory=lambda: _GROUPS)
    rows: Sequence[FindingLine] = ()
    groups: Sequence[tuple[Group, str, str]] = ()
    points: Sequence[Point] = ()
    chart: BarChart | None = None
    happenings: Sequence[Happening] = ()
    next_cursor: str | None = None
    previous_cursor: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter hides findings."""
        one = self.wanted
        return bool(one.query or one.severity or one.rule or one.path)


def audits(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The projects of the filter; with only one there is nothing to choose."""
    shared = shared_filter(request, viewer)
    projects = list(shared.selected or viewer.projects)
    if len(projects) == 1:
        address = reverse("audit-project", args=[viewer.reference(projects[0])])
        return redirect(f"{address}?{shared.query}" if shared.query else address)
    known = reading.overviews(projects)
    rows = [_audited(viewer, one, known.get(one.pk)) for one in projects]
    rows.sort(key=lambda one: (one.shown is None, one.project.name))
    context = ListContext(
        rows=rows,
        command=snippet_of_command(settings.CONFIG.base_url, None),
        has_any=any(one.shown for one in rows),
    )
    return show(request, "pages/audit/list.html", context, section="audit")


def _audited(viewer: Viewer, project: Project, shown: Overview | None) -> Audited:
    return Audited(
        project=project,
        reference=viewer.reference(project),
        shown=shown,
        scores=reading.scores(shown) if shown else [],
    )


def audit_project(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """One project; `view` is what of it."""
    shared = shared_filter(request, viewer)
    project = viewer.project(slug)
    if shared.selected and project not in shared.selected:
        return redirect(f"{reverse('audit')}?{shared.query}")  # another was chosen on top
    shown = reading.overview(project)
    command = snippet_of_command(settings.CONFIG.base_url, project)
    reference = viewer.reference(project)
    if shown is None:
        context = AuditContext(project=project, reference=reference, shown=None, command=command)
        return show(request, "pages/audit/page.html", context, section="audit")
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "findings"
    points = reading.trend(project)
    parts: dict[str, Any] = {}
    if view == "findings":
        parts = _findings(request, project, shown)
    elif view == "seen":
        parts = {"happenings": _happenings(shown)}
    elif view == "commits":
        parts = {"points": points[::-1]}
    context = AuditContext(
        project=project,
        reference=reference,
        shown=shown,
        command=command,
        view=view,
        scores=reading.scores(shown),
        chart=_chart(points) if len(points) > 1 else None,
        **parts,
    )
    return show(request, "pages/audit/page.html", context, section="audit")


def _findings(request: HttpRequest, project: Project, shown: Overview) -> dict[str, Any]:
    wanted, by = _wanted(request)
    states = [(one.value, one.label) for one in FindingState]
    counts = reading.counts_of(project, wanted.state)
    found: dict[str, Any] = {
        "wanted": wanted,
        "by": by,
        "states": states,
        "severities": [(name, number, _TONES[name]) for name, number in counts.items()],
    }
    rules = shown.run.rules
    if by:
        groups = reading.groups_of(project, wanted, by, rules)
        words = [(one, Severity(one.severity).word) for one in groups]
        return {**found, "groups": [(one, word, _TONES[word]) for one, word in words]}
    offset = min(read_offset(request.GET.get("cursor") or ""), _MOST_SKIPPED)
    rows = list(reading.findings_of(project, wanted)[offset : offset + _ROWS + 1])
    return {
        **found,
        "rows": [line_of(one, rules, _TONES) for one in rows[:_ROWS]],
        "next_cursor": f"o:{offset + _ROWS}" if len(rows) > _ROWS else None,
        "previous_cursor": f"o:{max(0, offset - _ROWS)}" if offset else None,
    }


def _wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """What the address asks for; what is not known is as if it were not there."""
    severity = request.GET.get("severity", "")
    state = request.GET.get("state", FindingState.OPEN)
    sort, by = request.GET.get("sort", ""), request.GET.get("by", "")
    wanted = Wanted(
        state=state if state in FindingState.values else FindingState.OPEN,
        severity=severity if severity in _TONES else "",
        rule=request.GET.get("rule", "")[:_MOST_QUERY],
        path=request.GET.get("path", "")[:500],
        query=request.GET.get("query", "").strip()[:_MOST_QUERY],
        sort=sort if sort in _SORTS else "exposure",
    )
    return wanted, by if by in _GROUPS else ""


def _happenings(shown: Overview) -> list[Happening]:
    """What the joins tell, those that say something urgent first."""
    told = [one for one in shown.standing.told if isinstance(one, dict)]
    known = joins()
    order = list(dict.fromkeys(str(one.get("join")) for one in told))
    return [
        Happening(
            id=name,
            title=known[name].title if name in known else name,
            told=[
                {**one, "tone": _TONES.get(str(one.get("severity")), "debug")}
                for one in told
                if one.get("join") == name
            ],
        )
        for name in order
    ]


def _chart(points: Sequence[Point]) -> BarChart:
    """A bar for each audited commit: what is open, by severity."""
    return stacked_bar_chart([(one.run.at, one.open) for one in points], noun="open finding")


PAGE = Page(
    routes=(
        Route(path="audit/", name="audit", view=audits),
        Route(path="audit/<slug:slug>/", name="audit-project", view=audit_project),
        Route(
            path="audit/<slug:slug>/findings/<id:finding_id>/",
            name="audit-finding",
            view=finding.audit_finding,
            action=Action.VIEW_EVENTS,
            changes=Action.TRIAGE,
        ),
    ),
    navigation=Navigation(label="Audit", icon="shield", route="audit", key="c", order=17),
)
