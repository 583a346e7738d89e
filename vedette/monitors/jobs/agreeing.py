"""Monitors of jobs, made and changed by what their clients say of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from vedette import clock
from vedette.alerts.first_rules import add_monitor_rules
from vedette.crons.checkin import Agreement
from vedette.crons.course import begin_anew, due_at, read_course, write_course
from vedette.crons.schedule import BadSchedule
from vedette.items._check_ins import CheckInSeen
from vedette.monitors.models import JobCourse, Monitor, MonitorEvent
from vedette.monitors.passive._jobs import settings_of, terms_of
from vedette.projects.models import Project

KINDS = ("cron", "heartbeat")
MOST_OF_A_PROJECT = 1000  # that clients may make by themselves


def monitors_of(facts: Sequence[CheckInSeen]) -> dict[tuple[int, str], Monitor]:
    """The monitors that these check-ins name, by project and slug; new ones are made.

    A check-in that says nothing of its schedule makes none.
    """
    wanted = {(fact.project_id, fact.check_in.slug): fact for fact in facts}
    held = Monitor.objects.filter(
        project_id__in={project for project, _ in wanted},
        slug__in={slug for _, slug in wanted},
        kind__in=KINDS,
    )
    found = {(one.project_id, one.slug): one for one in held.select_related("project")}
    for fact in facts:
        agreement, key = fact.check_in.agreement, (fact.project_id, fact.check_in.slug)
        if agreement is None:
            continue
        if key in found:
            _agree(found[key], agreement)
        elif (made := _make(fact, agreement)) is not None:
            found[key] = made
    return found


def expect_anew(monitor: Monitor) -> None:
    """What was expected of a job while it was paused is not missed now."""
    now = clock.timestamp()
    for row in JobCourse.objects.filter(standing__monitor=monitor):
        course = read_course(row.course)
        try:
            terms = terms_of(monitor.settings)
            begin_anew(terms, course, now)
        except BadSchedule:
            continue
        row.course, row.due_at = write_course(course), moment_of(due_at(terms, course))
        row.save()


def moment_of(seconds: float | None) -> datetime | None:
    """For a row."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _agree(monitor: Monitor, agreement: Agreement) -> None:
    """Take over what a client says now, unless the monitor is written in a file."""
    if monitor.is_from_file:
        return
    wanted = (settings_of(agreement), agreement.fail_after, agreement.recover_after)
    if wanted == (monitor.settings, monitor.fail_after, monitor.recover_after):
        return
    monitor.settings, monitor.fail_after, monitor.recover_after = wanted
    monitor.save(update_fields=["settings", "fail_after", "recover_after"])


def _make(fact: CheckInSeen, agreement: Agreement) -> Monitor | None:
    """A monitor of a job that nobody knew; None where the name or the room is taken."""
    there = Monitor.objects.filter(project_id=fact.project_id)
    if there.filter(slug=fact.check_in.slug).exists():
        return None  # of another kind
    if there.filter(kind__in=KINDS).count() >= MOST_OF_A_PROJECT:
        return None
    if not there.exists():
        add_monitor_rules(Project.objects.get(pk=fact.project_id), None)
    monitor = Monitor.objects.create(
        project_id=fact.project_id,
        slug=fact.check_in.slug,
        name=fact.check_in.slug,
        kind="cron",
        settings=settings_of(agreement),
        fail_after=agreement.fail_after,
        recover_after=agreement.recover_after,
    )
    MonitorEvent.objects.create(monitor=monitor, kind="created", text="by a check-in")
    return monitor
