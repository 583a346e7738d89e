"""Sign-in links that were promised by mail and not sent yet, after a stop or a failure."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 30.0


def run(house: House) -> None:
    """Send what is due."""
    from vedette.accounts.promised_links import send_due

    send_due()


LOOP = Loop(name="promised links", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
