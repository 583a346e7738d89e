"""Which names of transactions are not new, where rules of sampling want to know."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Look at the store again; nothing where no rule asks."""
    from vedette.control.sampling import look

    look(house.store, house.config)


LOOP = Loop(name="known transactions", interval_seconds=60.0, run=run, needs_lease=True)
