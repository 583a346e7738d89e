"""Messages on their way to channels."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts.models.alerts import Alert
from vedette.alerts.models.routing import Channel


class MessageGroup(models.Model):
    """Alerts that are told together by one route. `due_at` is null while there is nothing to say.

    `told` counts its messages; `repeat_at` is when an unanswered one is said again.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="message_groups")
    route = models.CharField(max_length=60, help_text="The route's slug, or a rule's own.")
    key = models.CharField(max_length=400)
    channels = models.JSONField(default=list)
    labels = models.JSONField(default=dict)
    interval = models.IntegerField(default=60)
    repeat = models.IntegerField(default=4 * 3600)
    mute = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    repeat_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_told_at = models.DateTimeField(null=True, blank=True)
    told = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "route", "key"], name="one_message_group"
            )
        ]


class GroupedAlert(models.Model):
    """An alert in a group, and what the group's people were last told of it."""

    group = models.ForeignKey(MessageGroup, models.CASCADE, related_name="members")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="groups")
    news = models.CharField(max_length=24, blank=True, help_text="What is to be told; or nothing.")
    told = models.CharField(max_length=24, blank=True, help_text="The level last told, or over.")
    heard = models.JSONField(default=list, help_text="Ids of the channels that were told.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "alert"], name="one_grouped_alert")]


class OutboxMessage(models.Model):
    """A message to one channel that must arrive: written with the change that caused it.

    `content` is the same for all channels; each writes it in its own words when it is sent.
    `identity` is the channel's key against duplicates, `reference` what it called the message.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="outbox")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="outbox")
    group = models.ForeignKey(
        MessageGroup, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(max_length=16)
    content = models.JSONField()
    identity = models.CharField(max_length=120)
    state = models.CharField(max_length=16, default="waiting")
    tries = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    held_by = models.CharField(max_length=120, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    last_error = models.CharField(max_length=400, blank=True)
    is_fallback = models.BooleanField(default=False)
    has_fallen_back = models.BooleanField(default=False)
    reached = models.JSONField(default=list, help_text="Who has it, of several whom it is for.")

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="outbox_due"),
            models.Index(fields=["state", "channel", "group"], name="outbox_heads"),
            models.Index(
                fields=["held_until"],
                condition=models.Q(held_until__isnull=False),
                name="outbox_held",
            ),
            models.Index(fields=["channel", "-id"], name="outbox_of_channel"),
        ]


class DeliveryTry(models.Model):
    """One try to hand a message over, and what the other side said."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(default=clock.now)
    seconds = models.FloatField(default=0)
    status = models.IntegerField(default=0)
    answer = models.CharField(max_length=400, blank=True)
    is_done = models.BooleanField(default=False)


class SeenCall(models.Model):
    """A signed call of a chat that was taken: the same is not taken again while it is fresh."""

    proof = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now, db_index=True)
