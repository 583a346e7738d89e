"""One span in detail: what it did, how long, its attributes, where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from vedette.issues.telemetry import moment
from vedette.projects.models import Project
from vedette.web.wording import milliseconds

_FACTS = (
    ("status", "Status"),
    ("http_status", "HTTP status"),
    ("service", "Service"),
    ("transaction", "Transaction"),
    ("release", "Release"),
    ("environment", "Environment"),
    ("server_name", "Host"),
    ("user_key", "User"),
    ("browser_name", "Browser"),
    ("os_name", "System"),
    ("domain", "Domain"),
    ("action", "Action"),
    ("system", "System of the work"),
    ("origin", "Made by"),
    ("platform", "Platform"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another trace that a span names."""

    trace_id: str
    span_id: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the panel shows."""

    span_id: str
    op: str
    description: str
    subject: str
    took: str
    own: str
    ended: datetime
    is_failed: bool
    weight: float
    project: Project | None
    facts: list[tuple[str, str]]
    attributes: list[tuple[str, str]]
    links: list[Link]
    address: str
    issues: str


def make_detail(trace_id: str, row: dict[str, Any], project: Project | None) -> Detail:
    """From a row of the table `spans`."""
    ended = moment(row["timestamp"])
    at = int(ended.timestamp())
    subject = row["subject"] or ""
    place = urlencode({"at": at, "span": row["span_id"]})
    own = row["self_time"]
    return Detail(
        span_id=row["span_id"],
        op=row["op"] or "default",
        description=row["description"] or "",
        subject=subject if subject != row["description"] else "",
        took=milliseconds(row["duration"]),
        own=milliseconds(own),
        ended=ended,
        is_failed=bool(row["is_failed"]),
        weight=row["weight"] or 1.0,
        project=project,
        facts=[(label, str(row[name])) for name, label in _FACTS if row.get(name)],
        attributes=sorted(dict(row["tags"] or {}).items()),
        links=[_link(one, at) for one in (row["links"] or "").split()],
        address=f"{reverse('trace', args=[trace_id])}?{place}",
        issues=f"{reverse('issues')}?{urlencode({'query': f'trace:{trace_id}'})}",
    )


def _link(text: str, at: int) -> Link:
    trace_id, _, span_id = text.partition(":")
    query = urlencode({"at": at, "span": span_id})
    address = f"{reverse('trace', args=[trace_id])}?{query}" if trace_id.isalnum() else ""
    return Link(trace_id=trace_id, span_id=span_id, address=address)
