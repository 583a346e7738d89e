"""The incidents and the maintenance of a page, and the form of a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.statuspages import announcing
from vedette.statuspages.models import Incident, StatusComponent, StatusPage
from vedette.statuspages.reading import address_of
from vedette.statuspages.states import BY_HAND
from vedette.statuspages.words import (
    CONDITIONS,
    IMPACTS,
    OF_INCIDENTS,
    OF_MAINTENANCE,
    STATUSES,
    TEMPLATES,
)
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import sentence
from vedette.web.pages.status_pages.finding import SECTION, find_page, may_change
from vedette.web.rendering import show

_MOST_PAST = 50
STATES = [(one.value, CONDITIONS[one]) for one in BY_HAND]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One of the list; `drafts` are updates that nobody sees yet."""

    incident: Incident
    status: str
    impact: str
    drafts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsContext:
    """What the page shows."""

    status_page: StatusPage
    address: str
    waiting: list[IncidentRow]
    lasting: list[IncidentRow]
    past: list[IncidentRow]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContext:
    """The form: of an incident, or of maintenance."""

    status_page: StatusPage
    address: str
    may_change: bool
    is_maintenance: bool
    components: list[tuple[StatusComponent, str]]
    states: list[tuple[str, str]]
    impacts: list[tuple[str, str]]
    statuses: list[tuple[str, str]]
    templates: list[tuple[str, str]]
    values: dict[str, str] = field(default_factory=dict)
    error: str = ""


def show_list(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """What waits to be published first, then what lasts, then what is over."""
    page = find_page(viewer, status_page_id)
    rows = Incident.objects.filter(page=page, is_discarded=False).prefetch_related("updates")
    known = [_row(one) for one in rows.order_by("-began_at", "-pk")[:500]]
    waiting = [one for one in known if one.drafts or one.incident.published_at is None]
    rest = [one for one in known if one not in waiting]
    context = IncidentsContext(
        status_page=page,
        address=address_of(page),
        waiting=waiting,
        lasting=[one for one in rest if one.incident.resolved_at is None],
        past=[one for one in rest if one.incident.resolved_at is not None][:_MOST_PAST],
        may_change=may_change(viewer, page),
    )
    return show(request, "pages/status_pages/incidents.html", context, section=SECTION)


def show_new(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """The form; a POST keeps a draft, or publishes it with `do=publish`."""
    page = find_page(viewer, status_page_id)
    is_maintenance = request.GET.get("kind") == "maintenance"
    if request.method != "POST":
        return _form(request, viewer, page, is_maintenance)
    try:
        made = announcing.draft(page, _wish(request, page, is_maintenance), by=viewer.user)
    except ValueError as error:
        return _form(request, viewer, page, is_maintenance, error=sentence(str(error)))
    is_published = request.POST.get("do") == "publish"
    if is_published:
        announcing.publish(made)
    done = "published" if is_published else "drafted"
    note_change(request, page.organization, f"status page {page.slug}: {made.title} {done}")
    put_flash(request, Flash(text=f"{made.title} is {done}."))
    return redirect("status-incident", page.pk, made.pk)


def affected_of(request: HttpRequest, page: StatusPage) -> dict[int, str]:
    """By component what the form says of it; nothing for those it leaves as they are."""
    return {
        pk: state
        for pk in page.components.values_list("pk", flat=True)
        if (state := request.POST.get(f"state.{pk}", ""))
    }


def texts_of(page: StatusPage, *, is_maintenance: bool) -> list[tuple[str, str]]:
    """Texts to begin with: the product's by status, then the page's own."""
    own = [(f"own:{name}", name) for name in page.templates]
    known = OF_MAINTENANCE if is_maintenance else OF_INCIDENTS
    return [(name, STATUSES[name]) for name in known] + own


def text_named(page: StatusPage, name: str) -> str:
    """The text of a template; empty for none."""
    if name.startswith("own:"):
        return str(page.templates.get(name.removeprefix("own:"), ""))
    return TEMPLATES.get(name, "")


def _wish(request: HttpRequest, page: StatusPage, is_maintenance: bool) -> announcing.Wish:
    sent = request.POST
    affected = affected_of(request, page)
    text = sent.get("text", "").replace("\r\n", "\n").strip()
    return announcing.Wish(
        title=sent.get("title", ""),
        text=text or text_named(page, sent.get("template", "")),
        impact="none" if is_maintenance else sent.get("impact", "minor"),
        status=sent.get("status", "investigating"),
        affected=affected,
        start=_moment(sent.get("start", ""), page) if is_maintenance else None,
        end=_moment(sent.get("end", ""), page) if is_maintenance else None,
        covers_monitors=bool(sent.get("covers")),
    )


def _moment(text: str, page: StatusPage) -> datetime:
    """A time on the page's clock. Raises ValueError, in words."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(page.zone))
    except ValueError:
        raise ValueError("give the day and time at which it begins and ends") from None


def _form(
    request: HttpRequest, viewer: Viewer, page: StatusPage, is_maintenance: bool, error: str = ""
) -> HttpResponse:
    sent = request.POST
    template = request.GET.get("template", "")
    usual = "scheduled" if is_maintenance else "investigating"
    values = {name: sent.get(name, "") for name in ("title", "impact", "status", "start", "end")}
    values["text"] = sent.get("text") or text_named(page, template or usual)
    values["covers"] = "yes" if sent.get("covers") or request.method != "POST" else ""
    context = NewContext(
        status_page=page,
        address=address_of(page),
        may_change=may_change(viewer, page),
        is_maintenance=is_maintenance,
        components=[(one, sent.get(f"state.{one.pk}", "")) for one in page.components.all()],
        states=STATES,
        impacts=list(IMPACTS.items()),
        statuses=[(name, STATUSES[name]) for name in OF_INCIDENTS],
        templates=texts_of(page, is_maintenance=is_maintenance),
        values=values,
        error=error,
    )
    status = 400 if error else 200
    template_name = "pages/status_pages/incident_new.html"
    return show(request, template_name, context, section=SECTION, status=status)


def _row(one: Incident) -> IncidentRow:
    return IncidentRow(
        incident=one,
        status=STATUSES.get(one.status, one.status),
        impact="Maintenance" if one.is_scheduled else IMPACTS[one.impact],
        drafts=sum(update.published_at is None for update in one.updates.all()),
    )
