"""More transactions than the budget holds, because every one is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen
from vedette.usage import standing

_MONTH = 30
_PERIODS = {"day": 1, "month": _MONTH}


def find(seen: Seen) -> Iterator[Told]:
    """Budgets of transactions that the present rate of a code that sends all exceeds."""
    all_sent = [one for one in seen.findings if one.rule == "init.traces-100"]
    a_month = seen.traffic.transactions * _MONTH // DAYS
    if not all_sent or not a_month:
        return
    for one in standing.of_projects().get(seen.project_id, ()):
        limit = one.budget.limit
        days = _PERIODS.get(limit.period)
        if limit.category != "transaction" or limit.is_bytes or days is None:
            continue
        wanted = seen.traffic.transactions / DAYS * timedelta(days=days).days
        if wanted <= limit.most:
            continue
        rate = max(0.001, limit.most / wanted)
        yield Told(
            severity="important",
            text=f"100 % of transactions is {a_month:,} a month, more than the budget of "
            f"{limit.words}",
            advice=f"Set the sample rate to {rate:.2g}.",
            path=all_sent[0].path,
            line=all_sent[0].line,
            fingerprint=all_sent[0].fingerprint,
        )


JOIN = Join(
    id="cov.sample-quota",
    title="Sampling beyond the budget",
    needs=("findings", "traffic"),
    find=find,
)
