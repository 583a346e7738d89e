"""How one piece of feedback stands."""

from __future__ import annotations

from django.db import models

from vedette.accounts.models import User
from vedette.projects.models import Project


class FeedbackStatus(models.TextChoices):
    """Where feedback lies in the inbox."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    SPAM = "spam"


class Feedback(models.Model):
    """One piece of feedback, by the id under which the store keeps its words.

    `signs` says in words why it looks like spam; `text_key` is a number that equal texts share,
    and nothing that could be read. `decided_at` is when a person last decided: from then on no
    sign moves it any more.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="feedback")
    feedback_id = models.CharField(max_length=32)
    at = models.DateTimeField()
    status = models.CharField(
        max_length=16, choices=FeedbackStatus.choices, default=FeedbackStatus.UNRESOLVED
    )
    signs = models.JSONField(default=list)
    text_key = models.BigIntegerField(default=0)
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="feedback"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "feedback_id"], name="one_feedback")
        ]
        indexes = [
            models.Index(fields=["project", "text_key", "at"], name="feedback_text"),
            models.Index(fields=["at"], name="feedback_at"),
        ]

    def __str__(self) -> str:
        return self.feedback_id
