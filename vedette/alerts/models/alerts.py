"""Alerts: each time that a rule fired, what happened to it, what it turned out to be."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.models.rules import AlertRule, Severity
from vedette.issues.models import Issue
from vedette.projects.models import Project


class AlertState(models.TextChoices):
    """Where an alert is in its life; see `vedette.rules.machine`."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    OVER = "over"


class Closing(models.TextChoices):
    """What an alert turned out to be: the share of those not real is the rule's false rate."""

    REAL = "real"
    NOT_REAL = "not_real", "not real"
    EXPECTED = "expected"


class Alert(models.Model):
    """One time that a rule fired for one key, from the first moment to its end.

    `key` has the values of the rule's `per` as JSON, `labels` names them. `evidence` is what was
    found in the store when it was confirmed: query, bounds, value, sample events.
    """

    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="alerts")
    project = models.ForeignKey(Project, models.CASCADE, related_name="alerts")
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, blank=True, related_name="alerts")
    key = models.TextField(default="[]")
    labels = models.JSONField(default=dict)
    title = models.CharField(max_length=400)
    level = models.CharField(max_length=16, choices=Severity.choices)
    state = models.CharField(max_length=16, choices=AlertState.choices)
    began_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(help_text="The beginning of its state.")
    over_at = models.DateTimeField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    count = models.BigIntegerField(default=1, help_text="Events told of, for what happens once.")
    evidence = models.JSONField(default=dict)
    acknowledged_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=16, choices=Closing.choices, blank=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "key"],
                condition=~models.Q(state="over"),
                name="one_alert_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["state", "project"], name="alert_state"),
            models.Index(fields=["project", "-id"], name="alert_newest"),
            models.Index(fields=["rule", "-id"], name="alert_of_rule"),
            models.Index(
                fields=["project", "key"], condition=~models.Q(state="over"), name="open_alert"
            ),
        ]


class AlertEntry(models.Model):
    """One thing that happened to an alert; never changed."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=24)
    level = models.CharField(max_length=16, blank=True)
    value = models.FloatField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)
