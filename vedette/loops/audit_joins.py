"""Audits are joined with what came since: soon after an upload, then every half an hour."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Look at the audited projects that are due."""
    from vedette.audits.looking import look

    look(house.store)


LOOP = Loop(name="audit-joins", interval_seconds=10.0, run=run, needs_lease=True)
