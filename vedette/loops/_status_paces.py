"""Response times of the last day for status pages that show them: figures, nobody's in particular.

The loop asks in nobody's name. What comes back is shown for those components alone that a person
who may see their monitors has put onto a page.
"""

from __future__ import annotations

from vedette.monitors.listing import paces
from vedette.monitors.models import Monitor
from vedette.statuspages.models import StatusPage
from vedette.statuspages.reading import monitors_by_component
from vedette.statuspages.shapes import Pace
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects


def paces_of(page: StatusPage) -> dict[int, Pace]:
    """By monitor; none while the store does not answer."""
    monitors = {one for held in monitors_by_component(page).values() for one in held}
    projects = Monitor.objects.filter(pk__in=monitors).values_list("project_id", flat=True)
    try:
        found = paces(monitors, VisibleProjects.of_system().only(projects.distinct()))
    except StoreError:
        return {}
    return {monitor: Pace(p50=one.p50, p95=one.p95) for monitor, one in found.items()}
