"""Channels, and which alerts go to which of them."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.connections.models import Connection


class Channel(Connection):
    """A way to reach people. `kind` is of the drawer `vedette.channels`.

    Instead of a broken one, `fallback` is used.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="channels")
    fallback = models.CharField(max_length=60, blank=True, help_text="The slug of another.")
    most_messages = models.PositiveIntegerField(default=20, help_text="In ten minutes.")


class AlertRoute(models.Model):
    """Which alerts go to which channels, and how they are gathered; the first that fits is taken.

    `matchers` are lines such as `project=shop` and `level!=warning`; seconds elsewhere.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="alert_routes")
    slug = models.SlugField(max_length=60)
    order = models.IntegerField(default=100)
    matchers = models.JSONField(default=list)
    channels = models.JSONField(default=list, help_text="Slugs of channels.")
    goes_on = models.BooleanField(default=False, help_text="Later routes may fit as well.")
    group_by = models.JSONField(default=list)
    wait = models.IntegerField(default=10)
    interval = models.IntegerField(default=60)
    repeat = models.IntegerField(default=4 * 3600)
    mute = models.JSONField(default=list, help_text="Times of the week at which it is quiet.")
    is_from_file = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="one_route_slug")
        ]


class Silence(models.Model):
    """Alerts that fit are not told of until its end; that they are over still is."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="silences")
    matchers = models.JSONField(default=list)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
