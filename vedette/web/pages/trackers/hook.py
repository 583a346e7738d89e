"""Calls of trackers' webhooks: proved, then taken as a hint that there is something to compare."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from vedette.connections.secrets import secrets_of
from vedette.trackers.errors import NotSigned
from vedette.trackers.hosts import hosts
from vedette.trackers.models import Tracker
from vedette.trackers.syncing import note_call

_MOST_BYTES = 5 << 20
_MOST_KEY = 400


@csrf_exempt
def hook(request: HttpRequest, tracker_id: int) -> HttpResponse:
    """204 for JSON with the tracker's proof; 401 without one, also if there is no such tracker."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > _MOST_BYTES:
        return HttpResponse(status=413)
    if request.content_type != "application/json":
        return HttpResponse(status=415)
    tracker = Tracker.objects.filter(pk=tracker_id, is_enabled=True).first()
    host = hosts().get(tracker.kind) if tracker is not None else None
    if tracker is None or host is None:
        return HttpResponse(status=401)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        keys = host.heard(secrets_of(tracker).get("hook_secret", ""), headers, request.body)
    except NotSigned:
        return HttpResponse(status=401)
    note_call(tracker, [key for key in keys if len(key) <= _MOST_KEY])
    return HttpResponse(status=204)
