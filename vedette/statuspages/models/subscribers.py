"""Who wants to hear of a page, and messages on their way."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.sealing.fields import SealedTextField
from vedette.statuspages.models.incidents import IncidentUpdate
from vedette.statuspages.models.pages import StatusComponent, StatusPage


class Subscriber(models.Model):
    """An address that hears of published updates once it was confirmed.

    It hears of all if it says so, else of its components, which may be removed: then of none.
    `source` is a hash of where the wish came from, by which
    wishes are limited. `side` is who is spoken to, as a number: messages to one side are handed
    over one after the other.
    """

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="subscribers")
    kind = models.CharField(max_length=8, help_text="email, webhook, slack")
    address = SealedTextField()
    address_hash = models.CharField(max_length=64)
    side = models.BigIntegerField(default=0, db_default=0)
    hears_all = models.BooleanField(default=True, db_default=True)
    components = models.ManyToManyField(StatusComponent, related_name="subscribers")
    source = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "address_hash"], name="one_subscriber")
        ]
        indexes = [
            models.Index(fields=["address_hash"], name="subscriber_by_address"),
            models.Index(fields=["source", "asked_at"], name="subscriber_by_source"),
        ]


class StatusDelivery(models.Model):
    """A message to a subscriber: of an update, or the question whether it is wanted at all.

    A row before a message: it is written with what it tells of, and done when it was taken.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="deliveries")
    update = models.ForeignKey(
        IncidentUpdate, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    due_at = models.DateTimeField(default=clock.now)
    held_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "update"], name="one_status_delivery")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="status_delivery_due"
            )
        ]
