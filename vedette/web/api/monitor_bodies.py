"""What clients send as a monitor of a job, in Sentry's words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from vedette.crons.checkin import MOST_THRESHOLD, Agreement, read_agreement
from vedette.crons.schedule import BadSchedule
from vedette.web.api.errors import ApiError
from vedette.web.api.parameters import Name
from vedette.web.api.typed import Parameters

_Minutes = Annotated[int, Meta(ge=1, le=40_320)]
_Runs = Annotated[int, Meta(ge=1, le=MOST_THRESHOLD)]


class MonitorConfigBody(Parameters):
    """A schedule and its terms: `schedule` is a crontab, or a number and a unit."""

    schedule_type: Literal["crontab", "interval"] = field(default="crontab", name="schedule_type")
    schedule: Any = None
    checkin_margin: _Minutes | None = field(default=None, name="checkin_margin")
    max_runtime: _Minutes | None = field(default=None, name="max_runtime")
    timezone: Name | None = None
    failure_issue_threshold: _Runs | None = field(default=None, name="failure_issue_threshold")
    recovery_threshold: _Runs | None = field(default=None, name="recovery_threshold")


class MonitorBody(Parameters):
    """One monitor; what a change does not name stays."""

    name: Annotated[str, Meta(max_length=128)] | None = None
    slug: Name | None = None
    project: Name | None = None
    type: Literal["cron_job"] | None = None
    status: Literal["active", "disabled"] | None = None
    config: MonitorConfigBody | None = None


def agreement_of(body: MonitorConfigBody) -> Agreement:
    """What a body says of a job. Raises ApiError 400."""
    schedule: dict[str, Any] = {"type": body.schedule_type, "value": body.schedule}
    try:
        return read_agreement(
            {
                "schedule": schedule,
                "timezone": body.timezone,
                "checkin_margin": body.checkin_margin,
                "max_runtime": body.max_runtime,
                "failure_issue_threshold": body.failure_issue_threshold,
                "recovery_threshold": body.recovery_threshold,
            }
        )
    except BadSchedule as error:
        raise ApiError(400, f"Invalid field config.schedule: {error}") from None
