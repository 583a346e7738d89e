"""An envelope of which nothing is left: counted and answered, the pipeline never sees it."""

from __future__ import annotations

from vedette.ingest.errors import IngestError, RateLimited
from vedette.ingest.inspection import Inspection
from vedette.ingest.keys import Key
from vedette.ingest.routes import Route
from vedette.ingest.tally import Tally
from vedette.wire.limits import RateLimit

NEVER_LIMITED = frozenset(
    {"minidump", "unreal", "cron", "heartbeat"}
)  # their clients send again at once


def turn_away(
    tally: Tally,
    route: Route,
    key: Key,
    seen: Inspection,
    limits: list[RateLimit],
    refused: dict[str, str],
) -> tuple[str, list[RateLimit]]:
    """Count every item with its reason; then raise the refusal, or return what is answered."""
    for flaw in seen.flaws:
        tally.count(key.project_id, flaw.category, "invalid", flaw.reason, 1)
    for category, reason in refused.items():
        tally.count(key.project_id, category, "rate_limited", reason, seen.categories[category])
    if limits and route.endpoint not in NEVER_LIMITED:
        answer: IngestError = RateLimited(limits)
    elif seen.flaws:
        first = seen.flaws[0]
        answer = IngestError(first.detail, reason=first.reason, status=first.status)
    else:
        return seen.event_id, []
    answer.is_counted = True
    raise answer
