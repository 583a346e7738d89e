"""What came of frames is counted by day, release and file: a batch in few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from django.db import connection
from django.db.models import Count, Q

from vedette import clock
from vedette.artifacts.models import Bundle, FrameTally
from vedette.facts import Fact, FramesRead
from vedette.projects.models import Project

_EPOCH = date(1970, 1, 1)
_MOST_ROWS = 2000  # of a project on a day; beyond it releases are not told apart
_EXACT = timedelta(hours=1)
_UPSERT = """
INSERT INTO artifacts_frametally AS held
  (project_id, day, release, file_id, bundle_id, verdict, frames)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, day, release, file_id, verdict) DO UPDATE SET
  frames = held.frames + excluded.frames
"""

Key: TypeAlias = tuple[int, date, str, int, int, str]


def tally_frames(seen: Sequence[FramesRead]) -> list[Fact]:
    """Add up what a batch says; within its transaction."""
    projects = set(
        Project.objects.filter(pk__in={one.project_id for one in seen}).values_list("pk", flat=True)
    )
    known = [one for one in seen if one.project_id in projects]
    full = _full_days({(one.project_id, _day(one)) for one in known})
    counts: Counter[Key] = Counter()
    for one in known:
        is_full = (one.project_id, _day(one)) in full
        release = "" if is_full else one.release[:250].replace("\x00", "")
        counts[(one.project_id, _day(one), release, one.file_id, one.bundle_id, one.verdict)] += (
            one.frames
        )
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT,
            [(key[0], adapt(key[1]), *key[2:], frames) for key, frames in sorted(counts.items())],
        )
    _touch(one.bundle_id for one in known)
    return []


def _day(one: FramesRead) -> date:
    return _EPOCH + timedelta(days=one.day)


def _full_days(days: set[tuple[int, date]]) -> set[tuple[int, date]]:
    """The days on which a project has as many rows as it may."""
    any_of = Q(pk__in=[])
    for project_id, day in days:
        any_of |= Q(project_id=project_id, day=day)
    rows = FrameTally.objects.filter(any_of).values("project_id", "day").annotate(n=Count("pk"))
    return {(row["project_id"], row["day"]) for row in rows if row["n"] >= _MOST_ROWS}


def _touch(bundle_ids: Iterable[int]) -> None:
    """Note that these bundles are of use, exact to an hour."""
    now = clock.now()
    old = Q(used_at=None) | Q(used_at__lt=now - _EXACT)
    for pk in sorted({pk for pk in bundle_ids if pk}):
        Bundle.objects.filter(old, pk=pk).update(used_at=now)
