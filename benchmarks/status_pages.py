"""Status pages: what a visit costs, and what it costs to render one of many monitors.

Usage: python -m benchmarks.status_pages [ROUNDS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks import measure

_DAY_MS = 86_400_000
_FAILURES = 12  # of each monitor within the 90 days
_LASTS_MS = 20 * 60_000


def main(rounds: int) -> None:
    """Measure and print."""
    measure.machine()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VEDETTE_DATA"] = folder
        os.environ["VEDETTE_HOSTS"] = "testserver"
        from vedette import config, django_setup

        django_setup.setup(config.load())
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _measure(rounds)


def _measure(rounds: int) -> None:
    from django.test import Client

    from vedette.statuspages.keeping import renew
    from vedette.statuspages.reading import picture_of
    from vedette.statuspages.rendering import files_of

    for number in (50, 1400):
        page = _page(number)
        renewed = renew(page)
        measure.say(f"first page of {number} components", len(renewed[""].body) / 1000, "kB")
        picture = picture_of(page)
        once = max(rounds // 20, 3)
        spent = _least(lambda page=page: picture_of(page), once)  # type: ignore[misc]
        measure.say(f"reading {number} monitors, CPU", spent, "ms")
        spent = _least(lambda held=picture: files_of(held), once)  # type: ignore[misc]
        measure.say(f"rendering {number} components, CPU", spent, "ms")
        client = Client(headers={"Accept-Encoding": "gzip"})
        where = f"/status/{page.slug}/"
        assert client.get(where).status_code == 200
        spent = _least(lambda: client.get(where), rounds)  # noqa: B023
        measure.say(f"a visit to {number} components, CPU", spent, "ms", "bar 50 to the first byte")


def _page(number: int) -> Any:
    from vedette import clock
    from vedette.accounts.models import Organization
    from vedette.monitors.models import Monitor, MonitorStanding, StateInterval
    from vedette.projects.creation import create_project
    from vedette.statuspages.models import StatusComponent, StatusPage

    organization = Organization.objects.create(slug=f"o{number}", name="O")
    project = create_project(organization, "Shop", "python")
    page = StatusPage.objects.create(organization=organization, slug=f"p{number}", title="Status")
    monitors = Monitor.objects.bulk_create(
        Monitor(project=project, slug=f"m{one}", name=f"m{one}", kind="tcp")
        for one in range(number)
    )
    standings = MonitorStanding.objects.bulk_create(
        MonitorStanding(monitor=one, state="up", standing={"raw": "up"}) for one in monitors
    )
    components = StatusComponent.objects.bulk_create(
        StatusComponent(page=page, name=f"Component {one}", position=one) for one in range(number)
    )
    through = StatusComponent.monitors.through
    through.objects.bulk_create(
        through(statuscomponent=component, monitor=monitor)
        for component, monitor in zip(components, monitors, strict=True)
    )
    now = int(clock.timestamp() * 1000)
    StateInterval.objects.bulk_create(
        StateInterval(standing=one, state=state, began=began, ended=ended)
        for one in standings
        for state, began, ended in _spans(now)
    )
    return page


def _spans(now: int) -> list[tuple[str, int, int | None]]:
    """Up, but for a third of an hour a week or so."""
    began = now - 90 * _DAY_MS
    made: list[tuple[str, int, int | None]] = []
    for number in range(1, _FAILURES + 1):
        fails = now - 90 * _DAY_MS + number * 90 * _DAY_MS // (_FAILURES + 1)
        made += [("up", began, fails), ("down", fails, fails + _LASTS_MS)]
        began = fails + _LASTS_MS
    return [*made, ("up", began, None)]


def _least(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of CPU, of the cheapest round."""
    found = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        found = min(found, time.process_time() - began)
    return found * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
