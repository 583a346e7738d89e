"""News of issues that wait to be mailed, and the reports of weeks."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.issues.models import Issue


class What(models.TextChoices):
    """What happened to an issue."""

    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    REGRESSED = "regressed"


class IssueNews(models.Model):
    """Something that a person wants to hear of: written with the change that caused it.

    It becomes a mail after a moment, if it is still true then.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name_plural = "issue news"


class WeeklyReport(models.Model):
    """The report of one week to one person: there is one before it is sent, so it is sent once.

    `week` is the Monday on which it is sent. One whose process dies while it is handed over
    stays `sending`: it may have arrived, and twice is worse than never for a report.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    week = models.DateField()
    state = models.CharField(max_length=16, default="waiting")
    due_at = models.DateTimeField(default=clock.now)
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "week"], name="one_weekly_report"
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="weekly_report_due")]
