"""Sessions and their aggregates: what release health is counted from.

A session comes as updates, each a row; the last of them is what it came to (`SESSIONS.updates`).
So an update that comes twice, late or out of order changes nothing. The rows of an
aggregate are sessions of their own. Sessions and users are numbers, hashes of what the client
calls them: they are counted, never shown, and counting numbers costs a quarter.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
import xxhash

from vedette.facts import Fact, ReleaseSeen
from vedette.items import Effects, ItemKind, RawItem, Row, SearchField
from vedette.items._columns import integer, text, time
from vedette.outcome import Drop, DropReason
from vedette.store.query import Newest
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.envelope import build_envelope
from vedette.wire.scalars import parse_timestamp
from vedette.wire.session import STATE_OF_STATUS, STATES

SESSIONS = Table(
    name="sessions",
    columns=(
        *integer("project_id", "session_number", "user_number", "rank", "errors", "quantity"),
        *time("received", "started"),
        *text("state", "release", "environment"),
        Column("is_aggregate", ColumnType.BOOL),
        Column("duration_seconds", ColumnType.FLOAT),
    ),
    updates=Newest(
        by=("project_id", "session_number"), order=("rank",), fixed=("release", "environment")
    ),
)
_MOST_AGGREGATES: Final = 1000
_MOST_SESSIONS: Final = 1 << 31  # in one aggregate
_MOST_ERRORS: Final = 127  # that a rank tells apart
_MOST_STATES: Final = 8
_MOST_SEQUENCE: Final = (1 << 53) - 1


class _Session(msgspec.Struct):
    sid: Any = None
    did: Any = None
    seq: Any = None
    timestamp: Any = None
    started: Any = None
    duration: Any = None
    status: Any = None
    errors: Any = None
    attrs: Any = None
    aggregates: Any = None


_decode = msgspec.json.Decoder(_Session).decode


def read(item: RawItem) -> Effects | Drop:
    """One row for a session's update, one per state of an aggregate (protocol, 3.6)."""
    try:
        session = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    attributes = session.attrs if isinstance(session.attrs, dict) else {}
    release = _text(attributes.get("release"), 250).strip()
    if not release:
        return Drop(DropReason.NO_RELEASE)
    base = {
        "project_id": item.meta.project_id,
        "received": _micros(item.meta.received),
        "release": release,
        "environment": _text(attributes.get("environment"), 64) or "production",
    }
    if item.header.type == "sessions":
        rows = _aggregate_rows(session, base, item)
    else:
        rows = [Row(SESSIONS, {**base, **_update(session, item)})]
    return Effects(rows=rows, facts=_facts(rows))


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


def _update(session: _Session, item: RawItem) -> dict[str, Any]:
    """What one update says. Without a number of its own its time puts it in order."""
    received = item.meta.received
    started = parse_timestamp(session.started) or received
    errors = session.errors if _is_count(session.errors) else 0
    at = parse_timestamp(session.timestamp) or received
    state = _state(session.status, errors)
    sequence = session.seq if _is_count(session.seq) else int(at * 1000)
    sid = _text(session.sid, 36).replace("-", "").lower()
    user = _text(session.did, 200)
    return {
        "timestamp": _near(started, item),
        "started": _micros(started),
        "session_number": _number_of(sid) if sid else _own_number(item, 0),
        "user_number": _number_of(user) if user else None,
        "rank": _rank(sequence, errors, state),
        "is_aggregate": False,
        "state": state,
        "errors": errors,
        "duration_seconds": _duration(session.duration),
        "quantity": 1,
    }


def _state(status: object, errors: int) -> str:
    """A session that goes on, or says what nobody knows, is as good as its errors."""
    state = STATE_OF_STATUS.get(status, "healthy") if isinstance(status, str) else "healthy"
    return "errored" if state == "healthy" and errors else state


def _aggregate_rows(session: _Session, base: dict[str, Any], item: RawItem) -> list[Row]:
    received = item.meta.received
    rows: list[Row] = []
    aggregates = session.aggregates if isinstance(session.aggregates, list) else []
    for aggregate in aggregates[:_MOST_AGGREGATES]:
        if not isinstance(aggregate, dict):
            continue
        started = parse_timestamp(aggregate.get("started")) or received
        user = _text(aggregate.get("did"), 200)
        for status, state in STATE_OF_STATUS.items():
            quantity = aggregate.get(status)
            if not _is_count(quantity) or not quantity:
                continue
            row = {
                **base,
                "timestamp": _near(started, item),
                "started": _micros(started),
                "session_number": _own_number(item, len(rows)),
                "user_number": _number_of(user) if user else None,
                "rank": 0,
                "is_aggregate": True,
                "state": state,
                "errors": int(state != "healthy"),
                "quantity": min(quantity, _MOST_SESSIONS),
            }
            rows.append(Row(SESSIONS, row))
    return rows


def _facts(rows: list[Row]) -> list[Fact]:
    """Where and when the release was seen."""
    if not rows:
        return []
    first = rows[0].values
    times = [row.values["timestamp"] / 1_000_000 for row in rows]
    return [
        ReleaseSeen(
            project_id=first["project_id"],
            release=first["release"],
            environment=first["environment"],
            first_seen=min(times),
            last_seen=max(times),
        )
    ]


def _rank(sequence: int, errors: int, state: str) -> int:
    """The place of an update among those of its session: by number, by errors, the worst last."""
    rank = min(sequence, _MOST_SEQUENCE) * (_MOST_ERRORS + 1) + min(errors, _MOST_ERRORS)
    return rank * _MOST_STATES + STATES.index(state)


def _own_number(item: RawItem, place: int) -> int:
    """The number of what has no id: the same when the item is read again, else no other's."""
    meta = item.meta
    what = f"{meta.received!r} {item.position} {item.ordinal} {place}".encode()
    return _signed(xxhash.xxh3_64_intdigest(what + item.payload))


def _number_of(text: str) -> int:
    """Stands for a session or a user without naming them."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def _micros(seconds: float) -> int:
    return int(seconds * 1_000_000)


def _near(started: float, item: RawItem) -> int:
    """The time under which a session is stored: its start, unless the clock was far off.

    All updates of a session must come to the same day. So a start in the future is corrected
    by how far the client's clock was ahead when it sent this, which is the same in each.
    """
    received = item.meta.received
    if started > received + 60:
        sent = parse_timestamp(item.envelope.sent_at)
        started -= max(sent - item.meta.sent_on, 0) if sent else 0
    is_near = received - 30 * 86400 < started < received + 60
    return _micros(started if is_near else received)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


def _duration(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < 1e12 else None


def _text(value: object, most: int) -> str:
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


KIND = ItemKind(
    types=("session", "sessions"),
    category="session",
    is_limited=False,
    most_bytes=10 << 20,
    tables=(SESSIONS,),
    person_number=_number_of,
    fields={
        "release": SearchField(column="release", help="the release"),
        "environment": SearchField(column="environment", help="where it ran"),
        "session.status": SearchField(column="state", help="how it ended", values=STATES),
    },
    read=read,
    sample=sample,
)
