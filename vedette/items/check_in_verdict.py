"""What the clock says of jobs: a run was missed, or took too long. Only the product says so."""

from __future__ import annotations

import time

import msgspec

from vedette.crons.course import RunStatus
from vedette.crons.verdict import ClockVerdict
from vedette.items import Effects, ItemKind, RawItem, Row
from vedette.items._check_ins import CHECK_INS, TimeHasPassed
from vedette.outcome import Drop, DropReason
from vedette.wire.envelope import build_envelope

_decode = msgspec.json.Decoder(ClockVerdict).decode


def read(item: RawItem) -> Effects | Drop:
    """One row, and the fact up to which time all was heard."""
    try:
        found = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    row = {
        "project_id": item.meta.project_id,
        "timestamp": int(found.at * 1_000_000),
        "received": int(item.meta.received * 1_000_000),
        "slot": None if found.slot is None else int(found.slot * 1_000_000),
        "check_in_id": found.run,
        "slug": found.slug,
        "status": found.status.value,
        "environment": found.environment,
    }
    fact = TimeHasPassed(
        project_id=item.meta.project_id,
        standing_id=found.standing_id,
        until=found.until,
        away=found.away,
    )
    return Effects(rows=[Row(CHECK_INS, row)], facts=[fact])


def sample() -> bytes:
    """A run that was missed a minute ago."""
    now = time.time()
    verdict = ClockVerdict(
        standing_id=0,
        slug="nightly",
        environment="production",
        status=RunStatus.MISSED,
        at=now,
        until=now + 1,
        run="5f3c1f8e0a0c4de8b1f8e0a0c0de4c1f",
        slot=now - 60,
    )
    return build_envelope({}, [({"type": "check_in_verdict"}, msgspec.json.encode(verdict))])


KIND = ItemKind(
    types=("check_in_verdict",),
    category="monitor_clock",
    most_bytes=16 << 10,
    carries_event_id=True,
    is_once=True,
    is_own=True,
    tables=(CHECK_INS,),
    facts=(TimeHasPassed,),
    read=read,
    sample=sample,
)
