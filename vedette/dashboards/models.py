"""A dashboard, who has starred or opened it, and the secret links to it."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Membership, Organization, User

MOST_SLUG = 60


class Dashboard(models.Model):
    """`body` is a `vedette.dashboards.content.Content`; `revision` rises with every change of it.

    A personal one is its owner's alone. A shared one is the organisation's, outlives its owner,
    and has a `slug`, by which files name it.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="dashboards")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="dashboards")
    slug = models.CharField(max_length=MOST_SLUG, null=True)
    title = models.CharField(max_length=100)
    description = models.TextField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)
    is_from_file = models.BooleanField(default=False)
    body = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="one_dashboard_slug")
        ]
        indexes = [models.Index(fields=["organization", "title"], name="dashboard_by_title")]

    def __str__(self) -> str:
        return self.title


class DashboardUse(models.Model):
    """What a dashboard is to a person: starred, and when it was opened last."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="uses")
    user = models.ForeignKey(User, models.CASCADE, related_name="dashboard_uses")
    is_starred = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "user"], name="one_dashboard_use")
        ]


class DashboardLink(models.Model):
    """A secret link: whoever has it sees the dashboard as its creator may see it.

    Only the hash of its secret is kept. `projects` were chosen when it was made, by number;
    `environments`, `releases` and `period` too. It ends with its creator's membership.
    """

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="links")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="dashboard_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    projects = models.JSONField(default=list)
    environments = models.JSONField(default=list)
    releases = models.JSONField(default=list)
    period = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dashboard", "created_at"], name="link_by_dashboard")]

    @property
    def creator(self) -> User:
        """In whose name it answers."""
        return self.membership.user
