"""Audits of a project: each commit that was looked at, and each finding through all of them."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.projects.models import Project


class FindingState(models.TextChoices):
    """How a finding stands."""

    OPEN = "open"
    FIXED = "fixed"
    ACCEPTED = "accepted"


class AuditRun(models.Model):
    """The audit of one commit. `at` is the commit's time: it orders the audits of a project.

    `inventory` is what joins ask about (`vedette.audit.inventory`), `rules` the texts of the
    rules that found something. Only the newest audit of a project has these and `fine`.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="audits")
    commit = models.CharField(max_length=64)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    release = models.CharField(max_length=250, blank=True)
    version = models.CharField(max_length=200, blank=True)
    sent_by = models.CharField(max_length=320, blank=True)
    coverage = models.JSONField(default=dict)
    inventory = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    fine = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "commit"], name="one_audit")]
        indexes = [models.Index(fields=["project", "at"], name="audit_at")]

    def __str__(self) -> str:
        return self.commit[:12]


class AuditFinding(models.Model):
    """A finding of a project, known by its fingerprint through all commits.

    `first` and `last` are the oldest and the newest audit that has it, `fixed` the first one after
    that; they are the times of commits. `accepted_*` is what a person has decided, `code_reason`
    what the checkout says. `snippet` and `instead` are there if source was sent. `events` are those
    of its file in the last days, `failing` whether a failing transaction is handled there.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="findings")
    fingerprint = models.CharField(max_length=64)
    rule = models.CharField(max_length=200)
    severity = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=1000)
    path = models.CharField(max_length=500, blank=True)
    line = models.PositiveIntegerField(default=0)
    last_line = models.PositiveIntegerField(default=0)
    function = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    explained = models.BooleanField(default=False)
    snippet = models.JSONField(default=list)
    instead = models.JSONField(null=True)
    state = models.CharField(max_length=16, choices=FindingState.choices, default=FindingState.OPEN)
    first_at = models.DateTimeField()
    first_commit = models.CharField(max_length=64)
    last_at = models.DateTimeField()
    last_commit = models.CharField(max_length=64)
    fixed_at = models.DateTimeField(null=True, blank=True)
    fixed_commit = models.CharField(max_length=64, blank=True)
    code_reason = models.CharField(max_length=1000, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_reason = models.CharField(max_length=1000, blank=True)
    exposure = models.FloatField(default=0.0)
    events = models.BigIntegerField(default=0)
    is_failing = models.BooleanField(default=False)
    is_recent = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "fingerprint"], name="one_finding")
        ]
        indexes = [
            models.Index(
                fields=["project", "state", "-severity", "-exposure", "id"], name="finding_rank"
            ),
            models.Index(fields=["project", "path"], name="finding_path"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.path}"


class AuditStanding(models.Model):
    """What is known of a project's audits as a whole; locked by whoever changes them.

    `told` is what the joins with real events say, as of `looked_at`; none yet where it is empty.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="audit_standing")
    newest = models.ForeignKey(AuditRun, models.SET_NULL, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(default=list)
    figures = models.JSONField(default=dict)


class AuditTree(models.Model):
    """The files that the newest audit of a project has read."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="audit_tree")
    paths = models.JSONField(default=list)
