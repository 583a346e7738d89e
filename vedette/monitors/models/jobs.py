"""Jobs that run by a schedule: where each stands, and its last runs."""

from __future__ import annotations

from django.db import models

from vedette.monitors.models.judged import MonitorStanding


class JobCourse(models.Model):
    """A `vedette.crons.course.Course` of a job in one environment.

    `due_at` is when something is missed or too long, if nothing is heard until then.
    """

    standing = models.OneToOneField(
        MonitorStanding, models.CASCADE, primary_key=True, related_name="job"
    )
    course = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)


class JobRun(models.Model):
    """One run of a job, or one that did not come. The newest of each job are kept.

    `run` is the id that its check-ins have in common; `slot` is when one was expected that was
    missed. `status` is of `vedette.crons.course.RunStatus`.
    """

    standing = models.ForeignKey(MonitorStanding, models.CASCADE, related_name="runs")
    run = models.CharField(max_length=32)
    status = models.CharField(max_length=16)
    at = models.DateTimeField(help_text="When it was first heard of, or given up.")
    slot = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    release = models.CharField(max_length=250, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standing", "run"], name="one_job_run")]
        indexes = [models.Index(fields=["standing", "-at"], name="job_run_newest")]


class CheckInVolume(models.Model):
    """How many check-ins of all jobs came in one minute (minutes since 1970)."""

    minute = models.BigIntegerField(primary_key=True)
    count = models.PositiveIntegerField(default=0)


class JobClock(models.Model):
    """When jobs were looked at last, and when nothing could be heard before; one row."""

    looked_at = models.FloatField(default=0)
    away_from = models.FloatField(default=0)
    away_until = models.FloatField(default=0)
