"""Jobs that are overdue, found by the clock and told through the spool.

So what the clock says is digested as what jobs say is: in one order, once, whatever is killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from vedette import clock
from vedette.crons.course import Away, settle
from vedette.crons.verdict import ClockVerdict
from vedette.monitors.jobs.agreeing import KINDS
from vedette.monitors.jobs.clockwork import is_quiet, reached, run_of_slot, tick
from vedette.monitors.jobs.hearing import load
from vedette.monitors.models import JobCourse, MonitorStanding
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.wire.envelope import build_envelope

WRITER = "jobs"
_MOST_JOBS = 500  # of one turn
_EVER = 0.001  # a moment before everything


def look(spool_folder: Path) -> int:
    """One turn; how many runs are overdue. Raises SpoolError."""
    gap = tick()
    until = reached(spool_folder)
    due = JobCourse.objects.filter(due_at__lt=datetime.fromtimestamp(until, UTC))
    due = due.filter(standing__monitor__kind__in=KINDS, standing__monitor__is_paused=False)
    rows = due.select_related("standing__monitor__project").order_by("due_at")[:_MOST_JOBS]
    if rows and is_quiet(until):
        gap = Away(_EVER, until)
    found = {row: list(_records(row.standing, until, gap)) for row in rows}
    records = [record for some in found.values() for record in some]
    if not records:
        return 0
    with SpoolRun(spool_folder / WRITER) as spool:
        spool.append(records)
    for row, some in found.items():
        if some:  # what is digested says when it is due next, if it has not said so already
            JobCourse.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=None)
    return len(records)


def _records(standing: MonitorStanding, until: float, gap: Away) -> Iterator[tuple[bytes, bytes]]:
    job = load(standing)
    if job is None:
        return
    monitor = standing.monitor
    for verdict in settle(job.terms, job.course, until, gap):
        run = verdict.run or run_of_slot(standing.pk, verdict.slot or 0.0)
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
            {"event_id": run}, [({"type": "check_in_verdict"}, msgspec.json.encode(told))]
        )
        meta = Meta(
            monitor.project_id,
            clock.timestamp(),
            event_id=run,
            inflated_bytes=len(body),
            origin=Origin(run, "monitor_clock", 0),
        )
        yield encode_meta(meta), body
