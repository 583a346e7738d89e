"""The steps of the pipeline, in the order in which `run.STEPS` names them.

A step takes one item and the context and returns the item or a `Drop`. A step that does not
concern an item passes it on.
"""

from __future__ import annotations

import json

import msgspec
import orjson
import xxhash

from vedette.facts import EventSeen, FormerGroup, ReleaseSeen
from vedette.items import INLINE_BYTES, Blob, Effects, PayloadForm, Row
from vedette.items._bounds import holds_too_much
from vedette.outcome import Drop, DropReason
from vedette.own_events import OWN_TYPES
from vedette.pipeline import enrich as enrichment
from vedette.pipeline.context import Context
from vedette.pipeline.grouping import Grouping, former_groups, group_and_name, is_unhandled
from vedette.pipeline.scrub import TooCostly, encode_remarks
from vedette.pipeline.work import Work
from vedette.wire.event import Event, decode_event
from vedette.wire.json_text import is_plain, parse
from vedette.wire.normalise import normalise as normalise_tree

_LARGE_BYTES = 256 << 10


def filter(work: Work, context: Context) -> Work | Drop:  # noqa: A001 - the step's name
    """Keep out what the door let in only to be counted, what is too large, and what has no
    project any more."""
    item, kind = work.item, work.kind
    if not context.has_project(item.meta.project_id):
        return Drop(DropReason.PROJECT_GONE)
    if item.meta.refused:
        reason = item.meta.refused.get(kind.category)
        if reason is not None:
            return Drop(DropReason.REFUSED, reason)
    if len(item.payload) > (kind.most_bytes or context.max_event_bytes):
        return Drop(DropReason.TOO_LARGE)
    if not kind.may_come(item.meta):
        return Drop(DropReason.INVALID_ITEM, "only_from_within")
    return work


def scrub(work: Work, context: Context) -> Work | Drop:
    """Remove secrets and personal data from every text payload before anything reads it.

    It works on bytes, so nearly every payload is decoded once, after it.
    """
    item, kind = work.item, work.kind
    work.sent = item.payload
    if kind.form is PayloadForm.BINARY:
        return work
    if kind.to_json is not None:
        try:
            item.payload = kind.to_json(item)
        except ValueError:
            return Drop(DropReason.INVALID_ITEM)
    if kind.holds_pages and holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)  # before it is looked through: it is read by nobody
    try:
        scrubber = context.scrubber(item.meta.project_id, kind)
        scrubbed = scrubber.scrub(item.payload, page=work.page)
    except TooCostly:
        return Drop(DropReason.TOO_COSTLY)
    work.is_doubtful = scrubbed.is_doubtful
    item.payload = scrubbed.payload
    if scrubbed.remarks:
        work.remarks = encode_remarks(scrubbed.remarks)
    return work


def read(work: Work, context: Context) -> Work | Drop:
    """Let the item's kind read it. An event that the kind made anew is scrubbed as an event."""
    item = work.item
    effects = work.kind.read(item)
    if isinstance(effects, Drop) and effects.reason is DropReason.INVALID_JSON:
        mended = _mended(work)
        if mended is not None:
            item.payload = mended
            effects = work.kind.read(item)
    if isinstance(effects, Drop):
        return effects
    _take(work, effects)
    if effects.event is None:
        return work
    if effects.event is item.payload:
        work.payload = item.payload
        return work
    work.sent = work.payload = effects.event
    work.remarks = b""
    return _scrub_event(work, context)


def _take(work: Work, effects: Effects) -> None:
    work.effects = effects
    own = effects.identity or (work.item.meta.event_id if work.kind.is_once else "")
    if own:
        work.identity = _identity(work.kind.category, own)


def _mended(work: Work) -> bytes | None:
    """The payload as strict JSON, if it is what clients write instead: cut emoji, NaN."""
    if work.kind.is_event or work.kind.form is not PayloadForm.JSON:
        return None  # events have their own tolerant way
    if holds_too_much(work.item.payload):
        return None
    try:
        tree = parse(work.item.payload)
    except ValueError:
        return None
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")


def normalise(work: Work, context: Context) -> Work | Drop:
    """Decode an event, or read what only was sent as one."""
    if work.effects.event is None:
        return work
    result = _decode(work, context)
    read = work.kind.by_type.get(work.event.type or "") if work.event is not None else None
    if read is None:
        return result
    work.event = None
    effects = read(work.item, orjson.loads(work.payload))
    if isinstance(effects, Drop):
        return effects
    _take(work, effects)
    return work


def _decode(work: Work, context: Context) -> Work | Drop:
    """As it is nearly always, else with bad fields nulled and scrubbed anew."""
    if len(work.payload) <= _LARGE_BYTES and is_plain(work.payload, is_doubtful=work.is_doubtful):
        try:
            work.event = decode_event(work.payload)
            return work
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # the tolerant way below
    try:
        tree = parse(work.sent)
    except ValueError:
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(tree, dict):
        return Drop(DropReason.INVALID_JSON)
    clean, remarks = normalise_tree(tree)
    if remarks:
        clean["_meta"] = remarks
    work.payload = orjson.dumps(clean)
    work.remarks = b""
    result = _scrub_event(work, context)
    if not isinstance(result, Drop):
        work.event = decode_event(work.payload)
    return result


def _scrub_event(work: Work, context: Context) -> Work | Drop:
    try:
        scrubbed = context.scrubbers[work.item.meta.project_id].scrub(work.payload)
    except TooCostly:
        return Drop(DropReason.TOO_COSTLY)
    work.is_doubtful = scrubbed.is_doubtful
    work.payload = scrubbed.payload
    if scrubbed.remarks:
        work.remarks = encode_remarks(scrubbed.remarks)
    return work


def group(work: Work, context: Context) -> Work | Drop:
    """Find the event's group and its title. What the product alone finds nobody else may call
    an event of theirs. What is taken over stays in the group it has."""
    if work.event is not None:
        past = work.item.meta.past
        if work.event.type in OWN_TYPES and not work.kind.is_own and past is None:
            work.event.type = None
        work.grouping, work.title = group_and_name(work.event)
        if past is not None:
            work.grouping = Grouping(past.version, bytes.fromhex(past.group))
    return work


def enrich(work: Work, context: Context) -> Work | Drop:
    """Derive the columns by which events are found."""
    if work.event is None:
        return work
    assert work.grouping is not None
    row = enrichment.columns(work, context)
    work.effects.rows.append(row)
    values = row.values
    values["group_id"] = group_number(work.grouping.key, values["project_id"])
    values["unread"] = work.unread
    past = work.item.meta.past
    if past is not None:
        values["timestamp"], values["unstored"] = past.timestamp, past.unstored
    work.identity = values["event_id"]
    return work


def conclude(work: Work, context: Context) -> Work | Drop:
    """Put the bodies into their rows, and say what an event means for its issue."""
    for body in work.effects.bodies:
        _put_body(work, body.row, context.compress(body.data))
    if work.event is None:
        return work
    row = work.effects.rows[-1]
    values = row.values
    if not work.is_counted_only:
        _put_body(work, row, context.compress(work.payload))
    if work.item.meta.past is None:
        seen = _event_seen(work, row)
        seen.former = context.met_groups.former(
            seen.group_id, work.event, lambda: _former(work, context)
        )
        work.effects.facts.append(seen)
    if values["release"] and context.wants(ReleaseSeen):
        seconds = values["timestamp"] / 1_000_000
        work.effects.facts.append(
            ReleaseSeen(
                project_id=values["project_id"],
                release=values["release"],
                environment=values["environment"],
                first_seen=seconds,
                last_seen=seconds,
            )
        )
    return work


def group_number(key: bytes, project_id: int) -> int:
    """The signed 64-bit number by which the store knows a group of this project."""
    number = xxhash.xxh3_64_intdigest(key, seed=project_id)
    return number - (1 << 64) if number >= 1 << 63 else number


def _former(work: Work, context: Context) -> list[FormerGroup]:
    """Where earlier versions of grouping and scrubbing put the event, if anywhere else."""
    assert work.event is not None
    assert work.grouping is not None
    project_id = work.item.meta.project_id
    event = _as_it_was(work, context)
    return [
        *_as_minified(work),
        *(
            FormerGroup(one.version, group_number(one.key, project_id))
            for one in former_groups(event, work.grouping)
        ),
    ]


def _as_minified(work: Work) -> list[FormerGroup]:
    """Where the event would be without its source maps: its issue may be older than they are."""
    if not work.minified:
        return []
    grouping, _ = group_and_name(decode_event(work.minified))
    return [FormerGroup(grouping.version, group_number(grouping.key, work.item.meta.project_id))]


def _as_it_was(work: Work, context: Context) -> Event:
    """The event with what the version before took out of it."""
    assert work.event is not None
    scrubber = context.former_scrubber(work.item.meta.project_id)
    try:
        return decode_event(scrubber.scrub(work.sent).payload)
    except (TooCostly, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return work.event


def _identity(category: str, event_id: str) -> str:
    """Ids of one category never meet those of another."""
    return xxhash.xxh3_128_hexdigest(f"{category}:{event_id}".encode())


def _put_body(work: Work, row: Row, body: bytes) -> None:
    """A large body lies in a blob: the store's files hold what is searched."""
    if len(body) > INLINE_BYTES:
        work.effects.blobs.append(Blob(row, "body_blob", body))
    else:
        row.values["body"] = body


def _event_seen(work: Work, row: Row) -> EventSeen:
    values, title_, grouping = row.values, work.title, work.grouping
    assert title_ is not None
    assert grouping is not None
    assert work.event is not None
    seconds = values["timestamp"] / 1_000_000
    release = values["release"] or ""
    clean = enrichment.clean
    return EventSeen(
        project_id=values["project_id"],
        group_id=values["group_id"],
        key=grouping.key.hex(),
        version=grouping.version,
        event_id=values["event_id"],
        first_seen=seconds,
        last_seen=seconds,
        event_type=values["event_type"],
        type=values["type"] or "",
        value=values["value"] or "",
        culprit=values["culprit"] or "",
        filename=clean(title_.filename, 256),
        function=clean(title_.function, 256),
        logger=values["logger"] or "",
        level=values["level"],
        platform=values["platform"] or "",
        is_unhandled=is_unhandled(work.event),
        first_release=release,
        last_release=release,
        environment=values["environment"],
        received=work.item.meta.received,
    )
