"""What projects have chosen of the detectors, and how far segments have been looked at."""

from __future__ import annotations

from django.db import models

from vedette.projects.models import Project


class DetectorChoice(models.Model):
    """What a project has set: by the detector's name whether it is on, and its thresholds.

    A project without one has all detectors on, with their defaults.
    """

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="detector_choice"
    )
    chosen = models.JSONField(default=dict)
    is_from_file = models.BooleanField(default=False)


class LookedAt(models.Model):
    """Up to which position of a spool writer the segments have been looked at.

    The name says of which spool (`vedette.issues.positions`).
    """

    writer = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)
