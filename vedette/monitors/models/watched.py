"""Monitors, and the times in which what they find does not count."""

from __future__ import annotations

import uuid

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.models import Severity
from vedette.projects.models import Project
from vedette.sealing.fields import SealedTextField


def new_key() -> str:
    """32 hex digits that nobody can guess: they are in the addresses of heartbeats."""
    return uuid.uuid4().hex


class Monitor(models.Model):
    """Something that is watched. `slug` names it in files and addresses.

    `kind` is of the drawer `vedette.probing.kinds`, or one that waits to be told: `cron`,
    `heartbeat`, `composite`. `settings` are what the kind makes a probe of, `secrets` sealed JSON
    of those of its fields that are secret. `window` and `slow` are the other ways to be down and
    degraded (`vedette.uptime.policy`), empty for none. `key` decides its place within the
    interval, and is the secret part of a heartbeat's address.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="monitors")
    environment = models.CharField(max_length=64, blank=True)
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=128)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    kind = models.CharField(max_length=32)
    settings = models.JSONField(default=dict)
    secrets = SealedTextField(blank=True)
    interval_seconds = models.PositiveIntegerField(default=60)
    timeout_seconds = models.PositiveIntegerField(default=10)
    fail_after = models.PositiveIntegerField(default=3)
    recover_after = models.PositiveIntegerField(default=2)
    retry_seconds = models.PositiveIntegerField(default=20)
    window = models.JSONField(default=dict, help_text="fails, of")
    slow = models.JSONField(default=dict, help_text="ms, after, clear_ms, clear_after")
    depends_on = models.ManyToManyField("self", symmetrical=False, related_name="dependents")
    tags = models.JSONField(default=dict, help_text="Texts by name; they are labels of alerts.")
    severity = models.CharField(max_length=16, choices=Severity.choices, default=Severity.CRITICAL)
    runbook = models.TextField(blank=True, help_text="Markdown, or a link.")
    notify = models.JSONField(default=list, help_text="Slugs of channels besides the routes'.")
    opens_issue = models.BooleanField(default=True, help_text="While it is down there is an issue.")
    agents = models.JSONField(default=dict, help_text="Where it is run from; empty: from here.")
    is_paused = models.BooleanField(default=False)
    is_from_file = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_monitor_slug")]
        indexes = [models.Index(fields=["kind"], name="monitor_by_kind")]

    def __str__(self) -> str:
        return self.name


class MonitorsVersion(models.Model):
    """One row, whose number rises with every change of what is watched: the prober looks at it."""

    number = models.BigIntegerField(default=0)


class MaintenanceWindow(models.Model):
    """A time in which monitors are measured and shown, but neither counted nor told of.

    Once: from `starts_at` to `ends_at`, also by API around a deploy. Each week: on `weekdays`
    (0 is Monday) at `start_minute` of the day in `zone`, for `minutes`, between the two if they
    are set. It is for the monitors that are named and those with its tags; for all of the project
    only if it says so, since monitors that are named may be removed.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="maintenance_windows")
    name = models.CharField(max_length=128)
    monitors = models.ManyToManyField(Monitor, related_name="maintenance_windows")
    tags = models.JSONField(default=dict, help_text="Monitors that have all of these.")
    covers_all = models.BooleanField(default=False, help_text="All monitors of the project.")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    weekdays = models.JSONField(default=list, help_text="Numbers; empty: once.")
    start_minute = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=60)
    zone = models.CharField(max_length=64, default="UTC")
    is_from_file = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["project", "ends_at"], name="maintenance_by_end")]
