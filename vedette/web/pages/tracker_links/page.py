"""Opening an issue in a tracker from an issue or an alert, linking one, forgetting a link."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.alerts.reading import alerts_of
from vedette.store.errors import BadQuery
from vedette.trackers.description import body_of, title_of
from vedette.trackers.hosts import hosts
from vedette.trackers.models import Tracker, TrackerLink
from vedette.trackers.opening import (
    Subject,
    labels_of,
    link_existing,
    links_of,
    open_issue,
    trackers_for,
    try_again,
    unlink,
)
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField
from vedette.web.pages.issue.access import visible_issue
from vedette.web.pages.tracker_links.view import LinksView, make_links
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_TITLE = 250
_MOST_BODY = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksContext:
    """The fragment."""

    links: LinksView


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenContext:
    """The form of a new issue there."""

    tracker: Tracker
    label: str
    name: str
    back: str
    fields: list[FormField]


def issue_links(request: HttpRequest, viewer: Viewer, issue_id: str) -> HttpResponse:
    """The fragment; a POST with `do` links, unlinks or tries again."""
    return _links(request, viewer, Subject.of_issue(visible_issue(viewer, issue_id)))


def issue_new(request: HttpRequest, viewer: Viewer, issue_id: str, tracker_id: int) -> HttpResponse:
    """The form of a new issue in a tracker, filled in from the issue here."""
    return _new(request, viewer, Subject.of_issue(visible_issue(viewer, issue_id)), tracker_id)


def alert_links(request: HttpRequest, viewer: Viewer, alert_id: int) -> HttpResponse:
    """As of an issue, for an alert about none."""
    return _links(request, viewer, _alert(viewer, alert_id))


def alert_new(request: HttpRequest, viewer: Viewer, alert_id: int, tracker_id: int) -> HttpResponse:
    """As of an issue, for an alert about none."""
    return _new(request, viewer, _alert(viewer, alert_id), tracker_id)


def _alert(viewer: Viewer, alert_id: int) -> Subject:
    assert viewer.action is not None
    rows = alerts_of(viewer.access.projects_for(viewer.action))
    alert = get_object_or_404(rows, pk=alert_id)
    return Subject.of_alert(alert)


def _links(request: HttpRequest, viewer: Viewer, subject: Subject) -> HttpResponse:
    if request.method != "POST":
        context = LinksContext(links=make_links(viewer, subject))
        return show(request, "pages/tracker_links/_links.html", context)
    wish = request.POST.get("do", "")
    if wish == "link":
        words = _link(request, viewer, subject)
    elif wish in ("unlink", "again"):
        words = _change(request, subject, wish)
    else:
        raise BadQuery("an issue is linked, unlinked or tried again")
    note_change(request, subject.project.organization, f"{_name(subject)}: {words}")
    put_flash(request, Flash(text=words))
    return redirect(_page(subject))


def _link(request: HttpRequest, viewer: Viewer, subject: Subject) -> str:
    tracker = _tracker(subject, request.POST.get("tracker", ""))
    try:
        link = link_existing(tracker, subject, request.POST.get("key", "")[:2000], viewer.user)
    except ValueError as error:
        raise BadQuery(str(error)) from None
    return f"{link.key} in {tracker.name} is linked."


def _change(request: HttpRequest, subject: Subject, wish: str) -> str:
    named = request.POST.get("link", "")
    found = [one for one in links_of(subject) if str(one.pk) == named]
    if not found:
        raise BadQuery("there is no such link any more")
    link: TrackerLink = found[0]
    name = link.key or f"the issue in {link.tracker.name}"
    if wish == "unlink":
        unlink(link)
        return f"{name} is not linked any more."
    try_again(link)
    return f"{name} is tried again."


def _new(request: HttpRequest, viewer: Viewer, subject: Subject, tracker_id: int) -> HttpResponse:
    tracker = _tracker(subject, str(tracker_id))
    host = hosts()[tracker.kind]
    if request.method == "POST":
        title = request.POST.get("title", "").strip()[:_MOST_TITLE]
        if not title:
            raise BadQuery("the issue needs a title")
        wish = {
            "title": title,
            "body": request.POST.get("body", "").replace("\r\n", "\n")[:_MOST_BODY],
            "place": request.POST.get("place", "").strip()[:200],
            "labels": labels_of(request.POST.get("labels", "")),
            "issue_type": request.POST.get("issue_type", "").strip()[:100],
        }
        if problem := host.check({**tracker.settings, host.place: str(wish["place"])}):
            raise BadQuery("; ".join(problem.values()))
        open_issue(tracker, subject, wish, viewer.user)
        what = f"{_name(subject)}: an issue in {tracker.name} is being opened"
        note_change(request, subject.project.organization, what)
        put_flash(request, Flash(text=f"The issue in {tracker.name} is being opened."))
        return redirect(_page(subject))
    context = OpenContext(
        tracker=tracker,
        label=host.label,
        name=_name(subject),
        back=_page(subject),
        fields=_fields(viewer, subject, tracker),
    )
    return show(request, "pages/tracker_links/new.html", context)


def _fields(viewer: Viewer, subject: Subject, tracker: Tracker) -> list[FormField]:
    host, settings = hosts()[tracker.kind], tracker.settings
    label = next(one.label for one in host.fields if one.name == host.place)
    body = body_of(viewer.visible, subject.issue, subject.alert, host.markup)
    fields = [
        FormField(
            name="title", label="Title", value=title_of(subject.issue, subject.alert),
            is_needed=True,
        ),
        FormField(name="body", label="Text", kind="lines", rows=18, value=body),
        FormField(name="place", label=label, value=settings.get(host.place, ""), is_needed=True),
        FormField(
            name="labels", label="Labels", value=settings.get("labels", ""),
            help="Separated by commas.",
        ),
    ]  # fmt: skip
    types = [one for one in host.fields if one.name == "issue_type"]
    fields += [
        FormField(name=one.name, label="Type", value=settings.get(one.name, one.default))
        for one in types
    ]
    return fields


def _tracker(subject: Subject, named: str) -> Tracker:
    """One of the organisation's. Raises BadQuery."""
    for one in trackers_for(subject.project):
        if str(one.pk) == named:
            return one
    raise BadQuery("there is no such tracker")


def _name(subject: Subject) -> str:
    if subject.issue is not None:
        return subject.issue.short_name
    assert subject.alert is not None
    return f"alert #{subject.alert.pk}"


def _page(subject: Subject) -> str:
    """The page of the issue or alert, at its trackers."""
    if subject.issue is not None:
        return reverse("issue", args=[subject.issue.pk]) + "#trackers"
    assert subject.alert is not None
    return reverse("alert", args=[subject.alert.pk]) + "#trackers"


PAGE = Page(
    routes=(
        Route(
            path="issues/<issue:issue_id>/trackers/",
            name="issue-trackers",
            view=issue_links,
            changes=Action.TRIAGE,
        ),
        Route(
            path="issues/<issue:issue_id>/trackers/<id:tracker_id>/new/",
            name="issue-tracker-new",
            view=issue_new,
            action=Action.TRIAGE,
        ),
        Route(
            path="alerts/<id:alert_id>/trackers/",
            name="alert-trackers",
            view=alert_links,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/<id:alert_id>/trackers/<id:tracker_id>/new/",
            name="alert-tracker-new",
            view=alert_new,
            action=Action.CHANGE_ALERTS,
        ),
    )
)
