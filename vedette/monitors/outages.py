"""Outages as issues: what is told of a monitor that is down becomes an event, and its end the
end of the issue.

What is told is written down with the change itself; a loop sends it through the spool, in order.
So an issue is opened and resolved exactly once for each outage, whatever is killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from vedette import clock
from vedette.issues.models import Issue, IssueKey
from vedette.monitors.jobs.agreeing import KINDS
from vedette.monitors.kinds import target_of
from vedette.monitors.models import Monitor, MonitorStanding, OutageNews
from vedette.pipeline.grouping import group_and_name
from vedette.pipeline.steps import group_number
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.uptime.facts import MonitorTold
from vedette.uptime.outages import (
    CATEGORY,
    ITEM_TYPE,
    OVER_TYPE,
    Outage,
    OutageBegan,
    OutageOver,
    OverItem,
    Watched,
    event_of,
    over_words,
)
from vedette.wire.envelope import build_envelope, new_event_id
from vedette.wire.event import decode_event

WRITER: Final = "outages"
_MOST_NEWS: Final = 500  # of one turn
_encode = msgspec.json.Encoder().encode


def note_told(facts: Sequence[MonitorTold]) -> None:
    """Write down what these mean for issues, within their transaction."""
    rows = Monitor.objects.in_bulk({fact.monitor_id for fact in facts})
    news = []
    for fact in facts:
        monitor = rows.get(fact.monitor_id)
        if monitor is None:
            continue
        watched = watched_of(monitor)
        if fact.state != "down":
            news.append(_over(watched, fact))
        elif monitor.opens_issue:
            news.append(_began(watched, monitor, fact))
    OutageNews.objects.bulk_create(news)


def send_news(spool_folder: Path) -> int:
    """Send what waits through the spool; how many. Raises SpoolError."""
    rows = list(OutageNews.objects.order_by("pk")[:_MOST_NEWS])
    if not rows:
        return 0
    with SpoolRun(spool_folder / WRITER) as spool:
        spool.append([_record(row) for row in rows])
    OutageNews.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def watched_of(monitor: Monitor) -> Watched:
    """What events tell of a monitor."""
    return Watched(
        id=monitor.pk,
        slug=monitor.slug,
        name=monitor.name,
        kind=monitor.kind,
        is_job=monitor.kind in KINDS,
        target=target_of(monitor),
        is_critical=monitor.severity == "critical",
        tags={str(name): str(value) for name, value in (monitor.tags or {}).items()},
    )


def issues_of(monitor: Monitor, environments: Iterable[str]) -> list[Issue]:
    """The issues of its outages, those that are open first."""
    watched = watched_of(monitor)
    groups = [_group_of(watched, monitor.project_id, one) for one in environments]
    keys = IssueKey.objects.filter(project=monitor.project_id, group_id__in=groups)
    found = Issue.objects.filter(pk__in=keys.values("issue")).select_related("project")
    return sorted(found, key=lambda issue: (issue.status != "unresolved", -issue.pk))


def lasting_groups(project_id: int) -> set[int]:
    """The groups of outages that people know of and that are not over."""
    rows = MonitorStanding.objects.filter(monitor__project=project_id)
    told = [
        row
        for row in rows.filter(standing__told="down").select_related("monitor").order_by("pk")
        if row.monitor.opens_issue
    ]
    return {_group_of(watched_of(row.monitor), project_id, row.environment) for row in told}


def over_already(facts: Sequence[OutageBegan]) -> list[OutageOver]:
    """The ends of those that people no longer know of: told before what they end had come."""
    rows = MonitorStanding.objects.filter(monitor__in={fact.monitor_id for fact in facts})
    told = rows.filter(standing__told="down").values_list("monitor_id", "environment")
    lasting = set(told) if facts else set()
    return [
        OutageOver(
            project_id=fact.project_id,
            group_id=_group_of(_named_by(fact), fact.project_id, fact.environment),
            at=fact.at,
            words=over_words("up"),
        )
        for fact in facts
        if (fact.monitor_id, fact.environment) not in lasting
    ]


def _named_by(fact: OutageBegan) -> Watched:
    """As much of a monitor as its issues are told apart by."""
    return Watched(id=fact.monitor_id, slug="", name="", kind="", is_job=fact.is_job)


def _began(watched: Watched, monitor: Monitor, fact: MonitorTold) -> OutageNews:
    event_id = new_event_id()
    payload = event_of(event_id, watched, _outage(fact))
    payload["environment"] = fact.environment or monitor.environment
    return OutageNews(
        project_id=fact.project_id, event_id=event_id, item_type=ITEM_TYPE, payload=payload
    )


def _over(watched: Watched, fact: MonitorTold) -> OutageNews:
    group = _group_of(watched, fact.project_id, fact.environment)
    item = OverItem(group_id=group, at=fact.since, words=over_words(fact.state))
    return OutageNews(
        project_id=fact.project_id,
        event_id=new_event_id(),
        item_type=OVER_TYPE,
        payload=msgspec.to_builtins(item),
    )


def _outage(fact: MonitorTold) -> Outage:
    return Outage(
        environment=fact.environment,
        since=fact.since,
        found_at=fact.found_at,
        reason=fact.reason,
        text=fact.text,
        evidence=fact.evidence,
    )


def _group_of(watched: Watched, project_id: int, environment: str) -> int:
    """The group into which the pipeline puts its events."""
    nothing = Outage(environment=environment, since=0.0, reason="", text="")
    event = decode_event(_encode(event_of("0" * 32, watched, nothing)))
    grouping, _ = group_and_name(event)
    return group_number(grouping.key, project_id)


def _record(row: OutageNews) -> tuple[bytes, bytes]:
    """Meta and body; the origin makes a second sending leave no trace, not even a count."""
    payload: Mapping[str, Any] = row.payload
    body = build_envelope({"event_id": row.event_id}, [({"type": row.item_type}, _encode(payload))])
    meta = Meta(
        row.project_id,
        clock.timestamp(),
        event_id=row.event_id,
        inflated_bytes=len(body),
        origin=Origin(row.event_id, CATEGORY, 0),
    )
    return encode_meta(meta), body
