"""Sessions and their aggregates, kept for release health."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.facts import Fact, SessionSeen
from vedette.items import Effects, ItemKind, RawItem, Row
from vedette.items._columns import integer, text, time
from vedette.outcome import Drop, DropReason
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.envelope import build_envelope
from vedette.wire.tolerant import parse_timestamp

SESSIONS = Table(
    name="sessions",
    columns=(
        *integer("project_id", "sequence", "errors", "quantity"),
        *time("received", "started"),
        *text("session_id", "user_key", "status", "release", "environment"),
        Column("is_initial", ColumnType.BOOL),
        Column("is_aggregate", ColumnType.BOOL),
        Column("duration_seconds", ColumnType.FLOAT),
    ),
)

_STATUSES = ("exited", "errored", "crashed", "abnormal", "unhandled")
_MOST_AGGREGATES = 1000


class _Session(msgspec.Struct):
    sid: Any = None
    did: Any = None
    seq: Any = None
    init: Any = None
    timestamp: Any = None
    started: Any = None
    duration: Any = None
    status: Any = None
    errors: Any = None
    attrs: Any = None
    aggregates: Any = None


_decode = msgspec.json.Decoder(_Session).decode


def read(item: RawItem) -> Effects | Drop:
    """One row for a session update, one per status of an aggregate (protocol, 3.6)."""
    try:
        session = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    attributes = session.attrs if isinstance(session.attrs, dict) else {}
    release = _text(attributes.get("release"), 250)
    if not release:
        return Drop(DropReason.NO_RELEASE)
    base = {
        "project_id": item.meta.project_id,
        "received": int(item.meta.received * 1_000_000),
        "release": release,
        "environment": _text(attributes.get("environment"), 64) or "production",
    }
    if item.header.type == "sessions":
        return _effects(_aggregate_rows(session, base, item.meta.received))
    started = parse_timestamp(session.started) or item.meta.received
    row = {
        **base,
        "timestamp": _near(started, item.meta.received),
        "started": int(started * 1_000_000),
        "session_id": _text(session.sid, 36).replace("-", ""),
        "user_key": _text(session.did, 200),
        "sequence": session.seq if _is_count(session.seq) else int(item.meta.received * 1000),
        "is_initial": session.init is True,
        "is_aggregate": False,
        "status": _text(session.status, 16) or "ok",
        "errors": session.errors if _is_count(session.errors) else 0,
        "duration_seconds": _number(session.duration),
        "quantity": 1,
    }
    return _effects([Row(SESSIONS, row)])


def sample() -> bytes:
    """A healthy session."""
    session = {
        "sid": "c1f8e0a0c0de4c1f8e0a0c0de4c1f8e0",
        "init": True,
        "started": "2026-01-01T00:00:00Z",
        "status": "exited",
        "attrs": {"release": "shop@1.0.0"},
    }
    return build_envelope({}, [({"type": "session"}, msgspec.json.encode(session))])


def _aggregate_rows(session: _Session, base: dict[str, Any], received: float) -> list[Row]:
    rows: list[Row] = []
    aggregates = session.aggregates if isinstance(session.aggregates, list) else []
    for aggregate in aggregates[:_MOST_AGGREGATES]:
        if not isinstance(aggregate, dict):
            continue
        started = parse_timestamp(aggregate.get("started")) or received
        for status in _STATUSES:
            quantity = aggregate.get(status)
            if not _is_count(quantity) or not quantity:
                continue
            row = {
                **base,
                "timestamp": _near(started, received),
                "started": int(started * 1_000_000),
                "user_key": _text(aggregate.get("did"), 200),
                "is_initial": True,
                "is_aggregate": True,
                "status": status,
                "errors": int(status != "exited"),
                "quantity": quantity,
            }
            rows.append(Row(SESSIONS, row))
    return rows


def _effects(rows: list[Row]) -> Effects:
    """The rows, and the fact that each of them is."""
    facts: list[Fact] = [
        SessionSeen(
            project_id=row.values["project_id"],
            release=row.values["release"],
            environment=row.values["environment"],
            started=row.values["started"] / 1_000_000,
            status=row.values["status"],
            quantity=row.values["quantity"],
            session_id=row.values.get("session_id", ""),
            user_key=row.values["user_key"],
        )
        for row in rows
    ]
    return Effects(rows=rows, facts=facts)


def _near(started: float, received: float) -> int:
    """The time under which a session is stored: its start, unless the clock was far off."""
    is_near = received - 30 * 86400 < started < received + 60
    return int((started if is_near else received) * 1_000_000)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else None


def _text(value: object, most: int) -> str:
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


KIND = ItemKind(
    types=("session", "sessions"),
    category="session",
    facts=(SessionSeen,),
    is_limited=False,
    most_bytes=10 << 20,
    tables=(SESSIONS,),
    read=read,
    sample=sample,
)
