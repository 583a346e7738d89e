"""The steps of the pipeline, in the order in which `run.STEPS` names them.

A step takes one item and the context and returns the item or a `Drop`. A step that does not
concern an item passes it on.
"""

from __future__ import annotations

import json

import msgspec
import orjson
import xxhash

from vedette.items import kept
from vedette.pipeline import enrich as enrichment
from vedette.pipeline.context import Context
from vedette.pipeline.drop import Drop, DropReason
from vedette.pipeline.grouping import group as group_event
from vedette.pipeline.grouping import is_unhandled, title
from vedette.pipeline.scrub import encode_remarks
from vedette.pipeline.work import IssueUpdate, Work
from vedette.wire.event import decode_event
from vedette.wire.limits import category_of
from vedette.wire.normalise import normalise as normalise_tree

_LARGE_BYTES = 256 << 10


def filter(work: Work, context: Context) -> Work | Drop:  # noqa: A001 - the step's name
    """Keep out what the door let in only to be counted, and what has no project any more."""
    meta = work.item.meta
    if not context.has_project(meta.project_id):
        return Drop(DropReason.PROJECT_GONE)
    if meta.refused:
        reason = meta.refused.get(category_of(work.item.header.type))
        if reason is not None:
            return Drop(DropReason.REFUSED, reason)
    return work


def parse(work: Work, context: Context) -> Work | Drop:
    """Let the item's kind read it."""
    parsed = work.kind.read(work.item)
    if isinstance(parsed, Drop):
        return parsed
    work.parsed = parsed
    if parsed.event is not None:
        if len(parsed.event) > context.max_event_bytes:
            return Drop(DropReason.TOO_LARGE)
        work.payload = parsed.event
    return work


def scrub(work: Work, context: Context) -> Work | Drop:
    """Remove secrets and personal data from every JSON payload before it is written.

    It works on bytes, so it stands before the first decoding: nearly every event is then
    decoded once.
    """
    if work.parsed.event is not None:
        _scrub_event(work, context)
    elif work.parsed.scrub:
        values = work.parsed.rows[0].values
        scrubber = context.scrubbers[work.item.meta.project_id]
        try:
            values["body"] = scrubber.scrub(values["body"]).payload
        except ValueError:
            return Drop(DropReason.INVALID_JSON)
    return work


def normalise(work: Work, context: Context) -> Work | Drop:
    """Decode an event: as it is nearly always, else with bad fields nulled and scrubbed anew."""
    if work.parsed.event is None:
        return work
    if len(work.payload) <= _LARGE_BYTES:
        try:
            work.event = decode_event(work.payload)
            return work
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # the tolerant way below
    try:
        tree = _loads(work.parsed.event)
    except (ValueError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(tree, dict):
        return Drop(DropReason.INVALID_JSON)
    clean, remarks = normalise_tree(tree)
    if remarks:
        clean["_meta"] = remarks
    work.payload = _dumps(clean)
    _scrub_event(work, context)
    work.event = decode_event(work.payload)
    return work


def _scrub_event(work: Work, context: Context) -> None:
    scrubbed = context.scrubbers[work.item.meta.project_id].scrub(work.payload)
    if scrubbed.remarks:
        work.payload = scrubbed.payload
        work.remarks = encode_remarks(scrubbed.remarks)


def group(work: Work, context: Context) -> Work | Drop:
    """Find the event's group and its title."""
    if work.event is not None:
        work.grouping = group_event(work.event)
        work.title = title(work.event)
    return work


def enrich(work: Work, context: Context) -> Work | Drop:
    """Derive the columns by which events are found, and what the event means for its issue."""
    if work.event is None:
        _finish_kept(work)
        return work
    assert work.grouping is not None
    assert work.title is not None
    row = enrichment.columns(work, context)
    work.parsed.rows.append(row)
    values = row.values
    seconds = values["timestamp"] / 1_000_000
    project_id = work.item.meta.project_id
    values["group_id"] = group_number(work.grouping.key, project_id)
    values["body"] = context.compress(work.payload)
    release = values["release"] or ""
    work.update = IssueUpdate(
        project_id=project_id,
        group_id=values["group_id"],
        key=work.grouping.key.hex(),
        version=work.grouping.version,
        first_seen=seconds,
        last_seen=seconds,
        count=1,
        event_type=values["event_type"],
        type=enrichment.clean(work.title.type, 256),
        value=enrichment.clean(work.title.value, 1024),
        culprit=enrichment.clean(work.title.culprit, 200),
        filename=enrichment.clean(work.title.filename, 256),
        function=enrichment.clean(work.title.function, 256),
        logger=(values["logger"] or "")[:64],
        level=values["level"],
        platform=(values["platform"] or "")[:64],
        is_unhandled=is_unhandled(work.event),
        first_release=release,
        last_release=release,
        received=work.item.meta.received,
    )
    return work


def group_number(key: bytes, project_id: int) -> int:
    """The signed 64-bit number by which the store knows a group of this project."""
    number = xxhash.xxh3_64_intdigest(key, seed=project_id)
    return number - (1 << 64) if number >= 1 << 63 else number


def _finish_kept(work: Work) -> None:
    for row in work.parsed.rows:
        if row.table is kept.KEPT_ITEMS:
            row.values["body"] = kept.compress(row.values["body"])


def _loads(payload: bytes) -> object:
    """Parse what Python's json accepts: NaN, lone surrogates, bytes that are no UTF-8."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return json.loads(payload.decode("utf-8", "replace"))


def _dumps(tree: object) -> bytes:
    try:
        return orjson.dumps(tree)
    except TypeError:  # whole numbers beyond 64 bits
        return json.dumps(tree).encode()
