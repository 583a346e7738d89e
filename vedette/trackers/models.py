"""Trackers of organisations, and the issues there that belong to issues and alerts here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.alerts.models import Alert
from vedette.connections.models import Connection
from vedette.issues.models import Issue
from vedette.projects.models import Project


class Tracker(Connection):
    """An issue tracker. `kind` is of the drawer `vedette.trackers.hosts`.

    The switches: `closes` there what is resolved here, `reopens` there what comes back here,
    `follows` here what is closed or opened again there.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="trackers")
    closes = models.BooleanField(default=True)
    reopens = models.BooleanField(default=True)
    follows = models.BooleanField(default=True)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="The last signed call.")
    worked_at = models.DateTimeField(null=True, blank=True, help_text="The last good answer.")


class LinkState(models.TextChoices):
    """Where a link is: to be made, made, given up, or taken away by a person."""

    WAITING = "waiting"
    LINKED = "linked"
    FAILED = "failed"
    UNLINKED = "unlinked"


class TrackerLink(models.Model):
    """An issue there that belongs to an issue here, or to an alert about no issue.

    It is written before anything is done there, and works like a message of the outbox: claimed
    with a lease, tried until it is taken. `draft` is what is to be opened, empty for an issue that
    is there already; `marker` finds it again after a kill. `ours` and `theirs` are the states
    (open, closed) that both sides had when they were last compared: who differs has changed.
    One that a rule wished for is kept when a person takes it away, so that it is not made again.
    """

    tracker = models.ForeignKey(Tracker, models.CASCADE, related_name="links")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    issue = models.ForeignKey(
        Issue, models.CASCADE, null=True, blank=True, related_name="tracker_links"
    )
    alert = models.ForeignKey(
        Alert, models.CASCADE, null=True, blank=True, related_name="tracker_links"
    )
    state = models.CharField(max_length=16, choices=LinkState.choices, default=LinkState.WAITING)
    is_automatic = models.BooleanField(default=False, help_text="A rule wished for it.")
    draft = models.JSONField(default=dict)
    marker = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=100, blank=True)
    ours = models.CharField(max_length=8, blank=True)
    theirs = models.CharField(max_length=8, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.IntegerField(default=0)
    may_be_there = models.BooleanField(default=False, help_text="A try may have arrived.")
    held_by = models.CharField(max_length=120, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tracker", "issue"],
                condition=Q(is_automatic=True, issue__isnull=False),
                name="one_automatic_link_of_issue",
            ),
            models.UniqueConstraint(
                fields=["tracker", "alert"],
                condition=Q(is_automatic=True, issue__isnull=True),
                name="one_automatic_link_of_alert",
            ),
            models.UniqueConstraint(
                fields=["tracker", "issue", "key"],
                condition=Q(issue__isnull=False) & ~Q(key=""),
                name="one_link_of_issue",
            ),
            models.UniqueConstraint(
                fields=["tracker", "alert", "key"],
                condition=Q(issue__isnull=True) & ~Q(key=""),
                name="one_link_of_alert",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="tracker_link_due"),
            models.Index(fields=["tracker", "key"], name="tracker_link_key"),
        ]
