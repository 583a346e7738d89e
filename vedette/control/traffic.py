"""How much arrives of transactions and spans, and what rules of sampling would keep of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from vedette import clock
from vedette.issues import telemetry
from vedette.issues.outcomes import outcomes
from vedette.issues.shapes import Period, Scope
from vedette.pipeline.sampling import Head, Rule, read_rules
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

DAYS = 7
MOST_GROUPS = 2000
KINDS = ("transaction", "span")
_SAMPLING = "sampling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A day of the last week, of one kind: what arrived, and what was kept of it."""

    kind: str
    arrived: float
    kept: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one rule is about: its part of all that arrives, and what it keeps of that.

    `line` is empty for what no rule fits.
    """

    line: str
    part: float
    keeps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What rules would keep of what began in the last week: a share from 0 to 1 of all.

    `is_whole` is whether all names were looked at, or the most frequent.
    """

    share: float
    rules: Sequence[Share]
    is_whole: bool


def volumes(visible: VisibleProjects) -> list[Volume]:
    """Of the kinds that arrived in the last week. Raises StoreError."""
    now = clock.now()
    scope = Scope(
        visible=visible, period=Period(start=now - timedelta(days=DAYS), end=now, label="7d")
    )
    table = outcomes(scope, by=("kind", "outcome", "reason"), only={"kind": KINDS})
    found = []
    for kind in KINDS:
        rows = [row for row in table.rows if row.kind == kind]
        kept = sum(row.quantity for row in rows if row.outcome == "accepted")
        gone = sum(row.quantity for row in rows if row.reason == _SAMPLING)
        if kept + gone:
            found.append(Volume(kind=kind, arrived=(kept + gone) / DAYS, kept=kept / DAYS))
    return found


def estimate(visible: VisibleProjects, lines: Sequence[str]) -> Estimate | None:
    """What the rules would keep; None where nothing began in the last week. Raises StoreError.

    Counted are the beginnings of traces, each for as many as it stands for.
    """
    groups, is_whole = _heads(visible)
    total = sum(weight for _, weight, _ in groups)
    if not total:
        return None
    rules = read_rules(tuple(lines))
    written = [line for line in lines if line.strip()]
    parts = [0.0] * (len(rules) + 1)
    for head, weight, is_new in groups:
        parts[_first(rules, head, is_new=is_new)] += weight / total
    shares = [
        Share(line=line, part=part, keeps=rule.share)
        for line, rule, part in zip(written, rules, parts, strict=False)
    ]
    shares.append(Share(line="", part=parts[-1], keeps=1.0))
    share = sum(one.part * one.keeps for one in shares)
    return Estimate(share=share, rules=shares, is_whole=is_whole)


def _first(rules: Sequence[Rule], head: Head, *, is_new: bool) -> int:
    """The place of the first rule that fits; that after the last for none."""
    known = frozenset() if is_new else frozenset((head.transaction,))
    return next((at for at, rule in enumerate(rules) if rule.fits(head, known)), len(rules))


def _heads(visible: VisibleProjects) -> tuple[list[tuple[Head, float, bool]], bool]:
    """Names, environments and releases with what they stand for, and whether they are new."""
    now = clock.now()
    names = ("transaction", "environment", "release")
    rows = telemetry.ask(
        visible,
        {
            **{name: q.Field(name) for name in names},
            "weight": q.call("sum", q.Field("weight")),
            "first": q.call("min", q.TIME),
        },
        [
            q.Compare(q.Field("is_segment"), "=", True),
            q.Not(q.Present(q.Field("parent_span_id"))),
        ],
        now - timedelta(days=DAYS),
        now,
        table=SPANS.name,
        group_by=list(names),
        order_by=[q.Order("weight", descending=True)],
        limit=MOST_GROUPS,
    )
    fresh = telemetry.micros(now - timedelta(hours=24))
    return [
        (Head("", row[0] or "", row[1] or "", row[2] or ""), float(row[3]), row[4] >= fresh)
        for row in rows
    ], len(rows) < MOST_GROUPS
