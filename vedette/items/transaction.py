"""Transactions, kept until traces have their home (protocol, 3.2)."""

from __future__ import annotations

from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "transaction",
    category="transaction",
    is_bulky=True,
    is_event=True,
    carries_event_id=True,
    is_once=True,
    sample=json_sample("transaction", {"type": "transaction", "transaction": "/checkout"}),
)
