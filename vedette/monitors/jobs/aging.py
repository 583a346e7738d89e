"""Runs of jobs are kept to a number, counts of check-ins to some days."""

from __future__ import annotations

from typing import Final

from django.db.models import Count

from vedette import clock
from vedette.monitors.models import CheckInVolume, JobRun

MOST_RUNS: Final = 200  # of a job in one environment
_SPARE: Final = 50
_AT_ONCE: Final = 500
_VOLUME_MINUTES: Final = 9 * 1440


def forget() -> int:
    """Remove what is older; returns how many runs."""
    counted = JobRun.objects.values("standing").annotate(number=Count("pk"))
    removed = 0
    for one in counted.filter(number__gt=MOST_RUNS + _SPARE)[:_AT_ONCE]:
        runs = JobRun.objects.filter(standing=one["standing"])
        oldest = runs.order_by("-at").values_list("at", flat=True)[MOST_RUNS - 1]
        removed += runs.filter(at__lt=oldest).delete()[0]
    minute = int(clock.timestamp()) // 60
    CheckInVolume.objects.filter(minute__lt=minute - _VOLUME_MINUTES).delete()
    return removed
