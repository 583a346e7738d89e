"""One incident: what was said of it, what is drafted, and what to say next."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette import clock
from vedette.statuspages import announcing
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import (
    Incident,
    IncidentUpdate,
    StatusComponent,
    StatusPage,
    Subscriber,
)
from vedette.statuspages.reading import address_of
from vedette.statuspages.states import Impact
from vedette.statuspages.words import IMPACTS, OF_INCIDENTS, OF_MAINTENANCE, STATUSES
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import sentence
from vedette.web.markdown import rendered
from vedette.web.pages.status_pages.finding import SECTION, find_page, may_change
from vedette.web.pages.status_pages.incidents import STATES, affected_of, text_named, texts_of
from vedette.web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An update as it is shown."""

    update: IncidentUpdate
    status: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentContext:
    """What the page shows."""

    status_page: StatusPage
    address: str
    incident: Incident
    status: str
    impact: str
    updates: list[Said]
    affected: list[tuple[str, str]]
    components: list[tuple[StatusComponent, str]]
    states: list[tuple[str, str]]
    impacts: list[tuple[str, str]]
    statuses: list[tuple[str, str]]
    templates: list[tuple[str, str]]
    text: str
    error: str
    has_drafts: bool
    listeners: int
    may_change: bool


def show_one(
    request: HttpRequest, viewer: Viewer, status_page_id: int, incident_id: int
) -> HttpResponse:
    """The page; a POST with `do` adds an update, publishes, changes or discards."""
    page = find_page(viewer, status_page_id)
    rows = Incident.objects.filter(pk=incident_id, page=page, is_discarded=False)
    incident = rows.select_related("page").first()
    if incident is None:
        raise Http404("no such incident")
    if request.method != "POST":
        return _show(request, viewer, incident)
    if not may_change(viewer, page):
        raise PermissionDenied("you may not change this status page")
    try:
        done = _DOING[request.POST.get("do", "")](request, viewer, incident)
    except KeyError:
        raise BadQuery(f"an incident can be {', '.join(_DOING)}") from None
    except ValueError as error:
        return _show(request, viewer, incident, sentence(str(error)))
    words = f"status page {page.slug}: {incident.title}: {done}"
    note_change(request, page.organization, words)
    put_flash(request, Flash(text=f"{sentence(done)}"))
    if request.POST.get("do") == "discard":
        return redirect("status-page", page.pk)
    return redirect("status-incident", page.pk, incident.pk)


def _say(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    _write(request, viewer, incident)
    return "an update is drafted"


def _say_and_publish(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    """What is said now, and what else is drafted of an incident that nobody has seen yet."""
    said = _write(request, viewer, incident)
    told = announcing.publish(incident, [said] if incident.published_at else None)
    return _published(told)


def _publish(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    return _published(announcing.publish(incident))


def _published(told: int) -> str:
    return f"published, {told} told" if told else "published"


def _discard(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    announcing.discard(incident)
    return "discarded"


def _withdraw(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    """A draft of an update goes; what is published stays said."""
    number = request.POST.get("update", "")
    drafts = incident.updates.filter(published_at=None)
    if not number.isdigit() or not drafts.filter(pk=int(number)).delete()[0]:
        raise ValueError("only a draft can be withdrawn")
    return "a draft is withdrawn"


def _change(request: HttpRequest, viewer: Viewer, incident: Incident) -> str:
    title, impact = request.POST.get("title", "").strip(), request.POST.get("impact", "")
    if not title or len(title) > 200:
        raise ValueError("a title has 1 to 200 characters")
    if not incident.is_scheduled and impact not in tuple(Impact):
        raise ValueError("choose an impact")
    with transaction.atomic():
        announcing.affect(incident, affected_of(request, incident.page))
        incident.title = title
        incident.impact = "none" if incident.is_scheduled else impact
        incident.changed_at = clock.now()
        incident.save(update_fields=["title", "impact", "changed_at"])
        touch(incident.page)
    return "changed"


_DOING = {
    "draft": _say,
    "say": _say_and_publish,
    "publish": _publish,
    "withdraw": _withdraw,
    "change": _change,
    "discard": _discard,
}


def _write(request: HttpRequest, viewer: Viewer, incident: Incident) -> IncidentUpdate:
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    return announcing.add_update(incident, request.POST.get("status", ""), text, by=viewer.user)


def _show(
    request: HttpRequest, viewer: Viewer, incident: Incident, error: str = ""
) -> HttpResponse:
    page = incident.page
    affected = dict(incident.affected.values_list("component_id", "state"))
    updates = list(incident.updates.select_related("by"))
    known = OF_MAINTENANCE if incident.is_scheduled else OF_INCIDENTS
    template = request.GET.get("template", "")
    context = IncidentContext(
        status_page=page,
        address=address_of(page),
        incident=incident,
        status=STATUSES.get(incident.status, incident.status),
        impact="Maintenance" if incident.is_scheduled else IMPACTS[incident.impact],
        updates=[
            Said(update=one, status=STATUSES.get(one.status, one.status), html=rendered(one.text))
            for one in updates
        ],
        affected=[
            (one.name, dict(STATES).get(affected[one.pk], affected[one.pk]))
            for one in page.components.filter(pk__in=affected)
        ],
        components=[(one, affected.get(one.pk, "")) for one in page.components.all()],
        states=STATES,
        impacts=list(IMPACTS.items()),
        statuses=[(name, STATUSES[name]) for name in known],
        templates=texts_of(page, is_maintenance=incident.is_scheduled),
        text=request.POST.get("text", "") or text_named(page, template),
        error=error,
        has_drafts=incident.published_at is None
        or any(one.published_at is None for one in updates),
        listeners=Subscriber.objects.filter(page=page).exclude(confirmed_at=None).count(),
        may_change=may_change(viewer, page),
    )
    status = 400 if error else 200
    template_name = "pages/status_pages/incident.html"
    return show(request, template_name, context, section=SECTION, status=status)
