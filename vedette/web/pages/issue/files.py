"""An event's raw JSON and its attachments, given out so that they cannot act in the browser."""

from __future__ import annotations

import json
import re

from django.http import Http404, HttpRequest, HttpResponse

from vedette.issues import reading
from vedette.web.access import Viewer
from vedette.web.pages.issue.access import visible_event
from vedette.web.security import SANDBOX_POLICY

_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]+")


def event_json(request: HttpRequest, viewer: Viewer, issue_id: str, event_id: str) -> HttpResponse:
    """The stored payload; `?download` saves it as a file."""
    stored = visible_event(viewer, issue_id, event_id)
    body = json.dumps(stored.payload, indent=2, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Security-Policy"] = SANDBOX_POLICY
    if "download" in request.GET:
        name = _UNSAFE.sub("_", stored.event_id)
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def attachment(
    request: HttpRequest, viewer: Viewer, issue_id: str, event_id: str, attachment_id: str
) -> HttpResponse:
    """A file as a download. Only real raster images keep their type; all else is bytes."""
    stored = visible_event(viewer, issue_id, event_id)
    known = next((held for held in stored.attachments if held.id == attachment_id), None)
    if known is None:
        raise Http404("no such attachment")
    body = reading.read_attachment(viewer.visible, stored.project, stored.event_id, known.id)
    if body is None:
        raise Http404("the attachment is gone")
    response = HttpResponse(body, content_type=safe_type(body))
    response["Content-Disposition"] = f'attachment; filename="{safe_name(known.name)}"'
    response["Content-Security-Policy"] = SANDBOX_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def safe_type(body: bytes) -> str:
    """The type by the first bytes, never by what the sender claims."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    found = (kind for start, kind in _IMAGES.items() if body.startswith(start))
    return next(found, "application/octet-stream")


def safe_name(name: str) -> str:
    """A file name without path, control characters or quotes; never empty or hidden."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _UNSAFE.sub("_", last).strip(" .")[:150] or "attachment"
