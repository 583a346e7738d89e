"""Jobs that are overdue, found by the clock and told through the spool.

So what the clock says is digested as what jobs say is: in one order, once, whatever is killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from vedette import clock
from vedette.crons.course import Away, due_at, settle
from vedette.crons.verdict import ClockVerdict
from vedette.monitors.jobs.agreeing import KINDS, moment_of
from vedette.monitors.jobs.clockwork import name_of, reached, run_of_slot, tick
from vedette.monitors.jobs.hearing import Job, load
from vedette.monitors.jobs.silence import Silence, joined, silence_of
from vedette.monitors.models import JobCourse
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.wire.envelope import build_envelope

WRITER = "jobs"
_MOST_JOBS = 500  # of one turn
_AGAIN_SECONDS = 600.0


def look(spool_folder: Path) -> int:
    """One turn; how many runs are overdue. Raises SpoolError."""
    gap = tick()
    until = reached(spool_folder)
    due = JobCourse.objects.filter(due_at__lt=datetime.fromtimestamp(until, UTC))
    due = due.filter(standing__monitor__kind__in=KINDS, standing__monitor__is_paused=False)
    projects = due.values_list("standing__monitor__project", flat=True).order_by().distinct()
    silences = {project: silence_of(project, until) for project in projects}
    waiting = [project for project, silence in silences.items() if silence.is_on]
    due = due.exclude(standing__monitor__project__in=waiting)
    rows = due.select_related("standing__monitor__project").order_by("due_at")[:_MOST_JOBS]
    records: list[tuple[bytes, bytes]] = []
    following: dict[JobCourse, datetime | None] = {}
    for row in rows:
        silence = silences.get(row.standing.monitor.project_id, Silence())
        job = load(row.standing)
        told = list(_records(job, until, joined(gap, silence.gap))) if job is not None else []
        following[row] = _next_look(job, until, is_told=bool(told))
        records += told
    if records:
        with SpoolRun(spool_folder / WRITER) as spool:
            spool.append(records)
    for row, moment in following.items():
        JobCourse.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=moment)
    return len(records)


def _next_look(job: Job | None, until: float, *, is_told: bool) -> datetime | None:
    """When a job is looked at again: what is digested says it better, unless that is lost."""
    if job is None or is_told:  # without a schedule it must not stand in the way of others
        return moment_of(until + _AGAIN_SECONDS)
    return moment_of(due_at(job.terms, job.course))


def _records(job: Job, until: float, gap: Away) -> Iterator[tuple[bytes, bytes]]:
    standing, monitor = job.standing, job.monitor
    for verdict in settle(job.terms, job.course, until, gap):
        run = verdict.run or run_of_slot(standing.pk, verdict.slot or 0.0)
        # Clients choose the ids of their runs: two jobs may have the same.
        name = name_of(standing.pk, run, verdict.at)
        told = ClockVerdict(
            standing_id=standing.pk,
            slug=monitor.slug,
            environment=standing.environment,
            status=verdict.status,
            at=verdict.at,
            until=until,
            run=run,
            slot=verdict.slot,
            away=(gap.start, gap.end),
        )
        body = build_envelope(
            {"event_id": name}, [({"type": "check_in_verdict"}, msgspec.json.encode(told))]
        )
        meta = Meta(
            monitor.project_id,
            clock.timestamp(),
            event_id=name,
            inflated_bytes=len(body),
            origin=Origin(name, "monitor_clock", 0),
        )
        yield encode_meta(meta), body
