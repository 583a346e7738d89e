"""Check-ins of cron jobs and heartbeats: a job starts, is well, has failed (protocol, 3.14)."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.crons.checkin import read_check_in
from vedette.items import Effects, ItemKind, RawItem, Row
from vedette.items._check_ins import CHECK_INS, FIELDS, CheckInSeen
from vedette.items._kept import json_sample
from vedette.outcome import Drop, DropReason

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read(item: RawItem) -> Effects | Drop:
    """One row, and the fact that monitors answer."""
    try:
        given = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    found = read_check_in(given)
    if found is None:
        return Drop(DropReason.INVALID_ITEM, "no_monitor_slug")
    received = int(item.meta.received * 1_000_000)
    row = {
        "project_id": item.meta.project_id,
        "timestamp": received,
        "received": received,
        "check_in_id": found.id or None,
        "trace_id": found.trace_id or None,
        "slug": found.slug,
        "status": found.status.value,
        "environment": found.environment,
        "release": found.release or None,
        "duration": None if found.duration is None else found.duration * 1000,
        "note": found.note or None,
    }
    seen = CheckInSeen(
        project_id=item.meta.project_id,
        at=item.meta.received,
        check_in=found,
        is_kept=item.meta.origin is not None,
    )
    return Effects(rows=[Row(CHECK_INS, row)], facts=[seen])


KIND = ItemKind(
    types=("check_in",),
    category="monitor",
    most_bytes=100 << 10,
    tables=(CHECK_INS,),
    facts=(CheckInSeen,),
    fields=FIELDS,
    read=read,
    sample=json_sample("check_in", {"monitor_slug": "nightly", "status": "ok"}),
)
