"""Issue trackers: which there are, whether they work; connecting, changing and testing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts.content import base_url
from vedette.configuration import Author, Entry
from vedette.configuration._writing import the_kind, write
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.trackers.errors import TrackerError
from vedette.trackers.hosts import TrackerHost, hosts
from vedette.trackers.models import Tracker
from vedette.trackers.testing import probe
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField
from vedette.web.pages.trackers.form import entry_of, fields_of
from vedette.web.pages.trackers.hook import hook
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerRow:
    """A tracker and how it does."""

    tracker: Tracker
    label: str
    place: str
    state: str
    tone: str
    link_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The trackers of one organisation."""

    organization: Organization
    rows: list[TrackerRow]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackersContext:
    """The list, and the kinds that can be connected."""

    groups: list[Group]
    hosts: Sequence[TrackerHost]
    has_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerContext:
    """The form of one tracker; `row` is None for a new one. `tested` is what a test said."""

    host: TrackerHost
    row: TrackerRow | None
    fields: list[FormField]
    rest: list[str]
    hook_url: str
    may_change: bool


def tracker_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The trackers of the viewer's organisations."""
    rows = [_row(one) for one in _rows(viewer)[:_MOST]]
    organizations = viewer.access.organizations_for(Action.VIEW_ALERTS)
    groups = [
        Group(
            organization=organization,
            rows=[row for row in rows if row.tracker.organization_id == organization.pk],
            may_change=viewer.may(Action.CHANGE_ALERTS, organization),
        )
        for organization in organizations
    ]
    context = TrackersContext(
        groups=groups, hosts=list(hosts().values()), has_many=len(organizations) > 1
    )
    return show(request, "pages/trackers/page.html", context)


def new_tracker(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form of a new tracker: `kind` says of which kind, `organization` where."""
    host = hosts().get(request.GET.get("kind", ""))
    if host is None:
        return redirect("trackers")
    organization = _organization(request, viewer)
    problems: list[Problem] = []
    entry: Entry = {"name": host.label, "kind": host.name}
    if request.method == "POST":
        entry = entry_of(host, request.POST, None)
        problems = write(
            organization, the_kind("trackers"), entry, Author(user=viewer.user), is_new=True
        )
        if not problems:
            tracker = Tracker.objects.filter(organization=organization).latest("pk")
            note_change(request, organization, f"connected the tracker {tracker.slug}")
            put_flash(request, Flash(text=f"{tracker.name} was added. Test it now."))
            return redirect("tracker", tracker.pk)
    return _form(request, viewer, host, organization, None, entry, problems)


def one_tracker(request: HttpRequest, viewer: Viewer, tracker_id: int) -> HttpResponse:
    """The form of a tracker; a POST with `do` tests, saves or removes it."""
    tracker = get_object_or_404(_rows(viewer), pk=tracker_id)
    host = hosts().get(tracker.kind)
    if host is None:
        raise Http404("there is no such kind of tracker")
    entry = the_kind("trackers").current(tracker.organization)[tracker.slug]
    if request.method != "POST":
        return _form(request, viewer, host, tracker.organization, tracker, entry, [])
    wish = request.POST.get("do", "")
    if wish == "test":
        return _test(request, tracker)
    if wish == "remove":
        return _remove(request, tracker)
    if wish != "save":
        raise BadQuery("a tracker is saved, tested or removed")
    entry = entry_of(host, request.POST, tracker)
    problems = write(tracker.organization, the_kind("trackers"), entry, Author(user=viewer.user))
    if problems:
        return _form(request, viewer, host, tracker.organization, tracker, entry, problems)
    note_change(request, tracker.organization, f"changed the tracker {tracker.slug}")
    put_flash(request, Flash(text=f"{entry['name']} was saved."))
    return redirect("tracker", tracker.pk)


def _test(request: HttpRequest, tracker: Tracker) -> HttpResponse:
    """Ask it now; what it says stands above the form."""
    fetcher = Fetcher(read_networks(settings.CONFIG.outgoing_networks))
    try:
        words = f"It works. {probe(tracker, fetcher)}"
    except TrackerError as error:
        words = f"It does not work: {error}"
    note_change(request, tracker.organization, f"tested the tracker {tracker.slug}")
    put_flash(request, Flash(text=words[:300]))
    return redirect("tracker", tracker.pk)


def _remove(request: HttpRequest, tracker: Tracker) -> HttpResponse:
    if request.POST.get("confirm", "").strip() != tracker.name:
        raise BadQuery("write the tracker's name to remove it")
    the_kind("trackers").remove(tracker.organization, tracker.slug)
    note_change(request, tracker.organization, f"removed the tracker {tracker.slug}")
    put_flash(request, Flash(text=f"{tracker.name} was removed."))
    return redirect("trackers")


def _form(
    request: HttpRequest,
    viewer: Viewer,
    host: TrackerHost,
    organization: Organization,
    tracker: Tracker | None,
    entry: Entry,
    problems: Sequence[Problem],
) -> HttpResponse:
    fields, rest = fields_of(host, entry, tracker, problems)
    context = TrackerContext(
        host=host,
        row=_row(tracker) if tracker else None,
        fields=fields,
        rest=rest,
        hook_url=f"{base_url()}/trackers/{tracker.pk}/hook/" if tracker else "",
        may_change=viewer.may(Action.CHANGE_ALERTS, organization),
    )
    status = 400 if problems else 200
    return show(request, "pages/trackers/edit.html", context, status=status)


def _row(tracker: Tracker) -> TrackerRow:
    host = hosts().get(tracker.kind)
    state, tone = "not tried yet", ""
    if not tracker.is_enabled:
        state = "off"
    elif tracker.broken_at is not None:
        state, tone = "broken", "bad"
    elif tracker.worked_at is not None:
        state, tone = "works", "good"
    return TrackerRow(
        tracker=tracker,
        label=host.label if host else tracker.kind,
        place=str(tracker.settings.get(host.place, "")) if host else "",
        state=state,
        tone=tone,
        link_count=getattr(tracker, "link_count", 0),
    )


def _rows(viewer: Viewer) -> QuerySet[Tracker]:
    assert viewer.action is not None
    held = Tracker.objects.filter(organization__in=viewer.access.organizations_for(viewer.action))
    linked = Count("links", filter=Q(links__state="linked"))
    rows = held.select_related("organization").annotate(link_count=linked)
    return rows.order_by("organization", "name", "pk")


def _organization(request: HttpRequest, viewer: Viewer) -> Organization:
    """The named organisation, or the first in which the viewer may add a tracker."""
    named = request.GET.get("organization", "")
    if named:
        return viewer.organization(named)
    return viewer.access.organizations_for(Action.CHANGE_ALERTS)[0]


PAGE = Page(
    routes=(
        Route(path="trackers/", name="trackers", view=tracker_list, action=Action.VIEW_ALERTS),
        Route(
            path="trackers/new/", name="tracker-new", view=new_tracker, action=Action.CHANGE_ALERTS
        ),
        Route(
            path="trackers/<id:tracker_id>/",
            name="tracker",
            view=one_tracker,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="trackers/<id:tracker_id>/hook/",
            name="tracker-hook",
            view=hook,
            action=Open.TO_ALL,
        ),
    )
)
