"""Monitors of jobs and their check-ins as Sentry's API gives them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from vedette.crons.course import Terms, read_course
from vedette.crons.schedule import BadSchedule
from vedette.monitors.models import JobCourse, JobRun, Monitor, MonitorStanding
from vedette.monitors.passive._jobs import terms_of
from vedette.uptime.changes import State
from vedette.web.api.issue_shapes import project_shape, time_text

_REASONS = {"missed": "missed_checkin", "timeout": "timeout"}


def monitor_shape(
    monitor: Monitor, standings: Iterable[MonitorStanding], courses: Mapping[int, JobCourse]
) -> dict[str, Any]:
    """One monitor with its environments. Needs its project loaded."""
    try:
        terms = terms_of(monitor.settings)
    except BadSchedule:  # of an earlier version
        terms = None
    return {
        "id": str(uuid.UUID(monitor.key)),
        "slug": monitor.slug,
        "name": monitor.name,
        "type": "cron_job",
        "status": "disabled" if monitor.is_paused else "active",
        "isMuted": False,
        "isUpserting": monitor.created_by_id is None and not monitor.is_from_file,
        "config": _config(monitor, terms) if terms else {},
        "dateCreated": time_text(monitor.created_at),
        "project": project_shape(monitor.project),
        "environments": [
            _environment(monitor, one, terms, courses.get(one.pk)) for one in standings
        ],
        "owner": None,
    }


def run_shape(run: JobRun, environment: str, terms: Terms | None) -> dict[str, Any]:
    """One check-in, which in Sentry's words is a whole run."""
    return {
        "id": str(uuid.UUID(run.run)),
        "status": run.status,
        "environment": environment,
        "duration": None if run.seconds is None else round(run.seconds * 1000),
        "dateAdded": time_text(run.at),
        "dateCreated": time_text(run.at),
        "dateUpdated": time_text(run.ended_at or run.at),
        "dateInProgress": time_text(run.at) if run.slot is None else None,
        "dateClock": time_text(run.at),
        "expectedTime": time_text(run.slot) if run.slot else None,
        "groups": [],
        "monitorConfig": _schedule(terms) if terms else {},
    }


def _config(monitor: Monitor, terms: Terms) -> dict[str, Any]:
    return {
        **_schedule(terms),
        "failure_issue_threshold": monitor.fail_after,
        "recovery_threshold": monitor.recover_after,
        "alert_rule_id": None,
    }


def _schedule(terms: Terms) -> dict[str, Any]:
    schedule = terms.schedule
    is_crontab = bool(schedule.crontab)
    return {
        "schedule_type": "crontab" if is_crontab else "interval",
        "schedule": schedule.crontab if is_crontab else [schedule.every, schedule.unit],
        "checkin_margin": int(terms.margin / 60),
        "max_runtime": int(terms.max_runtime / 60),
        "timezone": schedule.zone,
    }


def _environment(
    monitor: Monitor, standing: MonitorStanding, terms: Terms | None, held: JobCourse | None
) -> dict[str, Any]:
    course = read_course(held.course) if held is not None else None
    expected = course.expected if course is not None else None
    latest = expected + terms.margin if expected is not None and terms else None
    return {
        "name": standing.environment,
        "status": _status(monitor, standing),
        "isMuted": False,
        "dateCreated": time_text(monitor.created_at),
        "lastCheckIn": _time(course.last_at if course is not None and course.last_at else None),
        "nextCheckIn": _time(expected),
        "nextCheckInLatest": _time(latest),
        "activeIncident": None,
    }


def _status(monitor: Monitor, standing: MonitorStanding) -> str:
    if monitor.is_paused:
        return "disabled"
    if standing.state == State.DOWN:
        return _REASONS.get(standing.last_reason, "error")
    return "active" if standing.state == State.NEW else "ok"


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else time_text(datetime.fromtimestamp(seconds, UTC))
