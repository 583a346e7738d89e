"""What single members hear of."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User


class PersonalSettings(models.Model):
    """What one person wants by mail. `quiet` are times of the week at which mails wait.

    `digest`: at once, or gathered once an hour or a day.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="notification_settings")
    alerts = models.CharField(max_length=16, default="all", help_text="all, critical or none.")
    workflow = models.BooleanField(default=True, help_text="What is assigned to the person.")
    weekly = models.BooleanField(default=True)
    digest = models.CharField(max_length=16, default="now", help_text="now, hour or day.")
    quiet = models.JSONField(default=list)
    zone = models.CharField(max_length=64, blank=True, help_text="Europe/Berlin; for the report.")


class PersonalMail(models.Model):
    """A mail to one person that waits for its time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="personal_mails")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    content = models.JSONField()
    identity = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, db_index=True)
    tries = models.IntegerField(default=0)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "identity"], name="one_personal_mail")
        ]
