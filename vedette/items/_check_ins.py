"""What check-ins and verdicts about jobs have in common: table, search fields, facts."""

from __future__ import annotations

from vedette.crons.checkin import CheckIn
from vedette.crons.course import RunStatus
from vedette.facts import Fact
from vedette.items import SearchField
from vedette.items._columns import integer, text, time, uuid
from vedette.store.table import Column, ColumnType, Table

CHECK_INS = Table(
    name="check_ins",
    columns=(
        *integer("project_id"),
        *uuid("check_in_id", "trace_id"),
        *time("received", "slot"),
        *text("slug", "status", "environment", "release"),
        Column("duration", ColumnType.FLOAT),  # milliseconds, as the client measured it
        Column("note", ColumnType.TEXT, is_long=True),
    ),
)

FIELDS = {
    "monitor.slug": SearchField(column="slug", help="the monitor's short name"),
    "monitor.status": SearchField(
        column="status",
        help="what a run said, or came to",
        values=tuple(str(status) for status in RunStatus),
    ),
    "environment": SearchField(column="environment", help="where the job runs"),
    "release": SearchField(column="release", help="the release of the job"),
    "monitor.duration": SearchField(column="duration", help="how long the run took", unit="ms"),
}


class CheckInSeen(Fact, tag="check_in", kw_only=True):
    """A job said how it is, at the time at which that was received.

    `is_kept`: it was kept by an earlier version, which had no home for it, and is read again.
    """

    at: float
    check_in: CheckIn
    is_kept: bool = False


class TimeHasPassed(Fact, tag="jobs_due", kw_only=True):
    """Up to a time everything that jobs said has been heard: what is overdue is overdue.

    `standing_id` is the job's in one environment. `away` is a time in which nothing could be
    heard.
    """

    standing_id: int
    until: float
    away: tuple[float, float] = (0.0, 0.0)
