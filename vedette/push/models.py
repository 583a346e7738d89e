"""Browsers that want to be told, the installation's key, and messages on their way."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.sealing.fields import SealedTextField


class PushKey(models.Model):
    """The installation's key by which push services know it; one row, made when it is needed."""

    private = SealedTextField(help_text="The number of the key on P-256, in hex.")
    public = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)


class PushSubscription(models.Model):
    """A browser of a person. `public` and `secret` are the browser's, to encrypt for it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=2000)
    endpoint_hash = models.CharField(max_length=64, unique=True)
    public = models.CharField(max_length=100)
    secret = SealedTextField()
    label = models.CharField(max_length=100, blank=True, help_text="Which browser it is.")
    created_at = models.DateTimeField(default=clock.now)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="The last message taken.")
    last_error = models.CharField(max_length=400, blank=True)


class PushMessage(models.Model):
    """A message to one browser that waits for its time; gone when it is taken or too old."""

    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="messages")
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="+"
    )
    identity = models.CharField(max_length=120)
    content = models.JSONField()
    about = models.JSONField(default=dict, help_text="Its alerts and project: who may see it.")
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, db_index=True)
    tries = models.IntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "identity"], name="one_push_message")
        ]
