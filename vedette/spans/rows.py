"""The table `spans`: one row a span, from whatever sent it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from vedette.facts import Fact, ReleaseSeen
from vedette.items import RawItem, Row
from vedette.items._columns import blob, integer, text, time, uuid
from vedette.spans.origin import Columns
from vedette.spans.span import Attributes, NoSpan, Span, clean, mapping, span_id, trace_id
from vedette.spans.subject import Subject, subject_of
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.scalars import parse_timestamp

# Rows of one trace lie together: its ids and names are then stored once, not once a span.
SPANS = Table(
    name="spans",
    columns=(
        *integer("project_id", "user_number", "http_status"),
        *uuid("trace_id", "event_id", "replay_id", "profile_id"),
        *text("span_id", "parent_span_id", "segment_id"),
        Column("is_segment", ColumnType.BOOL),
        Column("is_failed", ColumnType.BOOL),
        Column("duration", ColumnType.FLOAT),  # milliseconds, as everything here that is a time
        Column("self_time", ColumnType.FLOAT),
        Column("weight", ColumnType.FLOAT),
        *time("received"),
        *text("transaction", "transaction_source", "op", "category", "description", "subject"),
        *text("action", "domain", "system", "status", "origin", "http_method"),
        *text("release", "dist", "environment", "service", "platform", "server_name"),
        *text("sdk_name", "sdk_version", "browser_name", "os_name", "device"),
        *text("user_key", "user_id", "user_email", "user_username", "user_ip"),
        *text("links"),
        Column("tags", ColumnType.TAGS),
        *text("body_blob"),
        *blob("body"),
    ),
    sort_key=("project_id", "trace_id", "timestamp"),
)

# What is no failure, in the words of Sentry's SDKs and of gRPC.
NO_FAILURES: Final = frozenset(("", "ok", "unset", "cancelled", "canceled", "unknown"))
_MOST_ATTRIBUTES: Final = 100
_MOST_CHARACTERS: Final = 1000
_MOST_LINKS: Final = 20
_MOST_RELEASES: Final = 200  # of one item: a collector's batch is of dozens of services
_DRIFT_SECONDS: Final = 55 * 60.0
_FUTURE_SECONDS: Final = 60.0
_PAST_SECONDS: Final = 30 * 86400.0
_EPOCH: Final = 1_000_000_000.0
# In columns already, or a list of what the SDK has switched on, as long as all else together.
_LEFT_OUT: Final = frozenset(
    (
        *("sentry.op", "sentry.origin", "sentry.sdk.integrations", "sentry.trace_lifecycle"),
        *(
            "sentry.source",
            "sentry.span.source",
            "sentry.segment.name.source",
            "sentry.transaction",
        ),
        *("http.request.header.baggage", "http.request.header.sentry-trace"),
        *(
            "sentry.segment.name",
            "sentry.segment.id",
            "sentry.sample_rate",
            "sentry.exclusive_time",
        ),
    )
)
_AGENT: Final = "user_agent.original"
_SAID_ELSEWHERE: Final = frozenset(("db.query.text", "db.statement", _AGENT))


def drift_of(spans: Iterable[Span], item: RawItem) -> int:
    """The microseconds to add to all times of an item that a wrong clock wrote; nearly always 0.

    A drift of an hour or so between `sent_at` and the server's clock moves them; what still
    ends in the future or more than 30 days back ended now (protocol, 2).
    """
    received = item.meta.received
    end = max((span.end for span in spans), default=0) / 1_000_000
    sent = parse_timestamp(item.envelope.sent_at) if item.envelope.sent_at else None
    drift = 0.0
    if sent is not None and abs(item.meta.sent_on - sent) >= _DRIFT_SECONDS:
        drift = item.meta.sent_on - sent
    if not received - _PAST_SECONDS <= end + drift <= received + _FUTURE_SECONDS:
        drift = received - end
    return round(drift * 1_000_000)


def row_of(span: Span, origin: Columns, item: RawItem, drift: int) -> Row:
    """The row of one span. The attributes that have columns are taken out of them.

    What is not known has no value in it: thousands of rows are held at a time.
    """
    attributes = span.attributes
    description = clean(span.description, _MOST_CHARACTERS)
    values: dict[str, Any] = {
        **origin,
        **_names(span.segment, _source(attributes), span.op, span.status, span.origin),
        **_about(subject_of(span.op, description, attributes)),
        "project_id": item.meta.project_id,
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "is_segment": span.is_segment,
        "timestamp": span.end + drift,
        "received": int(item.meta.received * 1_000_000),
        "duration": (span.end - span.start) / 1000,
        "tags": _tags(span, attributes),
    }
    if span.parent_span_id:
        values["parent_span_id"] = span.parent_span_id
    if span.segment_id:
        values["segment_id"] = span.segment_id
    if span.self_us is not None:
        values["self_time"] = span.self_us / 1000
    if description:
        values["description"] = description
    _add_exchange(values, attributes)
    if span.links and (links := _links(span.links)):
        values["links"] = links
    return Row(SPANS, values)


@lru_cache(maxsize=4096)
def _names(segment: str, source: str, op: str, status: str, origin: str) -> Columns:
    """The columns of what many spans say alike, as far as it is known."""
    status = status.lower()
    columns = {
        "transaction": clean(segment, 200),
        "transaction_source": source,
        "op": clean(op, 64),
        "status": clean("ok" if status == "unset" else status, 64),
        "origin": clean(origin, 128),
    }
    known: Columns = {name: value for name, value in columns.items() if value}
    known["is_failed"] = status not in NO_FAILURES
    return known


@lru_cache(maxsize=4096)
def _about(subject: Subject) -> Columns:
    """The columns of what a span is about, as far as it is known."""
    columns = {
        "category": clean(subject.category, 64),
        "subject": clean(subject.words, _MOST_CHARACTERS),
        "action": clean(subject.action, 64),
        "domain": clean(subject.domain, 200),
        "system": clean(subject.system, 64),
    }
    return {name: value for name, value in columns.items() if value}


def _add_exchange(values: Columns, attributes: Attributes) -> None:
    """The method and status of an HTTP exchange."""
    method = _method(attributes)
    if method:
        values["http_method"] = method
    status = _http_status(attributes)
    if status is not None:
        values["http_status"] = status


def releases_of(rows: Iterable[Row]) -> list[Fact]:
    """The releases that the segments among these rows are of: each once, and not very many."""
    found: dict[tuple[str, str], ReleaseSeen] = {}
    for row in rows:
        values = row.values
        if not values["is_segment"] or "release" not in values:
            continue
        seconds = values["timestamp"] / 1_000_000
        seen = ReleaseSeen(
            project_id=values["project_id"],
            release=values["release"],
            environment=values["environment"],
            first_seen=seconds,
            last_seen=seconds,
        )
        known = found.get((seen.release, seen.environment))
        if known is not None:
            known.absorb(seen)
        elif len(found) < _MOST_RELEASES:
            found[seen.release, seen.environment] = seen
    return list(found.values())


def _source(attributes: Attributes) -> str:
    for name in ("sentry.segment.name.source", "sentry.span.source", "sentry.source"):
        value = attributes.get(name)
        if isinstance(value, str):
            return clean(value, 32)
    return ""


def _method(attributes: Attributes) -> str:
    for name in ("http.request.method", "http.method", "method"):
        value = attributes.get(name)
        if isinstance(value, str):
            return clean(value.upper(), 16)
    return ""


def _http_status(attributes: Attributes) -> int | None:
    for name in ("http.response.status_code", "http.status_code", "status_code"):
        value = attributes.get(name)
        if isinstance(value, str) and len(value) == 3 and value.isdecimal():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
            return value
    return None


def _links(links: list[Any]) -> str | None:
    """`trace:span` of each, by blanks; what names no trace or no span is left out."""
    found = []
    for one in links[:_MOST_LINKS]:
        try:
            held = mapping(one)
            found.append(f"{trace_id(held.get('trace_id'))}:{span_id(held.get('span_id'))}")
        except NoSpan:
            continue
    return " ".join(found) or None


def _tags(span: Span, attributes: Attributes) -> list[tuple[str, str]]:
    """The attributes as texts; a moment near the span's becomes milliseconds since its start.

    Browsers send a dozen such moments with each request: as distances they can be read, and
    take a third of the room.
    """
    made: list[tuple[str, str]] = []
    for key, value in attributes.items():
        kept = _key(key)
        if not kept or (key in _SAID_ELSEWHERE and _is_said(key, value, span)):
            continue
        shown = value if isinstance(value, str) else _shown(key, value, span)
        if shown:
            made.append((kept, clean(shown, _MOST_CHARACTERS)))
            if len(made) == _MOST_ATTRIBUTES:
                break
    return made


@lru_cache(maxsize=4096)
def _key(key: str) -> str:
    """The key as it is stored; "" for one that is not."""
    return "" if key in _LEFT_OUT else clean(key, 200)


def _is_said(key: str, value: object, span: Span) -> bool:
    """Whether another column says it: the description, or those that are made of the agent."""
    if key == _AGENT:
        return not span.is_segment  # the segment says it, and each span its browser and system
    return value == span.description


def _shown(key: str, value: object, span: Span) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value > _EPOCH and key.startswith("http.request."):
            value = round(value * 1000 - span.start / 1000, 3)
        return _number(value)
    if isinstance(value, int):
        return str(value) if -(1 << 63) <= value < 1 << 64 else ""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    if not isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
