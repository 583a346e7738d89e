"""Segments of what real SDKs sent, read by the product's own readers."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from vedette.detecting.reading import assembled
from vedette.items import Effects, RawItem, kind_of
from vedette.problems.segment import Segment
from vedette.spans.rows import SPANS
from vedette.spool.meta import Meta
from vedette.wire.encodings import EncodingError, inflate
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader, read_headers, walk_items

_MOST_BYTES = 64 << 20


def read_segments(folder: str) -> dict[str, list[Segment]]:
    """The segments of every captured run by its label; spans of one run are read together."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    base = Path(folder)
    for line in (base / "index.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry.get("file"):
            rows[entry["label"]] += _rows(entry, (base / entry["file"]).read_bytes())
    return {label: _segments(found) for label, found in rows.items() if found}


def _rows(entry: dict[str, Any], body: bytes) -> list[dict[str, Any]]:
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    try:
        data = inflate(body, headers.get("content-encoding", "").encode(), _MOST_BYTES)
    except EncodingError:  # kept without the encoding it came in
        data = body
    if "/v1/traces" in entry["line"] or "/otlp" in entry["line"]:
        header = ItemHeader("otlp_traces", content_type=headers.get("content-type", ""))
        return _read(header, EnvelopeHeaders(), data)
    if "/envelope/" not in entry["line"]:
        return []
    envelope, offset = read_headers(data)
    found: list[dict[str, Any]] = []
    for item in walk_items(data, offset):
        if item.header.type in ("transaction", "span", "otel_span"):
            found += _read(item.header, envelope, item.payload(data))
    return found


def _read(header: ItemHeader, envelope: EnvelopeHeaders, payload: bytes) -> list[dict[str, Any]]:
    raw = RawItem(Meta(1, time.time()), envelope, header, payload, 0, envelope_line=b"{}")
    kind = kind_of(header.type)
    try:
        if kind.to_json is not None:
            raw.payload = kind.to_json(raw)
    except ValueError:
        return []
    effects = kind.read(raw)
    if not isinstance(effects, Effects):
        return []
    names = [column.name for column in SPANS.all_columns]
    return [{name: row.values.get(name) for name in names} for row in effects.rows]


def _segments(rows: list[dict[str, Any]]) -> list[Segment]:
    """A sender that tries again sends the same span twice."""
    spans = list({row["span_id"]: row for row in rows}.values())
    own = [row for row in spans if row["is_segment"] and row["transaction"]]
    return [whole.segment for whole in assembled(own, spans)]
