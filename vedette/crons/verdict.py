"""What the clock says of a job, as it goes through the spool."""

from __future__ import annotations

import msgspec

from vedette.crons.course import RunStatus


class ClockVerdict(msgspec.Struct, kw_only=True):
    """One run that did not come or did not end by `at`; `run` names it. Seconds since 1970.

    Everything that was received before `until` has been heard.
    """

    standing_id: int
    slug: str
    environment: str
    status: RunStatus
    at: float
    until: float
    run: str
    slot: float | None = None
    away: tuple[float, float] = (0.0, 0.0)
