"""What services wait for: databases, other services, caches, queues."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.store import query as q
from vedette.telemetry.spans import figure
from vedette.telemetry.work_kinds import (
    TOOK,
    WEIGHT,
    Kind,
    amount,
    by_column,
    chosen,
    common,
    counted,
    different,
)


def service_kinds() -> dict[str, Kind]:
    """Each by its name."""
    return {
        "queries": Kind(
            category="db", ways=by_column("subject"), figures={**common(), "each": _each()}
        ),
        "http": Kind(
            category="http",
            ways=by_column("domain"),
            figures={**common(), "refused": _statuses(400, 500), "broken": _statuses(500, 600)},
        ),
        "caches": Kind(
            category="cache", ways=by_column("subject"), figures={**common(), "hits": _hits()}
        ),
        "queues": Kind(category="queue", ways=by_column("domain"), figures=_of_queues()),
    }


def _each() -> q.Expression:
    """How many there are in a transaction that has any; exact, or it could be less than one."""
    segment = q.Field("segment_id")
    known = q.call("count_if", q.Present(segment))
    return q.call("divide", known, q.call("distinct", segment))


def _statuses(first: int, end: int) -> q.Expression:
    """The share of answers with a status from this one on, up to the other."""
    status = q.Field("http_status")
    within = q.All([q.Compare(status, ">=", first), q.Compare(status, "<", end)])
    return q.call("divide", counted(within), counted(q.Compare(status, ">", 0)))


def _hits() -> q.Expression:
    """The share of look-ups that found something, of those that say so."""
    hit = q.Tag("cache.hit")
    known = q.OneOf(hit, ["true", "false"])
    return q.call("divide", counted(q.Compare(hit, "=", "true")), counted(known))


def _of_queues() -> dict[str, q.Expression]:
    sent, done = _acts("publish", "submit", "send", "create"), _acts("process", "task", "receive")
    lag = amount("messaging.message.receive.latency")
    return {
        "total": q.call("sum", chosen(done, q.call("multiply", TOOK, WEIGHT))),
        "sent": counted(sent),
        "done": counted(done),
        "p50": q.call("quantile", chosen(done, TOOK), 0.5),
        "p95": q.call("quantile", chosen(done, TOOK), 0.95),
        "lag": q.call("quantile", lag, 0.5),
        "lag95": q.call("quantile", lag, 0.95),
        "failures": figure("failure_rate()"),
        "callers": different("transaction"),
    }


def _acts(*verbs: str) -> q.Condition:
    """Whether a span of a queue does one of these: `queue.submit.celery` submits."""
    action = q.Field("action")
    parts: Sequence[q.Condition] = [q.Matches(action, f"{verb}*") for verb in verbs]
    return q.Either(list(parts))
