"""Items as the pipeline gives them to their kinds."""

from __future__ import annotations

import json
import time
from typing import Any

from vedette.items import Effects, RawItem, kind_of
from vedette.items._spans import SPANS
from vedette.outcome import Drop
from vedette.spool.meta import Meta
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader, read_headers, walk_items

TRACE, ROOT, CHILD = "a" * 32, "b" * 16, "c" * 16


def read(kind: str, payload: Any, headers: dict[str, Any] | None = None, **meta: Any) -> Any:
    """What one item comes to: `Effects`, or a `Drop`."""
    line = json.dumps(headers or {}).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    item = RawItem(
        Meta(meta.pop("project_id", 1), meta.pop("received", time.time()), **meta),
        EnvelopeHeaders(sent_at=(headers or {}).get("sent_at")),
        ItemHeader(kind),
        body,
        1,
        envelope_line=line,
    )
    return kind_of(kind).read(item)


def rows(found: Effects | Drop) -> list[dict[str, Any]]:
    """The values of the rows by column; what a row does not say is null."""
    assert isinstance(found, Effects), found
    nulls = dict.fromkeys(column.name for column in SPANS.columns)
    return [nulls | row.values for row in found.rows]


def rows_of_envelope(envelope: bytes, received: float) -> list[dict[str, Any]]:
    """The spans of a whole envelope."""
    headers, offset = read_headers(envelope)
    made: list[dict[str, Any]] = []
    for ordinal, item in enumerate(walk_items(envelope, offset)):
        if item.header.type in ("span", "transaction"):
            raw = RawItem(
                Meta(1, received),
                headers,
                item.header,
                item.payload(envelope),
                1,
                ordinal,
                envelope[: offset - 1],
            )
            made += rows(kind_of(item.header.type).read(raw))
    return made


def transaction(now: float, **changes: Any) -> dict[str, Any]:
    """A request of a second with one query of a quarter."""
    return {
        "type": "transaction",
        "transaction": "/checkout",
        "start_timestamp": now - 1,
        "timestamp": now,
        "contexts": {"trace": {"trace_id": TRACE, "span_id": ROOT, "op": "http.server"}},
        "spans": [
            {
                "span_id": CHILD,
                "parent_span_id": ROOT,
                "op": "db",
                "description": "SELECT * FROM orders WHERE id = 7",
                "start_timestamp": now - 0.75,
                "timestamp": now - 0.5,
            }
        ],
        **changes,
    }
