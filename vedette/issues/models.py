"""An issue, the group keys that lead to it, and how far the pipeline has come."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.projects.models import Project


class Status(models.TextChoices):
    """The state of an issue, in Sentry's words."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class Substatus(models.TextChoices):
    """Why an issue is in its state."""

    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    ESCALATING = "escalating"
    ARCHIVED = "archived_until_escalating"


class Issue(models.Model):
    """A cause. Counts and times are written by the pipeline, everything else by people.

    `type` and `value` are the two halves of the title; an issue without an exception has
    an empty `type`.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="issues")
    short_id = models.BigIntegerField(help_text="Counts up within the project: SHOP-12.")
    event_type = models.CharField(max_length=16, default="error")
    type = models.CharField(max_length=256, blank=True)
    value = models.CharField(max_length=1024, blank=True)
    culprit = models.CharField(max_length=200, blank=True)
    filename = models.CharField(max_length=256, blank=True)
    function = models.CharField(max_length=256, blank=True)
    logger = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=16, default="error")
    platform = models.CharField(max_length=64, blank=True)
    is_unhandled = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.UNRESOLVED)
    substatus = models.CharField(max_length=32, choices=Substatus.choices, default=Substatus.NEW)
    priority = models.CharField(max_length=8, default="medium")
    event_count = models.BigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    first_release = models.CharField(max_length=250, blank=True)
    last_release = models.CharField(max_length=250, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "short_id"], name="one_issue_short_id")
        ]
        indexes = [
            models.Index(fields=["status", "-last_seen", "-id"], name="issue_last_seen"),
            models.Index(fields=["status", "-first_seen", "-id"], name="issue_first_seen"),
            models.Index(fields=["-last_seen", "-id"], name="issue_any_last_seen"),
            models.Index(fields=["project", "created_at"], name="issue_created"),
            models.Index(fields=["project", "first_release"], name="issue_first_release"),
        ]

    @property
    def title(self) -> str:
        """`type: value`, or whichever half there is."""
        return ": ".join(part for part in (self.type, self.value) if part) or "<unlabeled event>"

    @property
    def short_name(self) -> str:
        """The name people say: SHOP-12. Needs `project` loaded."""
        return f"{self.project.slug.upper()}-{self.short_id}"


class IssueKey(models.Model):
    """A grouping key that leads to an issue; merging issues moves keys, never events.

    `group_id` is the signed 64-bit number under which the store keeps the events.
    """

    project = models.ForeignKey(Project, models.CASCADE)
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="keys")
    group_id = models.BigIntegerField()
    key = models.CharField(max_length=32, help_text="The 128-bit grouping key in hex.")
    version = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "group_id"], name="one_issue_key")
        ]
        indexes = [models.Index(fields=["group_id"], name="issue_key_group")]


class Assignment(models.Model):
    """Who works on an issue. Without a user somebody took it away again, so none is suggested it.

    Without `by` it was assigned by the project's rules.
    """

    issue = models.OneToOneField(Issue, models.CASCADE, primary_key=True, related_name="assignment")
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="assignments"
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Recovery(models.Model):
    """Why an issue was resolved by no person: what it is about is over.

    Holds while the issue is resolved since `at`; whatever else changes that makes it void.
    """

    issue = models.OneToOneField(Issue, models.CASCADE, primary_key=True, related_name="recovery")
    at = models.DateTimeField()
    words = models.CharField(max_length=200)


class EscalationWatch(models.Model):
    """How often an archived issue may happen in an hour, and how often it did.

    There is one from the moment it is archived; `ceiling` is null until the week before was
    counted. It is never raised: what grows slowly comes back as well.
    """

    issue = models.OneToOneField(
        Issue, models.CASCADE, primary_key=True, related_name="watch", editable=False
    )
    ceiling = models.BigIntegerField(null=True)
    archived_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, db_index=True, help_text="To be counted.")
    hours = models.JSONField(
        default=dict, help_text="Events by hours since 1970, by receipt, of the newest hours."
    )


class SpoolPosition(models.Model):
    """How far a spool writer's records have had their effect on the metadata.

    The name says of which spool (`vedette.issues.positions`). Written in the same transaction as
    that effect: this is what makes it happen once.
    """

    writer = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)
