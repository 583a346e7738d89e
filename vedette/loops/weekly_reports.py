"""Weekly reports are sent on Monday morning, as it is where each person lives."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 60.0


def run(house: House) -> None:
    """Write down what has become due, then send."""
    from vedette.workflow.reporting import plan_reports, send_reports

    plan_reports()
    send_reports()


LOOP = Loop(name="weekly reports", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
