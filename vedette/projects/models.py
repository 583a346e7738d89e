"""Projects, their keys, and the changes that the ingest key table must hear of."""

from __future__ import annotations

import uuid

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization


def new_public_key() -> str:
    """32 lower-case hex digits without dashes: what every SDK's DSN parser accepts."""
    return uuid.uuid4().hex


class Project(models.Model):
    """One application or service: the unit that a DSN names."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="projects")
    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    platform = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)
    next_short_id = models.BigIntegerField(default=1)
    first_event_at = models.DateTimeField(null=True, blank=True)
    artifacts_version = models.BigIntegerField(
        default=0, help_text="Goes up with each change of its artifacts; 0: it never had any."
    )
    repaired_version = models.BigIntegerField(
        default=0, help_text="The version up to which its events were read again."
    )
    fetches_source_maps = models.BooleanField(
        default=False, help_text="Whether maps are fetched from their public address."
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="one_project_slug")
        ]

    def __str__(self) -> str:
        return self.name


class ProjectKey(models.Model):
    """A public key of a project; the DSN is made of it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="keys")
    public_key = models.CharField(max_length=32, unique=True, default=new_public_key)
    label = models.CharField(max_length=64, default="Default")
    is_active = models.BooleanField(default=True)
    works_until = models.PositiveBigIntegerField(
        default=0, help_text="Seconds since 1970, after which it opens nothing; 0: for ever."
    )
    former_project_id = models.PositiveBigIntegerField(
        default=0, help_text="The project's number where the key came from; its DSNs name it."
    )
    created_at = models.DateTimeField(default=clock.now)

    def dsn(self, base_url: str) -> str:
        """The DSN under the public address `base_url` (protocol, section 1.1)."""
        scheme, _, rest = base_url.partition("://")
        return f"{scheme}://{self.public_key}@{rest}/{self.project_id}"


class KeyUse(models.Model):
    """What came with a key: when and from which client the last that was taken in."""

    key = models.OneToOneField(ProjectKey, models.CASCADE, primary_key=True, related_name="use")
    accepted = models.BigIntegerField(default=0, help_text="Requests, not items.")
    accepted_at = models.FloatField(default=0, help_text="Seconds since 1970; 0: never.")
    client = models.CharField(max_length=100, blank=True, help_text="SDK and version.")
    ahead_seconds = models.FloatField(
        null=True, help_text="How far the client's clock is before ours."
    )


class KeyRefusal(models.Model):
    """How often, and when last, requests with a key were turned away for a reason."""

    key = models.ForeignKey(ProjectKey, models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
    last_at = models.FloatField(default=0, help_text="Seconds since 1970.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "reason"], name="one_refusal_of_a_key")
        ]


class RemovedProject(models.Model):
    """A deleted project whose telemetry the worker still has to delete, or has deleted."""

    project_id = models.BigIntegerField(unique=True)
    removed_at = models.DateTimeField(default=clock.now)
    purged_at = models.DateTimeField(null=True, blank=True)
