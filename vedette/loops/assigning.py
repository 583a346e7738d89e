"""New and regressed issues go to their first suggested owner where their project wants it."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Those of the last half minute."""
    from vedette.sources.assigning import assign_waiting
    from vedette.store.visible import VisibleProjects

    assign_waiting(VisibleProjects.of_system())


LOOP = Loop(name="assigning", interval_seconds=30.0, run=run, needs_lease=True)
