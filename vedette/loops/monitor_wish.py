"""A file says whether there is anything for the prober to do; the supervisor looks at it."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Make it, or take it away."""
    from vedette.monitors.models import Monitor
    from vedette.monitors.passive import passive_kinds

    path = house.config.prober_wanted
    rows = Monitor.objects.filter(is_paused=False).exclude(kind__in=list(passive_kinds()))
    if not rows.exists():
        path.unlink(missing_ok=True)
    elif not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


LOOP = Loop(name="monitor wish", interval_seconds=2.0, run=run)
