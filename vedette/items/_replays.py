"""Segments of session replays: the table that their parts share, and its search keys.

A segment has up to two rows, in whatever order they come: what its event says of it and what
its recording holds, told apart by `part`. Its key is (project, replay, segment, part); a row
that came twice is one (`REPLAYS.updates`).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from vedette.items import Body, Effects, RawItem, Row, SearchField
from vedette.items._bounds import holds_too_much
from vedette.items._columns import blob, integer, text, time, uuid
from vedette.outcome import Drop, DropReason
from vedette.recordings.marks import encode_marks
from vedette.recordings.packing import segment_number
from vedette.recordings.summary import Summary, TooManyEvents, summarize
from vedette.recordings.tracks import MOST_SEGMENTS, encode_track
from vedette.spans.origin import columns_of, number_of, of_event
from vedette.spans.span import clean, listed
from vedette.store.query import Newest
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.envelope import clean_event_id
from vedette.wire.scalars import parse_timestamp

REPLAYS = Table(
    name="replays",
    columns=(
        *integer("project_id", "segment_id", "size_bytes", "first_ms", "last_ms", "events"),
        *integer("clicks", "dead_clicks", "rage_clicks", "slow_clicks", "console_errors"),
        *integer("failed_requests", "navigations", "hydrate_errors", "mutations"),
        *integer("errors", "user_number"),
        *uuid("replay_id"),
        *time("received", "started"),
        *text("part", "replay_type", "release", "dist", "environment", "platform"),
        *text("user_key", "user_id", "user_email", "user_username", "user_ip"),
        *text("browser_name", "os_name", "device", "sdk_name", "sdk_version"),
        *text("urls", "error_ids", "trace_ids", "marks", "track"),
        *text("body_blob", "video_blob"),
        Column("has_snapshot", ColumnType.BOOL),
        Column("tags", ColumnType.TAGS),
        *blob("body"),
    ),
    sort_key=("project_id", "replay_id", "segment_id", "timestamp"),
    updates=Newest(
        by=("project_id", "replay_id", "segment_id", "part"), order=("received", "position")
    ),
)
EVENT, RECORDING = "event", "recording"

MOST_LISTED: Final = 100  # ids and addresses of one segment
_MOST_TAGS = 100
_FUTURE_SECONDS = 60.0
_PAST_SECONDS = 30 * 86400.0
_CUT = b"null"  # what the scrubber leaves where there was too much to look at
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Recording(msgspec.Struct):
    segment_id: Any = None
    events: msgspec.Raw = msgspec.Raw(b"")


class RecordingRow(NamedTuple):
    """The row of a recording, and its number."""

    row: Row
    segment_id: int
    body: Body


_decode_recording = msgspec.json.Decoder(_Recording).decode


def read_event(event: dict[str, Any], item: RawItem) -> Row | None:
    """The row of a segment's event; None for what names no replay or no segment."""
    replay_id = clean_event_id(event.get("replay_id"))
    segment_id = segment_number(event.get("segment_id"))
    if replay_id is None or segment_id is None:
        return None
    origin = columns_of(of_event(event, {}, item.meta.remote_address))
    origin = {name: value for name, value in origin.items() if name in _COLUMNS}
    started = parse_timestamp(event.get("replay_start_timestamp"))
    ended = parse_timestamp(event.get("timestamp"))
    error_ids = _ids(event.get("error_ids"))
    values = {
        **_place(item, replay_id, segment_id, EVENT),
        **origin,
        "timestamp": _near(ended, item),
        "started": _near(started or ended, item),
        "replay_type": "buffer" if event.get("replay_type") == "buffer" else "session",
        "urls": "\n".join(_addresses(event.get("urls"))) or None,
        "error_ids": " ".join(error_ids) or None,
        "trace_ids": " ".join(_ids(event.get("trace_ids"))) or None,
        "errors": len(error_ids),
        "tags": _tags(event.get("tags")),
    }
    values["user_number"] = number_of(values.get("user_key") or "")
    return Row(REPLAYS, values)


def read_recording(item: RawItem, replay_id: str) -> RecordingRow | Drop:
    """The row of a recording that is unpacked (`recordings.packing`), with its events as body."""
    if holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)
    try:
        recording = _decode_recording(item.payload)
        if bytes(recording.events) == _CUT:
            return Drop(DropReason.TOO_COSTLY)
        summary = summarize(recording.events)
    except TooManyEvents:
        return Drop(DropReason.TOO_COSTLY)
    except _BROKEN:
        return Drop(DropReason.INVALID_JSON)
    segment_id = segment_number(recording.segment_id)
    if segment_id is None:
        return Drop(DropReason.INVALID_ITEM, "no_segment")
    events = bytes(recording.events)
    last = summary.last_ms / 1000 if summary.last_ms is not None else None
    row = Row(
        REPLAYS,
        {
            **_place(item, replay_id, segment_id, RECORDING),
            **_counts(summary),
            "track": encode_track(summary.track) if segment_id < MOST_SEGMENTS else None,
            "timestamp": _near(last, item),
            "size_bytes": len(events),
        },
    )
    return RecordingRow(row, segment_id, Body(row, events))


def once(effects: Effects, name: str) -> Effects:
    """Effects of which the same segment's count once; `name` is the item type's."""
    values = effects.rows[0].values
    effects.identity = f"{name}:{values['replay_id']}:{values['segment_id']}"
    return effects


def _place(item: RawItem, replay_id: str, segment_id: int, part: str) -> dict[str, Any]:
    return {
        "project_id": item.meta.project_id,
        "replay_id": replay_id,
        "segment_id": segment_id,
        "part": part,
        "received": int(item.meta.received * 1_000_000),
    }


def _counts(summary: Summary) -> dict[str, Any]:
    return {
        "first_ms": summary.first_ms,
        "last_ms": summary.last_ms,
        "events": summary.events,
        "has_snapshot": summary.has_snapshot,
        "clicks": summary.clicks,
        "dead_clicks": summary.dead_clicks,
        "rage_clicks": summary.rage_clicks,
        "slow_clicks": summary.slow_clicks,
        "console_errors": summary.console_errors,
        "failed_requests": summary.failed_requests,
        "navigations": summary.navigations,
        "hydrate_errors": summary.hydrate_errors,
        "mutations": summary.mutations,
        "marks": encode_marks(summary.marks),
    }


def _near(seconds: float | None, item: RawItem) -> int:
    """The moment in microseconds; of one that cannot be, when it was received."""
    received = item.meta.received
    if seconds is None or not received - _PAST_SECONDS <= seconds <= received + _FUTURE_SECONDS:
        seconds = received
    return int(seconds * 1_000_000)


def _ids(value: object) -> list[str]:
    found = (clean_event_id(one) for one in listed(value)[:MOST_LISTED])
    return list(dict.fromkeys(one for one in found if one))


def _addresses(value: object) -> list[str]:
    texts = [one for one in listed(value)[:MOST_LISTED] if isinstance(one, str)]
    return list(dict.fromkeys(" ".join(clean(one, 1024).split()) for one in texts if one.strip()))


def _tags(value: object) -> list[tuple[str, str]]:
    pairs = value.items() if isinstance(value, dict) else ()
    found = [
        (clean(key, 200), clean(str(one), 200))
        for key, one in list(pairs)[:_MOST_TAGS]
        if isinstance(one, str | int | float) and one != ""
    ]
    return [(key, one) for key, one in found if key]


_COLUMNS = frozenset(column.name for column in REPLAYS.columns)


def _field(column: str, help: str, unit: str = "") -> SearchField:  # noqa: A002 - as SearchField calls it
    return SearchField(column=column, help=help, unit=unit)


FIELDS: dict[str, SearchField] = {
    "id": _field("replay_id", "the replay's id"),
    "replay_type": _field("replay_type", "session, or buffer where an error began it"),
    "release": _field("release", "the version that was running"),
    "dist": _field("dist", "the build of the release"),
    "environment": _field("environment", "production, staging …"),
    "platform": _field("platform", "the language of the SDK"),
    "user": _field("user_key", "any of the user's details; user:id:… for one of them"),
    "user.id": _field("user_id", "the user's id"),
    "user.email": _field("user_email", "the user's e-mail address"),
    "user.username": _field("user_username", "the user's name"),
    "user.ip": _field("user_ip", "the user's IP address"),
    "browser.name": _field("browser_name", "browser without version"),
    "os.name": _field("os_name", "operating system without version"),
    "device": _field("device", "the device's model"),
    "sdk.name": _field("sdk_name", "the SDK that sent it"),
    "sdk.version": _field("sdk_version", "the version of the SDK"),
    "url": _field("urls", "an address of the page: *checkout*"),
    "error_ids": _field("error_ids", "the id of an error within it: *id*"),
    "trace": _field("trace_ids", "a trace within it: *id*"),
    "count_errors": _field("errors", "errors within a segment: >0"),
    "count_clicks": _field("clicks", "clicks within a segment"),
    "count_dead_clicks": _field("dead_clicks", "clicks that nothing came of"),
    "count_rage_clicks": _field("rage_clicks", "places that were clicked again and again"),
    "count_slow_clicks": _field("slow_clicks", "clicks that something came of late"),
    "count_console_errors": _field("console_errors", "errors in the console"),
    "count_failed_requests": _field("failed_requests", "requests that failed"),
    "count_hydrate_errors": _field("hydrate_errors", "pages that could not be taken over"),
    "timestamp": _field("timestamp", "when it was recorded: -24h, or after a date: >2026-01-31"),
}
