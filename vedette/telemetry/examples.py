"""Transactions to look at: the slowest, typical ones, and those that failed."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.telemetry.spans import same
from vedette.telemetry.trace_list import TransactionSample, choose_samples

MOST = 5
_NEAR = 0.1  # how far from the median a typical one may lie, as a share of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """A few of each; the typical and the failed ones are the newest."""

    slowest: list[TransactionSample]
    typical: list[TransactionSample]
    failed: list[TransactionSample]


def examples(scope: Scope, name: str, middle: float) -> Examples:
    """Of a transaction whose median is `middle` milliseconds. Raises StoreError."""
    mine: list[q.Condition] = [same("transaction", name)]
    took, newest = q.Field("duration"), q.Order("timestamp", descending=True)
    near: list[q.Condition] = [
        q.Compare(took, ">=", middle * (1 - _NEAR)),
        q.Compare(took, "<=", middle * (1 + _NEAR)),
    ]
    return Examples(
        slowest=choose_samples(scope, mine, q.Order("duration", descending=True), limit=MOST),
        typical=choose_samples(scope, [*mine, *near], newest, limit=MOST),
        failed=choose_samples(scope, [*mine, same("is_failed", True)], newest, limit=MOST),
    )
