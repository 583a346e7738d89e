"""Incidents and scheduled maintenance, and what is said of them as time goes by."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models import MaintenanceWindow
from vedette.statuspages.models.pages import StatusComponent, StatusPage, new_key


class Incident(models.Model):
    """An incident, or maintenance if it is scheduled. Nobody sees it before `published_at`.

    `status` is that of the newest published update. `is_auto` says that monitors began it; one
    that a person discards stays, so that the same failure does not draft it again. With
    `covers_monitors` maintenance puts monitors into `windows` when it is published.
    """

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="incidents")
    key = models.CharField(max_length=12, unique=True, default=new_key)
    title = models.CharField(max_length=200)
    impact = models.CharField(max_length=16, default="minor")
    status = models.CharField(max_length=16, default="investigating")
    began_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    scheduled_until = models.DateTimeField(null=True, blank=True)
    covers_monitors = models.BooleanField(default=False, db_default=False)
    windows = models.ManyToManyField(MaintenanceWindow, related_name="+")
    is_auto = models.BooleanField(default=False)
    is_discarded = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["page", "-began_at"], name="incident_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_scheduled(self) -> bool:
        """Whether it is maintenance."""
        return self.scheduled_for is not None


class IncidentComponent(models.Model):
    """How an incident leaves a component while it lasts."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="affected")
    component = models.ForeignKey(StatusComponent, models.CASCADE, related_name="incidents")
    state = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "component"], name="one_affected")
        ]


class IncidentUpdate(models.Model):
    """What was said of an incident: Markdown, and the status from then on. A draft at first."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="updates")
    key = models.CharField(max_length=12, unique=True, default=new_key)
    status = models.CharField(max_length=16)
    text = models.TextField(max_length=10_000)
    at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
