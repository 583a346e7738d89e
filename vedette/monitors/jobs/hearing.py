"""Check-ins and the passing of time, as they change what is known of jobs.

Runs in the pipeline's own transaction: a check-in counts once, whatever is killed. What a run
came to is judged as the result of a probe is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from vedette import clock
from vedette.crons.course import (
    Away,
    CheckInHeard,
    Course,
    RunStatus,
    Terms,
    Verdict,
    agree,
    due_at,
    hear,
    read_course,
    settle,
    write_course,
)
from vedette.crons.schedule import BadSchedule
from vedette.facts import Fact
from vedette.items._check_ins import CheckInSeen, TimeHasPassed
from vedette.monitors.composing import compose
from vedette.monitors.jobs.agreeing import KINDS, moment_of, monitors_of
from vedette.monitors.jobs.clockwork import away, reached, run_of_slot
from vedette.monitors.jobs.silence import joined, silence_of
from vedette.monitors.jobs.wording import evidence_of, words_of
from vedette.monitors.models import (
    CheckInVolume,
    JobCourse,
    JobRun,
    Monitor,
    MonitorStanding,
)
from vedette.monitors.passive._jobs import terms_of
from vedette.monitors.saving import begin
from vedette.monitors.sitting import Because, Sitting
from vedette.monitors.writing import Last
from vedette.probing.result import Outcome
from vedette.uptime.changes import State
from vedette.uptime.judging import Finding, judge
from vedette.uptime.standing import Standing

MOST_ENVIRONMENTS = 50
_NEXT = 0.001  # seconds: two verdicts of one moment are judged one after the other
_OLD_SECONDS = 3600  # an older check-in that an earlier version kept is no news
_OUTCOMES = {
    RunStatus.OK: Outcome.OK,
    RunStatus.ERROR: Outcome.FAIL,
    RunStatus.MISSED: Outcome.FAIL,
    RunStatus.TIMEOUT: Outcome.FAIL,
    RunStatus.UNKNOWN: Outcome.UNKNOWN,
}


@dataclass(slots=True)
class Job:
    """A job in one environment, while a batch is at work on it."""

    monitor: Monitor
    standing: MonitorStanding
    terms: Terms
    course: Course

    def save(self) -> None:
        """Write down where it stands, and when time has to be looked at next."""
        due = due_at(self.terms, self.course)
        JobCourse.objects.update_or_create(
            standing=self.standing,
            defaults={"course": write_course(self.course), "due_at": moment_of(due)},
        )


class _Bench:
    """The jobs of one batch, and the judge at work on them."""

    def __init__(self) -> None:
        self.now = clock.timestamp()
        self.sitting = Sitting(self.now)
        self._jobs: dict[tuple[int, str], Job | None] = {}
        self._silences: dict[int, Away] = {}

    def job(self, monitor: Monitor, environment: str) -> Job | None:
        """A job in an environment, read once."""
        key = (monitor.pk, environment)
        if key not in self._jobs:
            self.put(key, _job(monitor, environment))
        return self._jobs[key]

    def gap(self, job: Job, until: float, away: Away) -> Away:
        """When nothing could be heard of a job, if that matters by now."""
        due, project = due_at(job.terms, job.course), job.monitor.project_id
        if due is None or due >= until:
            return away
        if project not in self._silences:
            self._silences[project] = silence_of(project, until).gap
        return joined(away, self._silences[project])

    def put(self, key: tuple[int, str], job: Job | None) -> None:
        """Take a job that is at hand."""
        self._jobs[key] = job
        if job is not None:
            self.sitting.hold([job.monitor.pk], key[1])

    def finish(self) -> list[Fact]:
        """Write everything; what follows for alerts."""
        compose(self.sitting)
        found = self.sitting.finish()
        for job in self._jobs.values():
            if job is not None:
                job.save()
        return found


def take_check_ins(facts: Sequence[CheckInSeen]) -> list[Fact]:
    """What these check-ins of one batch change; what follows for alerts."""
    monitors = monitors_of(facts)
    bench = _Bench()
    until, gap = reached(settings.CONFIG.spool_folder), away()
    for fact in sorted(facts, key=lambda one: one.at):
        monitor = monitors.get((fact.project_id, fact.check_in.slug))
        job = None if monitor is None else bench.job(monitor, fact.check_in.environment)
        if job is not None:
            _hear(bench, job, fact, min(fact.at, until), gap)
    _count(facts, bench.now)
    return bench.finish()


def take_time(facts: Sequence[TimeHasPassed]) -> list[Fact]:
    """What is overdue by now; what follows for alerts."""
    latest = {fact.standing_id: fact for fact in sorted(facts, key=lambda one: one.until)}
    rows = MonitorStanding.objects.filter(pk__in=latest, monitor__kind__in=KINDS)
    bench = _Bench()
    for standing in rows.select_related("monitor__project").order_by("pk"):
        fact, job = latest[standing.pk], load(standing)
        if job is None or job.monitor.is_paused or job.monitor.project_id != fact.project_id:
            continue
        bench.put((standing.monitor_id, standing.environment), job)
        for verdict in settle(job.terms, job.course, fact.until, Away(*fact.away)):
            _judge(bench, job, verdict)
    return bench.finish()


def load(standing: MonitorStanding) -> Job | None:
    """A job as it was left; None if its schedule says no time any more."""
    try:
        terms = terms_of(standing.monitor.settings)
    except BadSchedule:
        return None
    held = JobCourse.objects.filter(standing=standing).first()
    course = read_course(held.course) if held is not None else Course()
    agree(terms, course, clock.timestamp())
    return Job(standing.monitor, standing, terms, course)


def _job(monitor: Monitor, environment: str) -> Job | None:
    """The job in an environment, new or old; None where there is no room for more of them."""
    rows = MonitorStanding.objects.filter(monitor=monitor)
    standing = rows.filter(environment=environment).first()
    if standing is None:
        if rows.count() >= MOST_ENVIRONMENTS:
            return None
        standing = begin(monitor, environment)
    standing.monitor = monitor
    return load(standing)


def _hear(bench: _Bench, job: Job, fact: CheckInSeen, until: float, gap: Away) -> None:
    check_in = fact.check_in
    if _is_past(fact, bench.now) or job.monitor.is_paused:
        if check_in.id:
            _note(job, check_in.id, fact)
        return
    for verdict in settle(job.terms, job.course, until, bench.gap(job, until, gap)):
        _judge(bench, job, verdict)
    run = check_in.id or (job.course.runs[-1].id if job.course.runs else "")
    is_over = run in job.course.closed
    heard = CheckInHeard(id=check_in.id, status=check_in.status, at=fact.at)
    verdicts = hear(job.terms, job.course, heard)
    if not is_over and check_in.status is not RunStatus.UNKNOWN:
        _note(job, run or run_of_slot(job.standing.pk, fact.at), fact)
    for verdict in verdicts:
        _judge(bench, job, verdict, fact)


def _judge(bench: _Bench, job: Job, verdict: Verdict, fact: CheckInSeen | None = None) -> None:
    """Judge what a run came to; write down the ones that nobody spoke of."""
    held = bench.sitting.get(job.monitor.pk, job.standing.environment)
    if fact is None:
        _note_silence(job, verdict)
    if held is None:
        return
    seconds = fact.check_in.duration if fact is not None else None
    if seconds is None and verdict.started is not None:
        seconds = verdict.at - verdict.started
    outcome = _OUTCOMES[verdict.status]
    finding = Finding(due=max(verdict.at, held.standing.judged_at + _NEXT), outcome=outcome)
    standing, changes = judge(held.monitor.policy, held.standing, finding, now=bench.now)
    reason = "" if verdict.status is RunStatus.OK else verdict.status.value
    check_in = fact.check_in if fact is not None else None
    text = words_of(job.terms, verdict, check_in)
    held.last = Last(
        at=verdict.at,
        outcome=outcome.value,
        reason=reason,
        text=text,
        ms=None if seconds is None else seconds * 1000,
        status=None,
    )
    because = Because(reason, text, evidence_of(verdict, check_in))
    bench.sitting.apply(held, standing, changes, because)
    if verdict.status is RunStatus.MISSED and _is_known_otherwise(held.standing):
        bench.sitting.tell_cause(held, because)


def _is_known_otherwise(standing: Standing) -> bool:
    """Whether people know that it is down, by something else than a run that did not come."""
    is_told = standing.shown is State.DOWN and standing.told is State.DOWN
    return (
        is_told
        and standing.suppressed_by is None
        and standing.told_why not in ("", RunStatus.MISSED)
    )


def _note_silence(job: Job, verdict: Verdict) -> None:
    """The row of a run that did not come, or not to its end."""
    values: dict[str, Any] = {"status": verdict.status.value}
    if verdict.slot is not None:
        values["slot"] = moment_of(verdict.slot)
    else:
        values["ended_at"] = moment_of(verdict.at)
    JobRun.objects.update_or_create(
        standing=job.standing,
        run=verdict.run or run_of_slot(job.standing.pk, verdict.slot or 0.0),
        defaults=values,
        create_defaults={**values, "at": _time(verdict.slot or verdict.at)},
    )


def _note(job: Job, run: str, fact: CheckInSeen) -> None:
    """The row of a run, as its check-ins tell it. Its end is told once."""
    check_in = fact.check_in
    values: dict[str, Any] = {"status": check_in.status.value}
    if check_in.status is not RunStatus.IN_PROGRESS:
        values["ended_at"] = moment_of(fact.at)
        if check_in.duration is not None:
            values["seconds"] = check_in.duration
    for name in ("release", "trace_id", "note"):
        if getattr(check_in, name):
            values[name] = getattr(check_in, name)
    held = JobRun.objects.filter(standing=job.standing, run=run).first()
    if held is None:
        JobRun.objects.create(standing=job.standing, run=run, at=_time(fact.at), **values)
    elif held.status == RunStatus.IN_PROGRESS:
        if "ended_at" in values and "seconds" not in values:
            values["seconds"] = max(fact.at - held.at.timestamp(), 0.0)
        JobRun.objects.filter(pk=held.pk).update(**values)


def _count(facts: Sequence[CheckInSeen], now: float) -> None:
    """By project and minute in which they came, which may be long ago if they had to wait."""
    recent = (fact for fact in facts if not _is_past(fact, now))
    minutes = Counter((fact.project_id, int(fact.at) // 60) for fact in recent)
    for (project_id, minute), count in sorted(minutes.items()):
        row, _ = CheckInVolume.objects.get_or_create(project_id=project_id, minute=minute)
        CheckInVolume.objects.filter(pk=row.pk).update(count=F("count") + count)


def _is_past(fact: CheckInSeen, now: float) -> bool:
    """Whether it is history; what has only waited for the pipeline, however long, is not."""
    return fact.is_kept and fact.at < now - _OLD_SECONDS


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
