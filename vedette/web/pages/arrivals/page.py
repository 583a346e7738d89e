"""What arrived with each key of a project, what was refused and why, and the likely mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.issues import reading
from vedette.projects.diagnosis import Count, Finding, KeyState, diagnose
from vedette.projects.models import KeyUse, Project, ProjectKey
from vedette.store.errors import StoreError
from vedette.web.access import Viewer
from vedette.web.pages.outcomes.tally import words_of
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_HOURS = 24
_MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How often a key was turned away for a reason, since it exists."""

    reason: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One key: when it was used last and by whom, and what was refused."""

    key: ProjectKey
    accepted: int
    accepted_at: datetime | None
    client: str
    ahead: str
    refused: list[Refused]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """So many items of a kind of the last day came to this."""

    kind: str
    words: str
    reason: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalsContext:
    """What the page shows; without the store there are no outcomes."""

    project: Project
    reference: str
    findings: list[Finding]
    keys: list[KeyLine]
    outcomes: list[OutcomeLine]
    store_is_away: bool
    trial: str


def arrivals(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page."""
    project = viewer.project(slug)
    keys = list(project.keys.order_by("id").select_related("use").prefetch_related("refusals"))
    try:
        counts, is_away = _counts(viewer, project), False
    except StoreError:
        counts, is_away = [], True
    active = next((key for key in keys if key.is_active), None)
    context = ArrivalsContext(
        project=project,
        reference=viewer.reference(project),
        findings=diagnose([_state(key) for key in keys], counts, now=clock.timestamp()),
        keys=[_line(key) for key in keys],
        outcomes=[
            OutcomeLine(
                kind=one.kind,
                words=words_of(one.outcome),
                reason=one.reason,
                quantity=one.quantity,
            )
            for one in counts
        ],
        store_is_away=is_away,
        trial=_trial(active) if active else "",
    )
    return show(request, "pages/arrivals/page.html", context, section="projects")


def _counts(viewer: Viewer, project: Project) -> list[Count]:
    now = clock.now()
    period = reading.Period(start=now - timedelta(hours=_HOURS), end=now, label="24h")
    scope = reading.Scope(visible=viewer.visible.only([project.pk]), period=period)
    table = reading.outcomes(scope, by=("kind", "outcome", "reason"), limit=_MOST_LINES)
    return [
        Count(kind=row.kind, outcome=row.outcome, reason=row.reason, quantity=row.quantity)
        for row in table.rows
    ]


def _use(key: ProjectKey) -> KeyUse:
    return getattr(key, "use", None) or KeyUse(key=key)


def _state(key: ProjectKey) -> KeyState:
    use = _use(key)
    return KeyState(
        label=key.label,
        is_active=key.is_active,
        works_until=key.works_until,
        accepted_at=use.accepted_at,
        ahead_seconds=use.ahead_seconds,
        refused={one.reason: one.last_at for one in key.refusals.all()},
    )


def _line(key: ProjectKey) -> KeyLine:
    use = _use(key)
    refused = sorted(key.refusals.all(), key=lambda one: -one.last_at)
    ahead = use.ahead_seconds
    return KeyLine(
        key=key,
        accepted=use.accepted,
        accepted_at=_moment(use.accepted_at) if use.accepted_at else None,
        client=use.client,
        ahead="" if ahead is None else f"{ahead:+.0f} s",
        refused=[
            Refused(reason=one.reason, count=one.count, last_at=_moment(one.last_at))
            for one in refused
        ],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _trial(key: ProjectKey) -> str:
    """A command that sends an error without any SDK."""
    base = settings.CONFIG.base_url
    return (
        f"curl -i '{base}/api/{key.project_id}/store/?sentry_key={key.public_key}' \\\n"
        """  -H 'Content-Type: application/json' -d '{"message": "a first event"}'"""
    )


PAGE = Page(
    routes=(Route(path="projects/<slug:slug>/arrivals/", name="project-arrivals", view=arrivals),)
)
