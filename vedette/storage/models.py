"""What is to be deleted: noted by whoever asks for it, done by the worker, which owns the store."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization
from vedette.projects.models import Project
from vedette.sealing.fields import SealedTextField


class Removal(models.Model):
    """Events of an issue, one event, one file or one replay, as they were when it was asked for.

    What was received until `asked_at` goes, also if it is digested only later: it is looked for
    again until it is `settled`; a replay, as long as it may go on. `counted` are the events that
    were found by project's group, noted before they go, so that counts are corrected once
    whenever a process is killed.
    """

    project = models.ForeignKey(Project, models.CASCADE)
    group_ids = models.JSONField(default=list, help_text="Of an issue.")
    event_id = models.CharField(max_length=32, blank=True)
    attachment_id = models.CharField(max_length=64, blank=True)
    replay_id = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    counted = models.JSONField(default=dict)
    is_done = models.BooleanField(default=False, db_index=True)
    looked_at = models.DateTimeField(null=True)


class Forgetting(models.Model):
    """Everything about one person in an organisation: found, then removed, with a receipt.

    `identity` is sealed, and gone when it is done; `digest` proves afterwards who it was to
    somebody who knows. `found` and `removed` are counts by kind of data; `counted` are events that
    are about to go, by project and group, noted so that issues' counts are corrected once.
    """

    class State(models.TextChoices):
        """How far it is; it waits for people where something was found."""

        LOOKING = "looking"
        FOUND = "found"
        REMOVING = "removing"
        DONE = "done"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="forgettings")
    kind = models.CharField(max_length=16)
    identity = SealedTextField(default="")
    digest = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.LOOKING)
    by = models.CharField(max_length=254)
    address = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True, help_text="All was removed; late ones are not.")
    finished_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    removed = models.JSONField(default=dict)
    counted = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)


class Rescrub(models.Model):
    """What is stored of a project is looked through for what its present rules would remove.

    `found` are values by rule, `rows` by kind of data those that hold some. `place` is how far it
    has come: the tables that are left, and of the first the moment up to which it was read.
    """

    class State(models.TextChoices):
        """How far it is; it waits for people where something was found."""

        LOOKING = "looking"
        FOUND = "found"
        REMOVING = "removing"
        DONE = "done"

    project = models.ForeignKey(Project, models.CASCADE, related_name="rescrubs")
    state = models.CharField(max_length=16, choices=State.choices, default=State.LOOKING)
    by = models.CharField(max_length=254)
    address = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    looked = models.BigIntegerField(default=0)
    found = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    place = models.JSONField(default=dict)
