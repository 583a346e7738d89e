"""What was judged of monitors: how each stands, since when, what happened, how fast it was."""

from __future__ import annotations

from typing import Any

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models.watched import Monitor
from vedette.projects.models import Project


class MonitorStanding(models.Model):
    """How a monitor stands, for cron jobs in each environment apart, else in none ("").

    `state` is what is shown: new, up, degraded, down, maintenance, paused or unknown, `since`
    when. `standing` is a `vedette.uptime.standing.Standing`, from which the next result is
    judged. `due_at` is when something has to be looked at by the clock, if at all: a check-in
    that is missed from then on, a probe that has stalled.
    """

    monitor = models.ForeignKey(Monitor, models.CASCADE, related_name="standings")
    environment = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, default="new")
    since = models.DateTimeField(default=clock.now)
    is_verifying = models.BooleanField(default=False)
    is_flapping = models.BooleanField(default=False)
    suppressed_by = models.ForeignKey(
        Monitor, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    standing = models.JSONField(default=dict)
    last_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=16, blank=True)
    last_reason = models.CharField(max_length=64, blank=True)
    last_text = models.CharField(max_length=400, blank=True)
    last_ms = models.FloatField(null=True, blank=True)
    last_status = models.IntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    percentiles = models.JSONField(default=dict, help_text="p50, p95, p99 of the last day, in ms.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "environment"], name="one_standing")
        ]


class StateInterval(models.Model):
    """A state from `began` until `ended`, milliseconds since 1970; the last one is open."""

    standing = models.ForeignKey(MonitorStanding, models.CASCADE, related_name="intervals")
    state = models.CharField(max_length=16)
    began = models.BigIntegerField()
    ended = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["standing"], condition=models.Q(ended=None), name="one_open_interval"
            )
        ]
        indexes = [models.Index(fields=["standing", "began"], name="interval_by_start")]


class MonitorEvent(models.Model):
    """Something that happened to a monitor, for its history.

    `kind` is of `vedette.uptime.changes.ChangeKind`, or what a person did: created, changed,
    paused, resumed. `evidence` is the result that decided, as far as it tells.
    """

    monitor = models.ForeignKey(Monitor, models.CASCADE, related_name="events")
    environment = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=32)
    at = models.DateTimeField(default=clock.now)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=400, blank=True)
    evidence: models.JSONField[Any, Any] = models.JSONField(default=dict)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["monitor", "-at"], name="monitor_event_newest")]


class OutageNews(models.Model):
    """An outage that begins or is over, until the loop has sent it through the spool.

    Written with the change that causes it. `payload` is of an item of the type `item_type`, and
    `event_id` makes it known should it be sent twice.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    event_id = models.CharField(max_length=32)
    item_type = models.CharField(max_length=32)
    payload: models.JSONField[Any, Any] = models.JSONField(default=dict)


class MonitorNotice(models.Model):
    """Something that the owner of a monitor hears of once; `about` says of what."""

    monitor = models.ForeignKey(Monitor, models.CASCADE, related_name="notices")
    about = models.CharField(max_length=100)
    words = models.CharField(max_length=400)
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "about"], name="one_monitor_notice")
        ]
        indexes = [
            models.Index(
                fields=["at"], name="monitor_notice_waiting", condition=models.Q(sent_at=None)
            )
        ]


class LatencyCount(models.Model):
    """How many checks took how long within an hour or a day: numbers by bucket.

    Buckets are those of `vedette.uptime.latency`; `began` is milliseconds since 1970.
    """

    monitor = models.ForeignKey(Monitor, models.CASCADE, related_name="latencies")
    span = models.CharField(max_length=8, help_text="hour, day")
    began = models.BigIntegerField()
    buckets = models.JSONField(default=dict)
    checks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "span", "began"], name="one_latency_count")
        ]
        indexes = [models.Index(fields=["span", "began"], name="latency_by_start")]
