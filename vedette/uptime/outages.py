"""An outage as an event: what issues, lists and alerts know it by, and its evidence.

The fingerprint is made of the monitor, and of the environment for a job: all its outages are one
issue, which recovery resolves and the next failure opens again.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from vedette.facts import Fact
from vedette.own_events import CRON, UPTIME

ITEM_TYPE: Final = "outage"
OVER_TYPE: Final = "outage_over"
CATEGORY: Final = "outage"
FOUND_BY: Final = {CRON: "monitor_check_in_failure", UPTIME: "uptime_domain_failure"}
"""What Sentry calls the types of these issues, by category."""

_MOST_CHARACTERS: Final = 400
_JOB_WORDS: Final = {
    "missed": "missed its run",
    "timeout": "took too long",
    "error": "failed",
}


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """The monitor. `target` is what it looks at, or when it is to run."""

    id: int
    slug: str
    name: str
    kind: str
    is_job: bool
    target: str = ""
    is_critical: bool = True
    tags: dict[str, str] = {}


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """What people are told: it is down since then, by this, which may be found later."""

    environment: str
    since: float
    found_at: float = 0.0
    reason: str
    text: str
    evidence: dict[str, Any] = {}


class OutageBegan(Fact, tag="outage_began", kw_only=True):
    """The event of an outage has come, which may be after the end of the outage; `at` is when it
    was sent."""

    monitor_id: int
    environment: str
    is_job: bool
    at: float


class OutageOver(Fact, tag="outage_over", kw_only=True):
    """What made the issue of a group is over since then; `words` say by what it ended."""

    group_id: int
    at: float
    words: str


class OverItem(msgspec.Struct, kw_only=True):
    """The payload of an item that says so."""

    group_id: int
    at: float
    words: str


def category_of(watched: Watched) -> str:
    """The type of its events."""
    return CRON if watched.is_job else UPTIME


def fingerprint_of(watched: Watched, environment: str) -> list[str]:
    """What its outages have in common; nothing in it is a placeholder to be filled in."""
    return [category_of(watched), str(watched.id), environment.replace("{{", "{ {")]


def title_of(watched: Watched, outage: Outage) -> str:
    """In words: `Job nightly missed its run`, `example.com is down: 503 instead of 200`."""
    if watched.is_job:
        said = _JOB_WORDS.get(outage.reason, "is down")
        place = f" in {outage.environment}" if outage.environment not in ("", "production") else ""
        return f"Job {watched.name} {said}{place}"[:_MOST_CHARACTERS]
    why = f": {outage.text}" if outage.text else ""
    return f"{watched.name} is down{why}"[:_MOST_CHARACTERS]


def event_of(event_id: str, watched: Watched, outage: Outage) -> dict[str, Any]:
    """The payload of the event."""
    category, title = category_of(watched), title_of(watched, outage)
    found = outage.evidence
    event: dict[str, Any] = {
        "event_id": event_id,
        "type": category,
        "timestamp": max(outage.since, outage.found_at),
        "level": "error" if watched.is_critical else "warning",
        "logger": FOUND_BY[category],
        "platform": "other",
        "logentry": {"formatted": title},
        "culprit": watched.target[:200],
        "fingerprint": fingerprint_of(watched, outage.environment),
        "environment": outage.environment,
        "tags": {**watched.tags, "monitor.slug": watched.slug, "monitor.kind": watched.kind},
        "occurrence": {
            "type": FOUND_BY[category],
            "title": title,
            "subtitle": outage.text[:_MOST_CHARACTERS],
            "monitor": {
                "id": watched.id,
                "slug": watched.slug,
                "name": watched.name,
                "kind": watched.kind,
                "target": watched.target,
            },
            "environment": outage.environment,
            "reason": outage.reason,
            "since": outage.since,
            "found": found,
        },
    }
    if found.get("release"):
        event["release"] = str(found["release"])
    if found.get("trace"):
        event["contexts"] = {"trace": {"trace_id": str(found["trace"]), "span_id": "0" * 16}}
    return event


def over_words(state: str) -> str:
    """By what an outage ended, as the issue says it."""
    return "no longer watched" if state == "ended" else "recovered by itself"
