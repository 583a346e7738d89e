"""From a stored row to an event as people read it: restored, normalised, with its `_meta`."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
import zstandard
from django.conf import settings

from vedette.blobs import BlobFolder
from vedette.issues import drift, telemetry
from vedette.issues.shapes import Attachment, StoredEvent, UserReport
from vedette.items._feedback import FEEDBACK
from vedette.items.attachment import ATTACHMENTS
from vedette.items.user_report import REPORTS
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Remark, decode_remarks
from vedette.pipeline.scrub import meta as scrub_meta
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects
from vedette.wire.json_text import parse
from vedette.wire.normalise import normalise
from vedette.wire.remarks import Remarks
from vedette.wire.tolerant import anything

log = logging.getLogger("vedette.issues")

_COLUMNS = (
    *("project_id", "group_id", "event_id", "timestamp", "received", "size_bytes", "trace_id"),
    "replay_id",
    *(
        "event_type",
        "level",
        "platform",
        "environment",
        "user_ip",
        "tags",
        "remarks",
        "body",
        "body_blob",
    ),
    *("browser", "browser_name", "os", "os_name"),
)
# `application/png` is what the feedback widget of Sentry's SDKs says of its screenshot.
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/png")
_DAY = 86_400_000_000
_MOST_BESIDE = 1000
_LATE_DAYS = 8  # files and reports may follow their event that much later


@cache
def codec() -> PayloadCodec:
    """The process's payload codec."""
    return PayloadCodec()


@cache
def blobs() -> BlobFolder:
    """The process's blob store."""
    return BlobFolder(settings.CONFIG.blob_folder)


def read_row(
    visible: VisibleProjects,
    where: list[q.Condition],
    start: datetime,
    end: datetime,
    *,
    newest: bool,
) -> dict[str, Any] | None:
    """The newest or oldest event that matches, by column; None if there is none."""
    key = telemetry.ask(
        visible,
        {"event_id": q.Field("event_id"), "timestamp": q.Field("timestamp")},
        where,
        start,
        end,
        order_by=[q.Order("timestamp", newest), q.Order("event_id", newest)],
        limit=1,
    )
    if not key:
        return None
    event_id, at = key[0]
    return read_exact(visible, [*where, q.Compare(q.Field("event_id"), "=", event_id)], at)


def read_exact(
    visible: VisibleProjects, where: list[q.Condition], at: int
) -> dict[str, Any] | None:
    """The event of a known microsecond, by column."""
    rows = telemetry.ask(
        visible,
        {name: q.Field(name) for name in _COLUMNS},
        where,
        telemetry.moment(at),
        telemetry.moment(at + 1),
        limit=1,
    )
    return dict(zip(_COLUMNS, rows[0], strict=True)) if rows else None


def build(
    visible: VisibleProjects,
    project: Project,
    row: dict[str, Any],
    neighbours: dict[str, Any],
) -> StoredEvent:
    """The whole event of a row, with its files and reports."""
    visible = visible.only([project.pk])
    event_id = row["event_id"]
    return StoredEvent(
        project=project,
        event_id=event_id,
        group_id=row["group_id"],
        timestamp=telemetry.moment(row["timestamp"]),
        received=telemetry.moment(row["received"]),
        payload=read_payload(row),
        replay_id=row["replay_id"] or "",
        size_bytes=row["size_bytes"],
        attachments=attachments_of(visible, event_id, row["received"]),
        reports=_reports(visible, row),
        **neighbours,
    )


def read_payload(row: dict[str, Any]) -> dict[str, Any]:
    """The event's JSON in its documented types, completed with what the server derived.

    Never raises for what is stored: what cannot be read is said to be unreadable in `_meta`.
    """
    raw, tree = _restored(row)
    held_meta = anything(tree.get("_meta"), (), Remarks())
    event, remarks = normalise(tree)
    scrubbed = scrub_meta(raw, _remarks(row))
    held = held_meta if isinstance(held_meta, dict) else {}
    event["_meta"] = _merge(_merge(held, remarks), scrubbed)
    _complete(event, row)
    return event


def _restored(row: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The stored bytes and the object in them; empty ones with a remark if there is none."""
    try:
        raw = codec().restore(_body(row))
        tree = parse(raw)
        if isinstance(tree, dict):
            return raw, tree
        log.error("the payload of event %s is no object", row["event_id"])
    except (zstandard.ZstdError, ValueError):
        log.exception("the payload of event %s cannot be read", row["event_id"])
    return b"{}", {"_meta": {"": {"err": ["payload_unreadable"]}}}


def _remarks(row: dict[str, Any]) -> tuple[Remark, ...]:
    try:
        return decode_remarks(row["remarks"] or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        log.exception("the remarks of event %s cannot be read", row["event_id"])
        return ()


def _body(row: dict[str, Any]) -> bytes:
    """The compressed payload: in the row, or in the blob that the row names."""
    if row["body"] is not None:
        held: bytes = row["body"]
        return held
    return blobs().get(row["body_blob"] or "") or b""


def _complete(event: dict[str, Any], row: dict[str, Any]) -> None:
    """Put in what lies in columns only: ids, level, tags, the user's address, the client."""
    event["event_id"] = row["event_id"]
    event["level"] = row["level"]
    event["platform"] = event.get("platform") or row["platform"]
    event["type"] = row["event_type"]
    event["environment"] = row["environment"]
    drift.correct(event, row["timestamp"] / 1_000_000)
    event["received"] = row["received"] / 1_000_000
    event["tags"] = sorted([key, value] for key, value in dict(row["tags"] or {}).items())
    if row["user_ip"]:
        user = event["user"] = event.get("user") or {}
        user["ip_address"] = row["user_ip"]
    contexts = event["contexts"] = event.get("contexts") or {}
    for name, text in (("browser", "browser"), ("os", "os")):
        label = row[f"{name}_name"]
        known = contexts.get(name) or contexts.get("client_os" if name == "os" else name)
        if label and not known:
            version = row[text].removeprefix(label).strip()
            key = "client_os" if name == "os" else name
            contexts[key] = {"name": label, "version": version or None, "type": name}


def _merge(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    merged = dict(left)
    for key, value in right.items():
        held = merged.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            merged[key] = _merge(held, value)
        else:
            merged[key] = value
    return merged


def attachments_of(visible: VisibleProjects, event_id: str, received: int) -> list[Attachment]:
    """The files that came with what has this id; `received` is its time in microseconds."""
    names = ("attachment_id", "name", "content_type", "attachment_type", "size_bytes")
    rows = _beside(visible, ATTACHMENTS.name, names, {"event_id": event_id, "received": received})
    return [
        Attachment(
            id=row[0],
            name=row[1],
            content_type=row[2],
            attachment_type=row[3],
            size_bytes=row[4],
            is_image=row[2].partition(";")[0].lower() in _IMAGES,
        )
        for row in rows
    ]


def _reports(visible: VisibleProjects, row: dict[str, Any]) -> list[UserReport]:
    """What people wrote about the event, the oldest first."""
    names = ("name", "email", "comments", "received")
    said = [(*one[:4], "") for one in _beside(visible, REPORTS.name, names, row)]
    said += [
        (*one[:4], one[4]) for one in _beside(visible, FEEDBACK.name, (*names, "feedback_id"), row)
    ]
    return [
        UserReport(
            name=name or "",
            email=email or "",
            comments=text,
            timestamp=telemetry.moment(at),
            feedback_id=feedback_id,
        )
        for name, email, text, at, feedback_id in sorted(said, key=lambda one: one[3])
    ]


def _beside(
    visible: VisibleProjects, table: str, names: tuple[str, ...], row: dict[str, Any]
) -> list[list[Any]]:
    """What came with an event: stored by the time it was received, at most days later."""
    select = q.Select(
        table=table,
        projects=visible,
        columns={**{name: q.Field(name) for name in names}, "at": q.Field("timestamp")},
        where=[q.Compare(q.Field("event_id"), "=", row["event_id"])],
        start=row["received"] - _DAY,
        end=row["received"] + _LATE_DAYS * _DAY,
        order_by=[q.Order("at")],
        limit=_MOST_BESIDE,
    )
    return store().query(select).rows
