"""A replay for its player: what segments there are, and what each holds, as it is needed."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from vedette.projects.models import Project
from vedette.recordings.marks import Mark
from vedette.replays.bodies import read_events, read_run, read_video
from vedette.replays.replay import Replay, ReplayError, Segment, find_replay
from vedette.web.access import Viewer
from vedette.web.pages.replays import still
from vedette.web.pages.replays.packing import packed
from vedette.web.routing import Page, Route
from vedette.web.security import SANDBOX_POLICY

_KEPT = "private, max-age=3600"  # a segment that is there does not change


def segments(request: HttpRequest, viewer: Viewer, slug: str, replay_id: str) -> HttpResponse:
    """The replay as far as it has come: segments, marks in order, errors, traces."""
    found = find_replay(viewer.visible, viewer.project(slug), replay_id)
    if found is None:
        raise Http404("no such replay")
    response = packed(request, msgspec.json.encode(_shape(found)))
    response["Cache-Control"] = "private, no-store"
    return response


def segment(
    request: HttpRequest, viewer: Viewer, slug: str, replay_id: str, segment_id: int
) -> HttpResponse:
    """The recorded events of a segment, a JSON list, packed as the browser accepts it."""
    events = read_events(viewer.visible, viewer.project(slug), replay_id, segment_id)
    if events is None:
        raise Http404("no such segment")
    response = packed(request, events)
    response["Content-Security-Policy"] = SANDBOX_POLICY
    response["Cache-Control"] = _KEPT
    return response


def run(
    request: HttpRequest, viewer: Viewer, slug: str, replay_id: str, first: int, last: int
) -> HttpResponse:
    """Segments one after the other: a line each, its number, a space, its events. What the
    answer has no room for is asked for again."""
    found = read_run(viewer.visible, viewer.project(slug), replay_id, first, last)
    lines = [b"%d %b\n" % (number, events.replace(b"\n", b" ")) for number, events in found]
    response = packed(request, b"".join(lines), "text/plain; charset=utf-8")
    response["Content-Security-Policy"] = SANDBOX_POLICY
    response["Cache-Control"] = "private, no-store"  # one that is missing may come
    return response


def video(
    request: HttpRequest, viewer: Viewer, slug: str, replay_id: str, segment_id: int
) -> HttpResponse:
    """The video of a mobile segment."""
    held = read_video(viewer.visible, viewer.project(slug), replay_id, segment_id)
    if held is None:
        raise Http404("no such video")
    response = HttpResponse(held, content_type="video/mp4")
    response["Content-Security-Policy"] = SANDBOX_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = _KEPT
    return response


def _shape(found: Replay) -> dict[str, Any]:
    marks = [_mark(mark, one.id) for one in found.segments for mark in one.marks]
    marks += [_error_mark(error, found) for error in found.errors]
    return {
        "replay_id": found.row.replay_id,
        "project": found.project.slug,
        "started_ms": found.started_ms,
        "finished_ms": found.finished_ms,
        "is_finished": found.is_finished,
        "type": found.row.type,
        "video": found.has_video,
        "segments": [_segment(one) for one in found.segments],
        "marks": sorted(marks, key=lambda mark: mark["ms"]),
        "errors": [_error(one, found.project) for one in found.errors],
        "trace_ids": found.trace_ids,
    }


def _segment(one: Segment) -> dict[str, Any]:
    return {
        "id": one.id,
        "first_ms": one.first_ms,
        "last_ms": one.last_ms,
        "events": one.events,
        "mutations": one.mutations,
        "bytes": one.size_bytes,
        "has_snapshot": one.has_snapshot,
        "is_missing": one.is_missing,
    }


def _mark(mark: Mark, segment_id: int) -> dict[str, Any]:
    return {
        "ms": mark.ms,
        "kind": mark.kind,
        "label": mark.label,
        "detail": mark.detail,
        "segment": segment_id,
    }


def _error_mark(error: ReplayError, found: Replay) -> dict[str, Any]:
    """An error stands in the last segment that had begun when it happened."""
    begun = [
        one.id
        for one in found.segments
        if one.first_ms is not None and one.first_ms <= error.ms
    ]  # fmt: skip
    return {
        "ms": error.ms,
        "kind": "error",
        "label": error.title,
        "detail": {"event_id": error.event_id},
        "segment": max(begun, default=0),
    }


def _error(error: ReplayError, project: Project) -> dict[str, Any]:
    issue = error.issue
    return {
        "event_id": error.event_id,
        "issue_id": issue.pk if issue is not None else None,
        "issue": issue.short_name if issue is not None else "",
        "title": error.title,
        "ms": error.ms,
        "url": reverse("event", args=[issue.pk, error.event_id]) if issue is not None else "",
    }


PAGE = Page(
    routes=(
        Route(
            path="replays/<slug:slug>/<slug:replay_id>/segments.json",
            name="replay-segments",
            view=segments,
        ),
        Route(
            path="replays/<slug:slug>/<slug:replay_id>/segments/<id:segment_id>/",
            name="replay-segment",
            view=segment,
        ),
        Route(
            path="replays/<slug:slug>/<slug:replay_id>/segments/<id:first>/to/<id:last>/",
            name="replay-run",
            view=run,
        ),
        Route(
            path="replays/<slug:slug>/<slug:replay_id>/segments/<id:segment_id>/video/",
            name="replay-video",
            view=video,
        ),
        *still.ROUTES,
    ),
)
