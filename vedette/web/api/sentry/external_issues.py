"""Issues in trackers that belong to an issue: listed, opened, linked, unlinked."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.issues import reading
from vedette.trackers.description import body_of, title_of
from vedette.trackers.hosts import hosts
from vedette.trackers.models import TrackerLink
from vedette.trackers.opening import (
    Subject,
    link_existing,
    links_of,
    open_issue,
    trackers_for,
    unlink,
)
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Name, Text
from vedette.web.api.typed import Parameters
from vedette.web.audit import note_change


class LinkBody(Parameters):
    """A tracker by its id in files, and either `key`, of an issue that is there, or a title.

    `place` is a repository or project other than the tracker's.
    """

    tracker: Name
    key: Text = ""
    title: Text = ""
    body: Annotated[str, Meta(max_length=30_000)] = ""
    place: Name = ""
    labels: Annotated[list[Name], Meta(max_length=20)] = []
    issue_type: Name = ""


@endpoint(get=Action.VIEW_EVENTS, post=Action.TRIAGE, body=LinkBody)
def external_issues(
    request: HttpRequest, caller: Caller, body: LinkBody | None, issue: str
) -> HttpResponse:
    """The issues elsewhere; POST opens or links one (202: it is done in a moment)."""
    subject = _subject(caller, issue)
    if body is None:
        return answer([_shape(one) for one in links_of(subject)])
    link = _make(caller, subject, body)
    assert subject.issue is not None
    what = f"{subject.issue.short_name}: {body.key or 'a new issue'} in {link.tracker.name}"
    note_change(request, subject.project.organization, what, caller.name)
    return answer(_shape(link), status=202)


@endpoint(delete=Action.TRIAGE)
def one_external_issue(request: HttpRequest, caller: Caller, issue: str, link: str) -> HttpResponse:
    """DELETE forgets the link; nothing changes there."""
    subject = _subject(caller, issue)
    found = [one for one in links_of(subject) if str(one.pk) == link]
    if not found:
        raise not_found()
    unlink(found[0])
    assert subject.issue is not None
    what = f"{subject.issue.short_name}: {found[0].key} is not linked any more"
    note_change(request, subject.project.organization, what, caller.name)
    return HttpResponse(status=204)


def _subject(caller: Caller, reference: str) -> Subject:
    """The caller's issue by number or short name. Raises ApiError 404."""
    found = reading.find_issue(caller.visible(), reference)
    if found is None:
        raise not_found()
    return Subject.of_issue(found)


def _make(caller: Caller, subject: Subject, body: LinkBody) -> TrackerLink:
    """Link what is there, or wish for a new one. Raises ApiError 400 in words."""
    tracker = next((one for one in trackers_for(subject.project) if one.slug == body.tracker), None)
    if tracker is None:
        raise ApiError(400, f"tracker: there is no tracker {body.tracker}")
    if body.key:
        try:
            return link_existing(tracker, subject, body.key, caller.user)
        except ValueError as error:
            raise ApiError(400, f"key: {error}") from None
    host = hosts()[tracker.kind]
    place = body.place or str(tracker.settings.get(host.place, ""))
    if problems := host.check({**tracker.settings, host.place: place}):
        raise ApiError(400, f"place: {'; '.join(problems.values())}")
    visible = caller.visible()
    wish: dict[str, object] = {
        "title": body.title or title_of(subject.issue, None),
        "body": body.body or body_of(visible, subject.issue, None, host.markup),
        "place": place,
        "issue_type": body.issue_type,
    }
    if body.labels:
        wish["labels"] = body.labels
    return open_issue(tracker, subject, wish, caller.user)


def _shape(link: TrackerLink) -> dict[str, Any]:
    return {
        "id": str(link.pk),
        "tracker": link.tracker.slug,
        "serviceType": link.tracker.kind,
        "displayName": link.key,
        "webUrl": link.url,
        "title": link.title,
        "state": link.state,
        "status": link.status,
        "isOpen": link.theirs != "closed" if link.theirs else None,
        "error": link.last_error,
        "dateCreated": time_text(link.created_at),
    }


ROUTES = [
    path("issues/<str:issue>/external-issues/", external_issues),
    path("issues/<str:issue>/external-issues/<str:link>/", one_external_issue),
]
