"""Events as Sentry's API gives them: camelCase entries beside the payload as it is stored."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson
from django.conf import settings

from vedette.control.choosing import resolved_at
from vedette.control.places import Place
from vedette.issues.models import Issue
from vedette.issues.shapes import EventRow, StoredEvent
from vedette.options import Value, groups
from vedette.pipeline.grouping import Title, title
from vedette.projects.models import Project, ProjectKey
from vedette.web.api.issue_shapes import metadata, time_text
from vedette.web.api.occurrences import occurrence_shape
from vedette.wire.event import decode_event
from vedette.wire.template import fill


def event_row_shape(row: EventRow, issue: Issue) -> dict[str, Any]:
    """One line of an event list."""
    return {
        "id": row.event_id,
        "eventID": row.event_id,
        "groupID": str(issue.pk),
        "projectID": str(issue.project_id),
        "title": row.title,
        "message": row.title,
        "culprit": issue.culprit,
        "platform": issue.platform,
        "dateCreated": time_text(row.timestamp),
        "event.type": issue.event_type,
        "tags": [
            {"key": key, "value": value}
            for key, value in (
                ("environment", row.environment),
                ("release", row.release),
                ("user", row.user),
            )
            if value
        ],
        "user": {"id": row.user.partition(":")[2]} if row.user else None,
    }


def event_shape(event: StoredEvent, issue: Issue) -> dict[str, Any]:
    """The whole event: Sentry's shape, and every stored field it has no name for."""
    payload = event.payload
    extra = payload.get("extra") or {}
    logentry = payload.get("logentry") or {}
    message = _message(logentry) or payload.get("message")
    own = _own_title(payload)
    return {
        **payload,
        "id": event.event_id,
        "eventID": event.event_id,
        "groupID": str(issue.pk),
        "projectID": str(event.project.pk),
        "title": own.text if own is not None else issue.title,
        "message": message or "",
        "platform": payload.get("platform"),
        "type": issue.event_type,
        "culprit": own.culprit if own is not None else issue.culprit,
        "location": (own or issue).filename or None,
        "dateCreated": time_text(event.timestamp),
        "dateReceived": time_text(event.received),
        "size": event.size_bytes,
        "entries": _entries(payload),
        "tags": [{"key": key, "value": value} for key, value in payload.get("tags") or []],
        "user": payload.get("user"),
        "contexts": payload.get("contexts") or {},
        "context": extra,
        "extra": extra,
        "packages": payload.get("modules") or {},
        "sdk": payload.get("sdk"),
        "errors": [],
        "fingerprints": [f"{event.group_id & (1 << 64) - 1:016x}"],
        "metadata": metadata(own or issue),
        "release": {"version": payload["release"]} if payload.get("release") else None,
        "dist": payload.get("dist"),
        "_meta": payload.get("_meta") or {},
        "userReport": _report_shape(event),
        "nextEventID": event.next_id,
        "previousEventID": event.previous_id,
        "occurrence": occurrence_shape(event.event_id, payload),
    }


def _own_title(payload: dict[str, Any]) -> Title | None:
    """What this event is called, which need not be what its issue is called by now."""
    try:
        return title(decode_event(orjson.dumps(payload)))
    except (msgspec.MsgspecError, orjson.JSONEncodeError):
        return None


def _message(logentry: dict[str, Any]) -> str:
    """A log entry as people read it."""
    return logentry.get("formatted") or fill(logentry.get("message") or "", logentry.get("params"))


def _report_shape(event: StoredEvent) -> dict[str, Any] | None:
    """What a person wrote about the event: the newest, as Sentry shows one."""
    if not event.reports:
        return None
    report = max(event.reports, key=lambda one: one.timestamp)
    return {
        "id": event.event_id,
        "eventID": event.event_id,
        "event": {"id": event.event_id, "eventID": event.event_id},
        "name": report.name,
        "email": report.email,
        "comments": report.comments,
        "dateCreated": time_text(report.timestamp),
        "user": None,
    }


def attachment_shapes(event: StoredEvent) -> list[dict[str, Any]]:
    """The files of an event."""
    return [
        {
            "id": file.id,
            "event_id": event.event_id,
            "type": file.attachment_type,
            "name": file.name,
            "mimetype": file.content_type,
            "dateCreated": time_text(event.received),
            "size": file.size_bytes,
        }
        for file in event.attachments
    ]


def key_shape(project: Project, base_url: str) -> list[dict[str, Any]]:
    """A project's keys with their DSNs."""
    return [
        {
            "id": key.public_key,
            "name": key.label,
            "label": key.label,
            "public": key.public_key,
            "projectId": project.pk,
            "isActive": key.is_active,
            "dateCreated": time_text(key.created_at),
            "rateLimit": {"window": 60, "count": most} if (most := _most(key)) else None,
            "dsn": {"public": key.dsn(base_url)},
        }
        for key in project.keys.order_by("id")
    ]


def _most(key: ProjectKey) -> Value:
    """How many events of each kind it lets in within a minute; 0 for any number."""
    found = resolved_at(Place(key=key), groups()["intake"], settings.CONFIG)
    return found["events_per_minute"].value


def _entries(payload: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    exceptions = [value for value in _values(payload, "exception") if value]
    if exceptions:
        values = [_exception(value) for value in exceptions]
        data = {"values": values, "hasSystemFrames": _has_system(values), "excOmitted": None}
        entries.append({"type": "exception", "data": data})
    if payload.get("stacktrace"):
        entries.append({"type": "stacktrace", "data": _stacktrace(payload["stacktrace"])})
    threads = [value for value in _values(payload, "threads") if value]
    if threads:
        values = [
            {**thread, "stacktrace": _stacktrace(thread.get("stacktrace"))} for thread in threads
        ]
        entries.append({"type": "threads", "data": {"values": values}})
    logentry = payload.get("logentry") or {}
    text = _message(logentry) or payload.get("message")
    if text:
        data = {**logentry, "formatted": text}
        entries.append({"type": "message", "data": data})
    crumbs = [value for value in _values(payload, "breadcrumbs") if value]
    if crumbs:
        entries.append({"type": "breadcrumbs", "data": {"values": crumbs}})
    if payload.get("request"):
        entries.append({"type": "request", "data": _request(payload["request"])})
    if payload.get("debug_meta"):
        entries.append({"type": "debugmeta", "data": payload["debug_meta"]})
    return entries


def _values(payload: dict[str, Any], name: str) -> list[Any]:
    held = payload.get(name)
    return (held.get("values") or []) if isinstance(held, dict) else []


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": value.get("type"),
        "value": value.get("value"),
        "module": value.get("module"),
        "mechanism": value.get("mechanism"),
        "threadId": value.get("thread_id"),
        "stacktrace": _stacktrace(value.get("stacktrace")),
        "rawStacktrace": _stacktrace(value.get("raw_stacktrace")),
    }


def _stacktrace(stack: dict[str, Any] | None) -> dict[str, Any] | None:
    if not stack:
        return None
    frames = [_frame(frame) for frame in stack.get("frames") or [] if frame]
    return {
        "frames": frames,
        "framesOmitted": stack.get("frames_omitted"),
        "registers": stack.get("registers"),
        "hasSystemFrames": any(not frame["inApp"] for frame in frames),
    }


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    return {
        "filename": frame.get("filename"),
        "absPath": frame.get("abs_path"),
        "module": frame.get("module"),
        "package": frame.get("package"),
        "platform": frame.get("platform"),
        "function": frame.get("function"),
        "rawFunction": frame.get("raw_function"),
        "lineNo": frame.get("lineno"),
        "colNo": frame.get("colno"),
        "inApp": bool(frame.get("in_app")),
        "context": _context(frame),
        "vars": frame.get("vars"),
        "data": frame.get("data"),
        "instructionAddr": frame.get("instruction_addr"),
    }


def _context(frame: dict[str, Any]) -> list[list[Any]]:
    line, at = frame.get("context_line"), frame.get("lineno")
    if line is None or at is None:
        return []
    before = frame.get("pre_context") or []
    lines = [*before, line, *(frame.get("post_context") or [])]
    first = at - len(before)
    return [[first + index, text] for index, text in enumerate(lines)]


def _request(request: dict[str, Any]) -> dict[str, Any]:
    query = request.get("query_string")
    return {
        "method": request.get("method"),
        "url": request.get("url"),
        "query": query if isinstance(query, list) else [],
        "queryString": query if isinstance(query, str) else None,
        "data": request.get("data"),
        "headers": request.get("headers") or [],
        "cookies": request.get("cookies") or [],
        "env": request.get("env"),
        "fragment": request.get("fragment"),
        "inferredContentType": request.get("inferred_content_type"),
    }


def _has_system(values: list[dict[str, Any]]) -> bool:
    return any((value["stacktrace"] or {}).get("hasSystemFrames") for value in values)
