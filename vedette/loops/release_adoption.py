"""Which releases are in use changes with their sessions."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Note which releases have been adopted or replaced since the last turn."""
    from vedette.releases import adoption

    adoption.renew(house.store)


LOOP = Loop(name="release-adoption", interval_seconds=300.0, run=run, needs_lease=True)
