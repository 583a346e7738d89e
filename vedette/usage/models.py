"""How much came in, and the bursts that were cut."""

from __future__ import annotations

from django.db import models

from vedette.projects.models import Project


class Usage(models.Model):
    """What was taken in of one category within one span of time.

    `span` is minute, hour, day or month, `begins` its start in seconds since 1970. Written by the
    pipeline in the transaction of its position, so nothing is counted twice.
    """

    project = models.ForeignKey(Project, models.CASCADE)
    category = models.CharField(max_length=32)
    span = models.CharField(max_length=6)
    begins = models.BigIntegerField()
    quantity = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "category", "span", "begins"], name="one_usage"
            )
        ]
        indexes = [models.Index(fields=["span", "begins"], name="usage_of_time")]


class Spike(models.Model):
    """A burst of errors of a project that is, or was, cut: from the first event that was.

    `usual` is how many a minute are usual at that hour of the week, `bound` how many are stored.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="spikes")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="When something was cut last.")
    ended_at = models.DateTimeField(null=True, blank=True)
    cut = models.BigIntegerField(default=0, help_text="Events that were counted only.")
    usual = models.FloatField(default=0)
    bound = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(ended_at=None), name="one_spike_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["project", "-began_at"], name="spike_newest")]
