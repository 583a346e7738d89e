"""Alice's rules, channels, routes and alerts, each made once for a test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.web import samples
from tests.web.world import World
from vedette import clock
from vedette.alerts.counters import write_key
from vedette.alerts.models import (
    Alert,
    AlertEntry,
    AlertRoute,
    AlertRule,
    AlertState,
    Channel,
    OutboxMessage,
    Silence,
)
from vedette.configuration import Author
from vedette.configuration._writing import kind_named, write
from vedette.issues.models import IssueKey
from vedette.trackers.models import Tracker, TrackerLink

RULE: dict[str, Any] = {
    "name": "Many events of one issue",
    "source": "event",
    "per": ["issue"],
    "measure": "count",
    "window": "1h",
    "levels": {"critical": ">50", "warning": ">20"},
    "runbook": "# Look first\n\n1. at the **gateway**\n2. <script>alert(1)</script>",
}
SECRET = "hunter2-hunter2"


def save(world: World, kind: str, entry: dict[str, Any]) -> None:
    """Write an entry as a form does; a mistake in it is one of the test."""
    found = kind_named(kind)
    assert found is not None
    assert write(world.organization, found, entry, Author(user=world.alice)) == []


def rule_of(world: World, **changes: Any) -> AlertRule:
    """A rule of the shop, owned by Alice."""
    project = type(world.shop).objects.get(pk=world.shop.pk)
    entry = {**RULE, "project": project.slug, "owner": world.alice.email, **changes}
    rows = AlertRule.objects.select_related("project").filter(project=project)
    rows = rows.filter(body__name=entry["name"])
    if changes or not rows.exists():
        save(world, "rules", entry)
    return rows.get()


def channel_of(world: World) -> Channel:
    """A server that takes JSON, with a secret."""
    entry = {"name": "Ops", "kind": "webhook", "url": "https://ops.example/in", "secret": SECRET}
    rows = Channel.objects.filter(organization=world.organization, slug="ops")
    if not rows.exists():
        save(world, "channels", entry)
    return rows.get()


def tracker_of(world: World) -> Tracker:
    """A repository of GitHub, with a token."""
    entry = {"name": "Bugs", "kind": "github", "repository": "lantern/shop", "token": SECRET}
    rows = Tracker.objects.filter(organization=world.organization, slug="bugs")
    if not rows.exists():
        save(world, "trackers", entry)
    return rows.get()


def link_of(world: World) -> TrackerLink:
    """The checkout's issue in the repository."""
    values = {
        "state": "linked", "url": "https://github.example/lantern/shop/issues/7", "status": "open",
        "title": "PaymentFailed", "theirs": "open", "ours": "open", "marker": "a" * 24,
    }  # fmt: skip
    made, _ = TrackerLink.objects.get_or_create(
        tracker=tracker_of(world),
        project=world.shop,
        issue=world.issues["checkout"],
        key="lantern/shop#7",
        defaults=values,
    )
    return made


def route_of(world: World) -> AlertRoute:
    """Everything critical goes to the server."""
    channel_of(world)
    rows = AlertRoute.objects.filter(organization=world.organization, slug="pager")
    if not rows.exists():
        save(world, "routes", {"id": "pager", "match": ["level=critical"], "channels": ["ops"]})
    return rows.get()


def silence_of(world: World) -> Silence:
    """A silence of the shop."""
    project = type(world.shop).objects.get(pk=world.shop.pk)
    made, _ = Silence.objects.get_or_create(
        organization=world.organization,
        matchers=[f"project={project.slug}"],
        defaults={"ends_at": clock.now() + timedelta(hours=1), "reason": "maintenance"},
    )
    return made


def alert_of(world: World, **changes: Any) -> Alert:
    """The checkout fires since ten minutes, with the evidence of its counting."""
    rule = changes.pop("rule", None) or rule_of(world)
    issue = world.issues["checkout"]
    now = clock.now()
    fired = now - timedelta(minutes=10)
    held = Alert.objects.filter(rule=rule, key=write_key((str(issue.pk),)))
    if not changes and (found := held.exclude(state="over").first()):
        return found
    end = int(fired.timestamp())
    values = {
        "project": world.shop,
        "issue": issue,
        "key": write_key((str(issue.pk),)),
        "labels": {
            "rule": rule.slug, "project": rule.project.slug, "issue": issue.short_name,
            "issue_id": str(issue.pk), "environment": "production",
        },
        "title": f"{rule.name}: {issue.title}",
        "level": "critical",
        "state": AlertState.FIRING,
        "began_at": fired,
        "fired_at": fired,
        "since": fired,
        "value": 63.0,
        "evidence": {
            "query": "", "start": end - 3600, "end": end, "value": 63, "sample": 63,
            "bound": None, "threshold": ">50", "samples": [_sample(issue)],
        },
        **changes,
    }  # fmt: skip
    alert = Alert.objects.create(rule=rule, **values)
    AlertEntry.objects.create(alert=alert, at=fired, what="fired", level="critical", value=63.0)
    return alert


def _sample(issue: Any) -> dict[str, Any]:
    group = IssueKey.objects.filter(issue=issue).values_list("group_id", flat=True).first()
    event = samples.CHECKOUT["event_id"][:-1] + "1"
    return {"event": event, "group": str(group), "at": clock.timestamp() - 700}


def told(world: World, alert: Alert, channel: Channel, **changes: Any) -> OutboxMessage:
    """A message about the alert in the outbox."""
    from vedette.alerts.content import of_group
    from vedette.alerts.models import GroupedAlert, MessageGroup

    group, _ = MessageGroup.objects.get_or_create(
        organization=world.organization, route="pager", key="shop"
    )
    GroupedAlert.objects.get_or_create(group=group, alert=alert)
    alert = Alert.objects.select_related("rule", "project").get(pk=alert.pk)
    values = {
        "channel": channel,
        "group": group,
        "kind": "trigger",
        "content": of_group(group, "trigger", [alert], clock.now()),
        "identity": "one",
        **changes,
    }
    return OutboxMessage.objects.create(organization=world.organization, **values)
