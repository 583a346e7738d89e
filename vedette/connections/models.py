"""The columns that connections share."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization
from vedette.sealing.fields import SealedTextField


class Connection(models.Model):
    """A service of other people, as an organisation has connected it.

    `kind` is of the family's drawer. `secrets` is sealed JSON and never shown again. A broken one
    is not asked until somebody changes or tests it.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=32)
    settings = models.JSONField(default=dict)
    secrets = SealedTextField(blank=True)
    is_from_file = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    broken_why = models.CharField(max_length=400, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="As it asked for.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=["organization", "slug"], name="one_%(class)s_slug"),
        )
