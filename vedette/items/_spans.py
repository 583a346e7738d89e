"""What the kinds that bring spans have in common: their search keys, and effects from spans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from vedette.items import Counted, Effects, RawItem, SearchField
from vedette.outcome import DropReason
from vedette.spans.origin import Columns, Origins
from vedette.spans.rows import SPANS, drift_of, releases_of, row_of
from vedette.spans.span import Span, mapping

__all__ = ["FIELDS", "SPANS", "effects_of", "header_of"]


def effects_of(
    item: RawItem,
    spans: list[Span],
    refused: int,
    origin: Columns | None = None,
) -> Effects:
    """A row for each span; what was sent as one and is none is counted as invalid.

    `origin` are the columns that all have in common; without them each span says its own.
    """
    drift = drift_of(spans, item)
    if origin is not None:
        rows = [row_of(span, origin, item, drift) for span in spans]
    else:
        origins = Origins(header_of(item), item.meta.remote_address)
        rows = [row_of(span, origins.columns(span.attributes), item, drift) for span in spans]
    return Effects(
        rows=rows,
        facts=releases_of(rows),
        outcomes=list(_counted(refused)),
        quantity=len(rows),
    )


def header_of(item: RawItem) -> dict[str, Any]:
    """The trace header of the envelope (protocol, DSC); empty where there is none."""
    try:
        return mapping(_decode_header(item.envelope_line).trace)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


class _Header(msgspec.Struct):
    trace: Any = None


_decode_header = msgspec.json.Decoder(_Header).decode


def _counted(refused: int) -> Iterable[Counted]:
    if refused:
        outcome, reason = DropReason.INVALID_ITEM.value
        yield Counted("span", outcome, reason, refused)


def _field(column: str, help: str, unit: str = "", values: tuple[str, ...] = ()) -> SearchField:  # noqa: A002 - as SearchField calls it
    return SearchField(column=column, help=help, unit=unit, values=values)


_DURATION = _field("duration", "how long it took: >1s", "ms")
_SEGMENT = _field("is_segment", "whether a service began with it: a transaction")
_NAME = _field("transaction", "the route or task whose span it is")
_DOMAIN = _field("domain", "table, host, queue or model")
_STATUS = _field("status", "ok, or what went wrong")
_METHOD = _field("http_method", "GET, POST …")
_HTTP_STATUS = _field("http_status", "the status of the HTTP answer")

FIELDS: dict[str, SearchField] = {
    "transaction": _NAME,
    "op": _field("op", "the kind of work: db, http.client, queue.process …"),
    "transaction.op": _field("op", "the kind of work"),
    "transaction.duration": _DURATION,
    "transaction.status": _STATUS,
    "transaction.source": _field("transaction_source", "what the name is: route, url, task …"),
    "is_transaction": _SEGMENT,
    "is_segment": _SEGMENT,
    "span.op": _field("op", "the kind of work: db, http.client, queue.process …"),
    "span.category": _field("category", "the kind of work without its details"),
    "span.description": _field("description", "what was done"),
    "message": _field("description", "what was done"),
    "span.subject": _field("subject", "what was done, without what differs each time"),
    "span.action": _field("action", "its verb: SELECT, GET …"),
    "span.domain": _DOMAIN,
    "span.system": _field("system", "what did it: postgresql, redis, openai …"),
    "span.duration": _DURATION,
    "duration": _DURATION,
    "span.self_time": _field("self_time", "its time outside of its children", "ms"),
    "span.exclusive_time": _field("self_time", "its time outside of its children", "ms"),
    "span.status": _STATUS,
    "span.status_code": _HTTP_STATUS,
    "http.status_code": _HTTP_STATUS,
    "http.method": _METHOD,
    "is_failed": _field("is_failed", "whether it failed"),
    "span_id": _field("span_id", "the span's own id"),
    "parent_span": _field("parent_span_id", "the span that began it"),
    "segment.id": _field("segment_id", "the span that its service began with"),
    "trace": _field("trace_id", "the trace it belongs to"),
    "id": _field("event_id", "the event id of a transaction"),
    "replayId": _field("replay_id", "the replay it belongs to"),
    "profile.id": _field("profile_id", "its profile"),
    "release": _field("release", "the version that was running"),
    "dist": _field("dist", "the build of the release"),
    "environment": _field("environment", "production, staging …"),
    "service": _field("service", "the service's name"),
    "platform": _field("platform", "the language of the SDK"),
    "server_name": _field("server_name", "the host that sent it"),
    "sdk.name": _field("sdk_name", "the SDK that sent it"),
    "sdk.version": _field("sdk_version", "the version of the SDK"),
    "browser.name": _field("browser_name", "browser without version"),
    "os.name": _field("os_name", "operating system without version"),
    "device": _field("device", "the device's model"),
    "user": _field("user_key", "any of the user's details; user:id:… for one of them"),
    "user.id": _field("user_id", "the user's id"),
    "user.email": _field("user_email", "the user's e-mail address"),
    "user.username": _field("user_username", "the user's name"),
    "user.ip": _field("user_ip", "the user's IP address"),
    "origin": _field("origin", "what made the span: auto.db.psycopg2, manual …"),
    "timestamp": _field("timestamp", "when it ended: -24h, or after a date: >2026-01-31"),
}
