"""What rules count, and when they were looked at last."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.projects.models import Project


class CounterBucket(models.Model):
    """What a counter counted of one key in one bucket of time; in step with the spool position."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    key = models.TextField(help_text="The values of the counter's keys as JSON.")
    bucket = models.BigIntegerField(help_text="Its start in seconds since 1970.")
    rows = models.BigIntegerField(default=0)
    part1 = models.BigIntegerField(default=0)
    part2 = models.BigIntegerField(default=0)
    part3 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "counter", "key", "bucket"], name="one_counter_bucket"
            )
        ]
        indexes = [models.Index(fields=["bucket"], name="counter_bucket_age")]


class CounterMember(models.Model):
    """Something that a counter counts without repetition, seen within a bucket."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    key = models.TextField()
    bucket = models.BigIntegerField()
    member = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "counter", "key", "bucket", "member"],
                name="one_counter_member",
            )
        ]
        indexes = [models.Index(fields=["bucket"], name="counter_member_age")]


class CounterStart(models.Model):
    """From which moment a counter's buckets are whole: what came before is asked of the store."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    since = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "counter"], name="one_counter_start")
        ]


class EvaluationClock(models.Model):
    """The last tick at which the rules over windows were looked at; one row.

    `back_at` is the tick at which the product was there again after it had been away: what was
    silent before may have been itself.
    """

    tick = models.BigIntegerField()
    looked_at = models.DateTimeField(default=clock.now)
    back_at = models.BigIntegerField(default=0)
