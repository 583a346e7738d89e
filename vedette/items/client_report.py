"""What an SDK says it threw away itself: it goes straight into the outcomes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from vedette.items import Counted, Effects, ItemKind, RawItem
from vedette.items._columns import integer, text
from vedette.items._discards import known_category, known_reason
from vedette.outcome import Drop, DropReason
from vedette.store.table import Table
from vedette.wire.envelope import build_envelope

OUTCOMES = Table(
    name="outcomes",
    columns=(*integer("project_id", "quantity"), *text("category", "outcome", "reason")),
)

_MOST_ENTRIES = 200


class _Report(msgspec.Struct):
    discarded_events: Any = None
    rate_limited_events: Any = None
    filtered_events: Any = None
    filtered_sampling_events: Any = None


_decode = msgspec.json.Decoder(_Report).decode
_OUTCOME_OF = {
    "discarded_events": "client_discard",
    "rate_limited_events": "rate_limited",
    "filtered_events": "filtered",
    "filtered_sampling_events": "filtered",
}


def read(item: RawItem) -> Effects | Drop:
    """One count per category and reason; an entry that makes no sense is passed over."""
    try:
        report = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    counted: Counter[tuple[str, str, str]] = Counter()
    for name, outcome in _OUTCOME_OF.items():
        entries = getattr(report, name)
        for entry in entries[:_MOST_ENTRIES] if isinstance(entries, list) else ():
            one = _read_entry(entry)
            if one is not None:
                category, reason, quantity = one
                counted[category, outcome, reason] += quantity
    return Effects(outcomes=[Counted(*key, quantity) for key, quantity in counted.items()])


def sample() -> bytes:
    """Two errors dropped by before_send."""
    entry = {"reason": "before_send", "category": "error", "quantity": 2}
    report = msgspec.json.encode({"timestamp": 0, "discarded_events": [entry]})
    return build_envelope({}, [({"type": "client_report"}, report)])


def _read_entry(entry: object) -> tuple[str, str, int] | None:
    """Category, reason and quantity, in words that are known (protocol, 3.10)."""
    if not isinstance(entry, dict):
        return None
    category, reason, quantity = (entry.get(key) for key in ("category", "reason", "quantity"))
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 1 << 40:
        return None
    if not isinstance(category, str) or not isinstance(reason, str):
        return None
    return known_category(category), known_reason(reason), quantity


KIND = ItemKind(
    types=("client_report",),
    category="internal",
    is_vital=True,
    is_limited=False,
    most_bytes=1 << 20,
    tables=(OUTCOMES,),
    read=read,
    sample=sample,
)
