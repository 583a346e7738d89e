"""Mails to members are sent when their quiet hours and digests allow it."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 1.0


def run(house: House) -> None:
    """Send what is due."""
    from vedette.alerts.people import send_due

    send_due()


LOOP = Loop(name="personal mails", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
