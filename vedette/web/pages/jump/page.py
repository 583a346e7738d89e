"""Search or jump: a pasted id leads to its issue or event, any other words search the issues."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.telemetry.traces import has_spans
from vedette.web.access import Viewer
from vedette.web.frame import navigation
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import shared_filter
from vedette.wire.envelope import clean_event_id

_MOST_CHARACTERS = 200
_MOST_ISSUES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One place to go; `exact` is opened by Enter."""

    label: str
    note: str
    icon: str
    address: str
    exact: bool = False


def jump(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Go there: to what the text names, or to the issues that match it."""
    text = request.GET.get("text", "").strip()[:_MOST_CHARACTERS]
    place = reading.find_anything(viewer.visible, text) if text else None
    if place:
        return redirect(address_of(place))
    trace = _trace_of(viewer, text)
    if trace:
        return redirect("trace", trace)
    query = reverse("issues") + "?" + urlencode({"query": text})
    return redirect(query if text else reverse("issues"))


def options(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The fragment of the jump dialog."""
    text = request.GET.get("text", "").strip()[:_MOST_CHARACTERS]
    place = reading.find_anything(viewer.visible, text) if text else None
    found = [_place_option(place)] if place else []
    trace = None if place else _trace_of(viewer, text)
    if trace:
        address = reverse("trace", args=[trace])
        found.append(Option(label=f"Trace {trace[:8]}", note="Trace", icon="waypoints",
                            address=address, exact=True))  # fmt: skip
    found += _pages(viewer, text.lower())
    if text and not place:
        found += _issues(request, viewer, text)
    return show(request, "pages/jump/_options.html", found)


def address_of(place: reading.Destination) -> str:
    """The page of a destination."""
    if place.event_id:
        return reverse("event", args=[place.issue.pk, place.event_id])
    return reverse("issue", args=[place.issue.pk])


def _trace_of(viewer: Viewer, text: str) -> str | None:
    """The trace whose id the text is, if spans of it are kept."""
    trace = clean_event_id(text)
    return trace if trace and has_spans(trace, viewer.visible) else None


def _place_option(place: reading.Destination) -> Option:
    note = f"Event {place.event_id}" if place.event_id else place.issue.short_name
    return Option(
        label=place.issue.title,
        note=note,
        icon="arrow-right",
        address=address_of(place),
        exact=True,
    )


def _pages(viewer: Viewer, text: str) -> list[Option]:
    known = [
        Option(label=entry.label, note="Page", icon=entry.icon, address=reverse(entry.route))
        for entry in navigation()
    ]
    known.append(
        Option(label="Account", note="Page", icon="user", address=reverse("account")),
    )
    known += [
        Option(
            label=project.name,
            note="Project",
            icon="folder",
            address=reverse("issues") + "?" + urlencode({"project": viewer.reference(project)}),
        )
        for project in viewer.projects
    ]
    return [option for option in known if text in option.label.lower()][:8]


def _issues(request: HttpRequest, viewer: Viewer, text: str) -> list[Option]:
    scope = shared_filter(request, viewer).scope
    page = reading.list_issues(scope, query=text, limit=_MOST_ISSUES)
    return [_issue_option(row.issue) for row in page.rows]


def _issue_option(issue: Issue) -> Option:
    address = reverse("issue", args=[issue.pk])
    return Option(label=issue.title, note=issue.short_name, icon="circle-x", address=address)


PAGE = Page(
    routes=(
        Route(path="jump/", name="jump", view=jump),
        Route(path="jump/options/", name="jump-options", view=options),
    )
)
