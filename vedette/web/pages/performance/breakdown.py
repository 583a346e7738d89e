"""What the time of a transaction goes into, with shares."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.telemetry.performance import Figures
from vedette.telemetry.work import Suspect, WorkKind, suspects, work_kinds
from vedette.web.scope import SharedFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLine:
    """Spans about the same, with their shares from 0 to 1."""

    suspect: Suspect
    share: float
    inside: float
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Kinds with their share and the milliseconds of each transaction; the spans to look at."""

    kinds: list[tuple[WorkKind, float, float]]
    suspects: list[SuspectLine]


def make_breakdown(shared: SharedFilter, name: str, now: Figures) -> Breakdown:
    """Of the transactions of this name. Raises StoreError."""
    kinds = work_kinds(shared.scope, name)
    whole = sum(kind.total for kind in kinds) or 1
    return Breakdown(
        kinds=[(kind, kind.total / whole, kind.total / (now.count or 1)) for kind in kinds],
        suspects=[
            SuspectLine(
                suspect=one,
                share=one.total / whole,
                inside=min(one.inside / now.samples, 1.0),
                at=int(one.slowest_at.timestamp()),
            )
            for one in suspects(shared.scope, name)
        ],
    )
