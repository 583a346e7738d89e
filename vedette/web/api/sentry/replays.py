"""`replays/` and `replay-count/`: replays in Sentry's form, their recordings, and their end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.issues.cursors import read_offset
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.replays.bodies import read_events
from vedette.replays.reading import MOST_ROWS, find_row, list_replays, replays_of_issue
from vedette.replays.replay import Replay, Segment, find_replay
from vedette.replays.rows import ReplayRow
from vedette.search import SearchError
from vedette.storage.asking import remove_replay
from vedette.store.asker import asker, asking_for
from vedette.web.api.access import Caller, asker_of
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.parameters import Filter, Name, Paging, Text, paginate
from vedette.wire.envelope import clean_event_id

_SORTS: Final = {
    "": "started",
    "-started_at": "started",
    "-duration": "duration",
    "-count_errors": "errors",
    "-count_dead_clicks": "dead",
    "-count_rage_clicks": "rage",
}
_ISSUES = re.compile(r"issue\.id:\[?([0-9, ]{1,2000})\]?\Z")
_MOST_ISSUES = 50
_MOST_BYTES = 64 << 20  # of events in one answer
_CHUNK = 256 << 10
_MOST_COUNTED = 51  # as in Sentry: beyond it is "50+"


class ReplaysQuery(Paging):
    """Which replays, and in which order."""

    query: Text = ""
    sort: Annotated[Name, Meta(description="-started_at, -duration, -count_errors …")] = ""


class CountQuery(Filter):
    """Of which issues: `issue.id:[7,12]`."""

    query: Text = ""


class SegmentsQuery(Paging):
    """With `download` what was recorded instead of what there is."""

    download: Name | None = None


@endpoint(get=Action.VIEW_EVENTS, query=ReplaysQuery)
def list_organization_replays(
    request: HttpRequest, caller: Caller, query: ReplaysQuery, organization: str
) -> HttpResponse:
    """Replays that a search finds, newest first."""
    sort = _SORTS.get(query.sort)
    if sort is None:
        raise ApiError(400, f"sort is one of {', '.join(name for name in _SORTS if name)}")
    scope = query.scope(caller.visible(organization), caller.projects(organization))
    size = query.size(default=10, most=100)
    offset = min(read_offset(query.cursor), MOST_ROWS - size)
    try:
        found = list_replays(scope, query.query, sort=sort, limit=size, offset=offset)
    except SearchError as error:
        raise ApiError(400, f"Error parsing search query: {error}") from None
    return paginate(
        request,
        answer({"data": [_shape(row) for row in found.rows]}),
        following=f"o:{offset + size}" if found.has_more else None,
        previous=f"o:{max(0, offset - size)}" if offset else None,
    )


@endpoint(get=Action.VIEW_EVENTS)
def show_organization_replay(
    request: HttpRequest, caller: Caller, organization: str, replay_id: str
) -> HttpResponse:
    """One replay of any project of the organisation."""
    visible, wanted = caller.visible(organization), clean_event_id(replay_id)
    row = find_row(visible, wanted) if wanted else None
    project = next(
        (one for one in caller.projects(organization) if row and one.pk == row.project_id), None
    )
    found = find_replay(visible, project, replay_id) if project is not None else None
    if found is None:
        raise not_found()
    return answer({"data": _whole(found)})


@endpoint(get=Action.VIEW_EVENTS, delete=Action.DELETE_EVENTS)
def show_project_replay(
    request: HttpRequest, caller: Caller, organization: str, project: str, replay_id: str
) -> HttpResponse:
    """One replay of a project; or its end, with all that was recorded."""
    _, found = _find(caller, organization, project, replay_id)
    if request.method == "DELETE":
        remove_replay(found.project, found.row.replay_id, asker_of(request, caller))
        return HttpResponse(status=204)
    return answer({"data": _whole(found)})


@endpoint(get=Action.VIEW_EVENTS, query=SegmentsQuery)
def list_recording_segments(
    request: HttpRequest,
    caller: Caller,
    query: SegmentsQuery,
    organization: str,
    project: str,
    replay_id: str,
) -> HttpResponseBase:
    """The segments that are there; with `download` the events of each, one after the other."""
    owner, found = _find(caller, organization, project, replay_id)
    there = [one for one in found.segments if not one.is_missing]
    size = query.size(default=100, most=100)
    offset = min(read_offset(query.cursor), len(there))
    shown = there[offset : offset + size]
    if "download" in request.GET:
        shown = _as_fit(shown)
    beyond = offset + len(shown)
    following = f"o:{beyond}" if len(there) > beyond else None
    if "download" in request.GET:
        visible = caller.visible(organization)
        bodies = (read_events(visible, owner, found.row.replay_id, one.id) for one in shown)
        first = next(bodies, None)  # a store that does not answer must fail before the headers go
        lists = _listed(first, bodies, asker())
        response = StreamingHttpResponse(lists, content_type="application/json")
        return paginate(request, response, following=following)
    shapes = [
        {
            "replayId": found.row.replay_id,
            "segmentId": one.id,
            "projectId": str(owner.pk),
            "dateAdded": _moment(one.last_ms),
        }
        for one in shown
    ]
    return paginate(request, answer({"data": shapes}), following=following)


@endpoint(get=Action.VIEW_EVENTS, query=CountQuery)
def count_replays(
    request: HttpRequest, caller: Caller, query: CountQuery, organization: str
) -> HttpResponse:
    """In how many replays issues happened, by the issue's id."""
    if not query.query.strip():
        return answer({})
    named = _ISSUES.match(query.query.strip())
    ids = [int(one) for one in re.findall(r"[0-9]{1,18}", named[1])] if named else []
    if not ids or len(ids) > _MOST_ISSUES:
        raise ApiError(400, f"The query names 1 to {_MOST_ISSUES} issues: issue.id:[7,12]")
    visible = caller.visible(organization)
    issues = Issue.objects.filter(pk__in=ids, project__in=list(visible)).select_related("project")
    return answer(
        {
            str(issue.pk): len(replays_of_issue(visible, issue, limit=_MOST_COUNTED))
            for issue in issues
        }
    )


def _find(
    caller: Caller, organization: str, project: str, replay_id: str
) -> tuple[Project, Replay]:
    owner = caller.project(organization, project)
    found = find_replay(caller.visible(organization), owner, replay_id)
    if found is None:
        raise not_found()
    return owner, found


def _listed(first: bytes | None, others: Iterator[bytes | None], name: str) -> Iterator[bytes]:
    """A list of JSON of which one element is held at a time; missing ones are left out."""
    body, before = first, b"["
    while body != b"":
        if body:
            yield before
            # In pieces, so that the server holds no copy of all of it.
            yield from (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
            before = b","
        with asking_for(name):
            body = next(others, b"")
    yield b"]" if before == b"," else b"[]"


def _as_fit(segments: list[Segment]) -> list[Segment]:
    """The first of some segments that one answer holds, whatever they take: one at least."""
    sums = list(accumulate(one.size_bytes for one in segments))
    return segments[: max(1, bisect_right(sums, _MOST_BYTES))]


def _whole(found: Replay) -> dict[str, Any]:
    ids = [error.event_id for error in found.errors]
    return {**_shape(found.row), "error_ids": ids, "trace_ids": found.trace_ids}


def _shape(row: ReplayRow) -> dict[str, Any]:
    return {
        "id": row.replay_id,
        "project_id": str(row.project_id),
        "replay_type": row.type,
        "started_at": _written(row.started),
        "finished_at": _written(row.finished),
        "duration": round(row.seconds),
        "count_segments": row.segments,
        "count_errors": row.errors,
        "count_dead_clicks": row.dead_clicks,
        "count_rage_clicks": row.rage_clicks,
        "count_urls": len(row.urls),
        "urls": list(row.urls),
        "error_ids": [],
        "trace_ids": [],
        "environment": row.environment or None,
        "releases": [row.release] if row.release else [],
        "platform": row.platform or None,
        "is_archived": False,
        "user": {
            "id": row.user_id or None,
            "email": row.user_email or None,
            "username": row.user_username or None,
            "ip": row.user_ip or None,
            "display_name": row.user_username or row.user_email or row.user_id or row.user_ip,
        },
        "browser": {"name": row.browser or None, "version": None},
        "os": {"name": row.os or None, "version": None},
        "device": {"name": row.device or None, "brand": None, "family": None, "model": None},
        "sdk": {"name": row.sdk_name or None, "version": row.sdk_version or None},
        "tags": {},
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"


def _moment(ms: int | None) -> str | None:
    return _written(datetime.fromtimestamp(ms / 1000, UTC)) if ms is not None else None


_ORGANIZATION = "organizations/<str:organization>/"
_PROJECT = "projects/<str:organization>/<str:project>/replays/<str:replay_id>/"

ROUTES = [
    path(f"{_ORGANIZATION}replays/", list_organization_replays),
    path(f"{_ORGANIZATION}replays/<str:replay_id>/", show_organization_replay),
    path(f"{_ORGANIZATION}replay-count/", count_replays),
    path(_PROJECT, show_project_replay),
    path(f"{_PROJECT}recording-segments/", list_recording_segments),
]
