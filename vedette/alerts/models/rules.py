"""Alert rules as they are kept."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.projects.models import Project


class Severity(models.TextChoices):
    """How bad an alert is."""

    WARNING = "warning"
    CRITICAL = "critical"


class AlertRule(models.Model):
    """A rule of one project. `body` is it as written (`vedette.rules.written`).

    `slug` names it in files and addresses. `is_from_file`: it came by `vedette apply`, whose
    `--prune` may remove it. `counter` is the id of what it counts.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="alert_rules")
    slug = models.SlugField(max_length=80)
    body = models.JSONField()
    counter = models.CharField(max_length=16, blank=True)
    is_edge = models.BooleanField(default=False, help_text="About what happens once.")
    is_enabled = models.BooleanField(default=True)
    is_from_file = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    runbook = models.TextField(blank=True, help_text="Markdown, or a link.")
    labels = models.JSONField(default=dict, help_text="Labels of its alerts, for routes.")
    notify = models.JSONField(default=list, help_text="Slugs of channels besides the routes'.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now, db_index=True)
    broken = models.CharField(max_length=400, blank=True, help_text="Why it cannot be evaluated.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="one_alert_rule_slug")
        ]

    @property
    def name(self) -> str:
        """The title of its messages."""
        return str(self.body.get("name", ""))
