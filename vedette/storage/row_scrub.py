"""A stored row as its project's rules of scrubbing would have it today.

The body of a row is scrubbed as it was when it came; the columns that were made of it are put
where rules look for them, and read back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import zstandard

from vedette.items import INLINE_BYTES
from vedette.items._feedback import FEEDBACK
from vedette.items._kept import KEPT_ITEMS
from vedette.items._replays import REPLAYS
from vedette.items.event import ERRORS
from vedette.items.user_report import REPORTS
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, TooCostly, decode_remarks, encode_remarks
from vedette.spans.origin import number_of
from vedette.spans.rows import SPANS
from vedette.store.table import Table

_USER = {"user_id": "id", "user_email": "email", "user_username": "username",
         "user_ip": "ip_address"}  # fmt: skip

_OF_SPANS = ("description", "data")
# By which of them a user is known, the first first.
_KEYED = {"user_id": "id", "user_username": "username", "user_email": "email", "user_ip": "ip"}
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A table whose rows hold what people may have written.

    `keys` tell a row from others; `texts` are columns, which rules meet by their names;
    `tags` is where its tags are met. `has_codec`: bodies are packed as those of events.
    """

    table: Table
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    tags: str = ""
    has_body: bool = True
    has_codec: bool = True


STORED: tuple[Stored, ...] = (
    Stored(
        table=ERRORS,
        keys=("project_id", "event_id"),
        texts=("value", "message", "transaction", "server_name", "url", "culprit"),
        tags="tags",
    ),
    Stored(
        table=SPANS,
        keys=("project_id", "trace_id", "span_id"),
        texts=("description", "transaction", "subject", "server_name"),
        tags="data",
    ),
    Stored(
        table=REPORTS,
        keys=("project_id", "event_id", "received"),
        texts=("name", "email", "comments"),
        has_body=False,
    ),
    Stored(
        table=FEEDBACK,
        keys=("project_id", "feedback_id", "received"),
        texts=("name", "email", "comments", "url"),
        tags="tags",
        has_body=False,
    ),
    Stored(
        table=REPLAYS,
        keys=("project_id", "replay_id", "segment_id", "part"),
        texts=("urls", "marks", "track"),
        tags="tags",
    ),
    Stored(
        table=KEPT_ITEMS,
        keys=("project_id", "writer", "position", "ordinal"),
        texts=(),
        has_codec=False,
    ),
)


class RowScrub:
    """The rules of one project, for rows of one table. `get` and `put` are of blobs."""

    def __init__(
        self,
        stored: Stored,
        scrubber: Scrubber,
        get: Callable[[str], bytes | None],
        put: Callable[[bytes], str],
    ) -> None:
        self._stored = stored
        self._scrubber = scrubber
        self._get, self._put = get, put
        self._codec = PayloadCodec()

    def of(self, row: dict[str, Any], *, is_written: bool) -> tuple[dict[str, Any], Counter[str]]:
        """What changes in a row, and how many values by rule; nothing is written unless asked."""
        changes, found = self._columns(row)
        if self._stored.has_body:
            body, of_body = self._body(row, is_written=is_written)
            changes.update(body)
            found = of_body or found  # what columns say is said in the body
        return changes, found

    def _columns(self, row: dict[str, Any]) -> tuple[dict[str, Any], Counter[str]]:
        user = {name: row[column] for column, name in _USER.items() if row.get(column)}
        sent: dict[str, Any] = {
            column: row[column] for column in self._stored.texts if row.get(column)
        }
        tags = row.get("tags")
        if user:
            sent["user"] = user
        if tags and self._stored.tags:
            sent[self._stored.tags] = dict(tags)
        done = self._scrub(msgspec.json.encode(self._within(sent)))
        if done is None or not done[1]:
            return {}, Counter()
        kept = self._out_of(_decode(done[0]))
        changes = {
            column: kept.get(column)
            for column in self._stored.texts
            if row.get(column) and kept.get(column) != row[column]
        }
        left = kept.get("user") or {}
        changes |= {
            column: left.get(name)
            for column, name in _USER.items()
            if row.get(column) and left.get(name) != row[column]
        }
        if changes.keys() & _USER.keys() and row.get("user_key"):
            changes |= _key_of({**row, **changes})
        if tags and self._stored.tags:
            held = kept.get(self._stored.tags) or {}
            pairs = [(key, str(value)) for key, value in held.items() if value is not None]
            if pairs != [tuple(pair) for pair in tags]:
                changes["tags"] = pairs
        return changes, done[1]

    def _within(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What a span alone says stands where spans stand in a payload."""
        if self._stored.table is not SPANS:
            return sent
        own = {name: sent.pop(name) for name in _OF_SPANS if name in sent}
        return {**sent, "spans": [own]}

    def _out_of(self, kept: dict[str, Any]) -> dict[str, Any]:
        if self._stored.table is not SPANS:
            return kept
        (own,) = kept["spans"] or ({},)
        return {**kept, **(own or {})}

    def _body(
        self, row: dict[str, Any], *, is_written: bool
    ) -> tuple[dict[str, Any], Counter[str]]:
        held = row["body"] if row["body"] is not None else self._get(row["body_blob"] or "")
        try:
            payload = self._unpacked(held or b"")
        except zstandard.ZstdError:
            return {}, Counter()
        if payload[:1] not in (b"{", b"["):
            return {}, Counter()
        has_remarks = "remarks" in row
        earlier = decode_remarks(row["remarks"] or b"") if has_remarks else ()
        try:
            done = self._scrubber.scrub(payload, earlier)
        except TooCostly:
            return {}, Counter()
        if done.payload == payload:
            return {}, Counter()
        before = Counter(one.rule for one in earlier)
        found = Counter(one.rule for one in done.remarks) - before or Counter({"": 1})
        if not is_written:
            return {"body": b""}, found
        packed = self._packed(done.payload)
        is_large = len(packed) > INLINE_BYTES
        changes: dict[str, Any] = {
            "body": None if is_large else packed,
            "body_blob": self._put(packed) if is_large else None,
        }
        if has_remarks:
            changes["remarks"] = encode_remarks(done.remarks) or None
        if "size_bytes" in row:
            changes["size_bytes"] = len(done.payload)
        return changes, found

    def _scrub(self, payload: bytes) -> tuple[bytes, Counter[str]] | None:
        try:
            done = self._scrubber.scrub(payload)
        except TooCostly:
            return None
        return done.payload, Counter(one.rule for one in done.remarks)

    def _unpacked(self, held: bytes) -> bytes:
        if not held:
            return b""
        if self._stored.has_codec:
            return self._codec.restore(held)
        return zstandard.ZstdDecompressor().decompress(held, max_output_size=256 << 20)

    def _packed(self, payload: bytes) -> bytes:
        if self._stored.has_codec:
            return self._codec.compress(payload)
        return zstandard.compress(payload)


def _key_of(row: dict[str, Any]) -> dict[str, Any]:
    """Who counts as one user, by what is left of them."""
    named = (f"{name}:{row[column]}" for column, name in _KEYED.items() if row.get(column))
    key = next(named, "")
    return {"user_key": key or None, "user_number": number_of(key)}


def scrubbed_texts(
    scrubber: Scrubber, texts: Mapping[str, str]
) -> tuple[dict[str, str], Counter[str]]:
    """Those of some texts that change, and how many values by rule."""
    try:
        done = scrubber.scrub(msgspec.json.encode(texts))
    except TooCostly:
        return {}, Counter()
    if not done.remarks:
        return {}, Counter()
    kept = _decode(done.payload)
    changes = {name: str(kept[name] or "") for name, text in texts.items() if kept[name] != text}
    return changes, Counter(one.rule for one in done.remarks)
