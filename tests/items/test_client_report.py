"""What SDKs say they threw away, in words that nobody can multiply."""

from __future__ import annotations

import json
import uuid
from typing import Any

from vedette import items
from vedette.items import Effects, RawItem
from vedette.spool.meta import Meta
from vedette.wire.envelope import build_envelope, read_headers, walk_items


def counted(**report: Any) -> set[tuple[str, str, str, int]]:
    """What a report counts as: category, outcome, reason and quantity."""
    payload = json.dumps({"timestamp": 0, **report}).encode()
    body = build_envelope({}, [({"type": "client_report"}, payload)])
    headers, offset = read_headers(body)
    *_, item = walk_items(body, offset)
    raw = RawItem(Meta(7, 0.0), headers, item.header, item.payload(body), 0)
    effects = items.kind_of("client_report").read(raw)
    assert isinstance(effects, Effects)
    assert len(effects.outcomes) == len({one[:3] for one in map(_row, effects.outcomes)})
    return set(map(_row, effects.outcomes))


def _row(one: items.Counted) -> tuple[str, str, str, int]:
    return one.category, one.outcome, one.reason, one.quantity


def entry(reason: str, category: str = "error", quantity: int = 1) -> dict[str, Any]:
    """One entry of a report."""
    return {"reason": reason, "category": category, "quantity": quantity}


def test_known_words_are_kept_and_equal_ones_counted_together() -> None:
    """The protocol's reasons, and a relay's without its numbers."""
    assert counted(
        discarded_events=[entry("before_send"), entry("before_send"), entry("sample_rate", "span")],
        filtered_sampling_events=[entry("Sampled:12,34", "transaction", 5), entry("Sampled:56")],
    ) == {
        ("error", "client_discard", "before_send", 2),
        ("span", "client_discard", "sample_rate", 1),
        ("transaction", "filtered", "Sampled", 5),
        ("error", "filtered", "Sampled", 1),
    }


def test_invented_words_are_one_group_and_nothing_is_lost() -> None:
    """A stranger with a DSN cannot make the outcomes grow."""
    invented = [entry(uuid.uuid4().hex, uuid.uuid4().hex) for _ in range(100)]
    reasons = [entry("x" * 5000), entry("\x00"), entry(""), entry("=cmd|'/c calc'")]
    assert counted(discarded_events=invented + reasons) == {
        ("other", "client_discard", "other", 100),
        ("error", "client_discard", "other", 4),
    }
