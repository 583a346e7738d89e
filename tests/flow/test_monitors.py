"""Monitors of the whole product, with processes that are killed on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow import watching
from tests.flow.product import Product
from tests.flow.watching import Target, events, rows, state
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects

_QUICK = {"interval_seconds": 2, "retry_seconds": 1, "timeout_seconds": 1}


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """One of the test's own, that may talk to loopback."""
    settings = {"outgoing_networks": "127.0.0.0/8", "canaries": "none"}
    with Product(tmp_path / "data", **settings) as running:
        yield running


@pytest.fixture
def target() -> Iterator[Target]:
    with Target().running() as running:
        yield running


def _checks(product: Product, monitor: int) -> list[tuple[int, str]]:
    """When each was due, and how it went, as stored."""
    select = q.Select(
        table="checks",
        projects=VisibleProjects.of_system(),
        columns={"due": q.Field("timestamp"), "outcome": q.Field("outcome")},
        where=[q.Compare(q.Field("monitor_id"), "=", monitor)],
        order_by=[q.Order("due")],
        start=0,
        end=1 << 52,
    )
    client = StoreClient(product.folder / "run" / "store.sock")
    return [(row[0], row[1]) for row in client.query(select).rows]


def test_down_and_up_whoever_is_killed_meanwhile(product: Product, target: Target) -> None:
    """Nothing is lost and nothing doubled: one event of each kind, intervals without gaps, each
    slot judged once."""
    project = product.project("shop")
    assert product.children("prober") == [], "nothing is watched, so nobody looks"
    entry = {"name": "Shop", "kind": "http", "url": target.url}
    (shop,) = watching.make(product, project, entry, **_QUICK)
    product.wait(lambda: state(product, shop) == "up")
    target.status = 503
    product.wait(lambda: any(one == "fail" for _, one in _checks(product, shop)))
    os.kill(product.child("worker"), signal.SIGKILL)
    os.kill(product.child("prober"), signal.SIGKILL)
    product.wait(lambda: state(product, shop) == "down", seconds=40)
    os.kill(product.child("prober"), signal.SIGKILL)
    os.kill(product.child("worker"), signal.SIGKILL)
    target.status = 200
    product.wait(lambda: state(product, shop) == "up", seconds=40)
    assert [kind for kind in events(product, shop) if kind in ("up", "down")] == [
        *("up", "down", "up")
    ]
    sql = (
        "SELECT i.state, i.began, i.ended FROM monitors_stateinterval i JOIN "
        "monitors_monitorstanding s ON s.id = i.standing_id WHERE s.monitor_id = ? ORDER BY i.began"
    )
    intervals = rows(product, sql, shop)
    assert [after[1] for after in intervals[1:]] == [one[2] for one in intervals[:-1]]
    assert [one[0] for one in intervals if one[0] != "unknown"] == ["new", "up", "down", "up"]
    checks = _checks(product, shop)
    assert len({due for due, _ in checks}) == len(checks), "no check is stored twice"
    sql = "SELECT reason, text, evidence FROM monitors_monitorevent WHERE kind = 'down'"
    ((reason, text, evidence),) = rows(product, sql)
    assert reason
    assert "503" in text + evidence


def test_a_restart_makes_no_alarm_and_a_pause_ends_the_prober(
    product: Product, target: Target
) -> None:
    """What was up is up; with nothing to look at there is no process; a project takes all along."""
    project = product.project("shop")
    entry = {"name": "Shop", "kind": "http", "url": target.url}
    (shop,) = watching.make(product, project, entry, **_QUICK)
    product.wait(lambda: state(product, shop) == "up")
    product.stop()
    product.start()
    before = target.asked
    product.wait(lambda: target.asked > before + 1)
    assert state(product, shop) == "up"
    assert "down" not in events(product, shop)
    watching.do(product, "pause", shop)
    product.wait(lambda: product.children("prober") == [], seconds=20)
    assert state(product, shop) == "paused"
    watching.do(product, "resume", shop)
    product.wait(lambda: state(product, shop) == "up", seconds=20)
    watching.remove_project(product, project)
    product.wait(lambda: product.children("prober") == [], seconds=20)
    assert rows(product, "SELECT count(*) FROM monitors_monitorstanding") == [(0,)]
    assert "Traceback" not in product.log()
