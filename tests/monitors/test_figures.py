"""Response times, counted out of what is stored."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vedette import clock
from vedette.items.monitor_check import CHECKS
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
from vedette.uptime.latency import bucket_of, percentile

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = DuckStore(tmp_path, (CHECKS,), memory_bytes=64 << 20, threads=1)
    yield made
    made.close()


_positions = itertools.count(1)


def _stored(
    store: DuckStore, project_id: int, monitor: int, at: datetime, times: list[float]
) -> None:
    rows, position = Rows(CHECKS), next(_positions)
    for ms in times:
        rows.add(
            {
                "project_id": project_id,
                "monitor_id": monitor,
                "timestamp": int(at.timestamp() * 1e6),
                "duration": ms,
                "bucket": bucket_of(ms),
                "outcome": "ok",
                "writer": "prober",
                "position": position,
            }
        )
    store.append([rows], writer="prober", end=position + 1)


def test_percentiles_of_a_day_are_at_most_a_tenth_off(watch: Watch, store: DuckStore) -> None:
    """Counted by hour, again and again, and shown in lists."""
    from vedette.monitors import figures
    from vedette.monitors.models import MonitorStanding

    shop = watch.monitor("shop")
    source = random.Random(4)  # noqa: S311 - reproducible
    times = [source.lognormvariate(5, 0.7) for _ in range(500)]
    now = clock.now()
    _stored(store, shop.project_id, shop.pk, now - timedelta(minutes=1), times[:250])
    _stored(store, shop.project_id, shop.pk, now - timedelta(minutes=59), times[250:])
    for _ in range(3):
        figures.count_hours(store, now.timestamp())
        figures.sum_up(now.timestamp())
    shown = MonitorStanding.objects.get(monitor=shop).percentiles
    times.sort()
    for name, share in figures.SHARES.items():
        wanted = times[round(share * len(times)) - 1]
        assert abs(shown[name] - wanted) / wanted < 0.11
    held = figures.latency_between(shop, now - timedelta(hours=2), now)
    assert sum(held.values()) == 500


def test_days_are_made_of_hours_that_go(watch: Watch, store: DuckStore) -> None:
    """What was counted of a day is the same after its hours are gone."""
    from vedette.monitors import figures
    from vedette.monitors.models import LatencyCount

    shop = watch.monitor("shop")
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    watch.passes((noon - clock.now()).total_seconds())
    _stored(store, shop.project_id, shop.pk, noon, [100.0] * 30)
    _stored(store, shop.project_id, shop.pk, noon - timedelta(hours=1), [900.0] * 10)
    figures.count_hours(store, clock.timestamp())
    assert figures.sum_days(clock.timestamp()) == 0
    for days in (1, 9):
        watch.passes(timedelta(days=days).total_seconds())
        figures.sum_days(clock.timestamp())
    assert list(LatencyCount.objects.values_list("span", "checks")) == [("day", 40)]
    held = figures.latency_between(shop, noon - timedelta(days=1), clock.now())
    assert sum(held.values()) == 40
    assert percentile(held, 0.5) == pytest.approx(100, rel=0.1)


def test_what_no_longer_answers_has_no_response_times(watch: Watch, store: DuckStore) -> None:
    """A list shows those of the last day, and none a day later."""
    from vedette.monitors import figures
    from vedette.monitors.listing import Wanted, listed
    from vedette.store.visible import VisibleProjects

    shop = watch.monitor("shop")
    visible = VisibleProjects.granted([shop.project_id])
    wanted = Wanted(visible=visible, projects=[watch.project])
    _stored(store, shop.project_id, shop.pk, clock.now(), [100.0] * 9 + [900.0])
    figures.count_hours(store, clock.timestamp())
    figures.sum_up(clock.timestamp())
    (row,) = listed(wanted).rows
    assert row.pace is not None
    assert (row.pace.checks, row.pace.p50) == (10, pytest.approx(100, rel=0.1))
    assert row.pace.p99 == pytest.approx(900, rel=0.1)
    watch.passes(26 * 3600)
    figures.sum_up(clock.timestamp())
    (row,) = listed(wanted).rows
    assert row.pace is None


def test_longer_periods_have_response_times_of_their_own(watch: Watch, store: DuckStore) -> None:
    """Out of the counts of hours and days, whatever is left of single checks."""
    from vedette.monitors import figures

    shop = watch.monitor("shop")
    now = clock.now()
    _stored(store, shop.project_id, shop.pk, now, [100.0] * 10)
    figures.count_hours(store, clock.timestamp())
    watch.passes(3 * 86400)
    found = dict(figures.paces_of(shop, clock.now()))
    assert set(found) == {"7 d", "30 d", "90 d"}
    assert found["7 d"]["p50"] == pytest.approx(100, rel=0.1)
