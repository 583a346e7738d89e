"""Kills prober, digester and worker at random: no check may be lost or judged twice.

Usage: python -m benchmarks.monitor_crash [SECONDS [MONITORS]]

Some monitors look at targets that fail and recover by turns, while one process after the other is
killed. Afterwards everything that is stored of each is judged again from the beginning: how it
stands has to be the same, its intervals have neither gap nor overlap, and no check is there twice.
The exit status is 1 if not.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

from benchmarks import measure
from benchmarks.running import product
from tests.flow import watching
from tests.flow.product import Product
from tests.flow.watching import Target
from vedette.probing.result import Outcome
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects
from vedette.uptime import covers
from vedette.uptime.judging import Finding, judge
from vedette.uptime.policy import Policy
from vedette.uptime.standing import Standing

_COLUMNS = {"interval_seconds": 2, "retry_seconds": 1, "timeout_seconds": 1}
_POLICY = Policy(interval=2, retry_every=1, timeout=1)
_ROLES = ("prober", "digester", "worker")
_TARGETS = 4


def main(seconds: float, count: int) -> int:
    """Run and print; the exit status."""
    measure.machine()
    settings = {"outgoing_networks": "127.0.0.0/8", "canaries": "none"}
    with product(**settings) as (running, project), ExitStack() as stack:
        targets = [stack.enter_context(Target().running()) for _ in range(_TARGETS)]
        entries = [
            {"name": f"m{number}", "kind": "http", "url": targets[number % _TARGETS].url}
            for number in range(count)
        ]
        monitors = watching.make(running, project, *entries, **_COLUMNS)
        running.wait(lambda: _states(running) == {"up"}, seconds=60)
        kills = _trouble(running, targets, seconds)
        for target in targets:
            target.status = 200
        running.wait(lambda: _states(running) == {"up"}, seconds=120)
        prober = running.child("prober")
        os.kill(prober, signal.SIGSTOP)  # so that store and metadata are of one moment
        time.sleep(3)
        status = _report(running, monitors, kills)
        os.kill(prober, signal.SIGCONT)
        return status


def _trouble(running: Product, targets: list[Target], seconds: float) -> int:
    """Kill one process after the other while targets come and go."""
    source, kills, end = random.Random(11), 0, time.monotonic() + seconds  # noqa: S311
    while time.monotonic() < end:
        time.sleep(source.uniform(0.5, 3.0))
        source.choice(targets).status = source.choice((200, 503))
        pids = running.children(source.choice(_ROLES))
        if pids:
            os.kill(pids[0], signal.SIGKILL)
            kills += 1
    return kills


def _report(running: Product, monitors: list[int], kills: int) -> int:
    rows = _checks(running)
    wrong = [one for one in monitors if not _is_right(running, one, rows.get(one, []))]
    twice = sum(len(held) - len({due for due, *_ in held}) for held in rows.values())
    downs = sum(watching.events(running, one).count("down") for one in monitors)
    measure.say("kills", kills, "")
    measure.say("checks stored", sum(map(len, rows.values())), "")
    measure.say("times that something was down", downs, "")
    measure.say("checks stored twice", twice, "", "bar: 0")
    measure.say("monitors that stand otherwise than judged", len(wrong), "", "bar: 0")
    return int(bool(twice or wrong))


def _is_right(running: Product, monitor: int, checks: list[tuple[int, str, float]]) -> bool:
    """Whether judging everything again gives what is kept, with intervals that fit together."""
    standing = covers.begin(0.0)
    for due, outcome, ms in checks:
        at = due / 1e6
        finding = Finding(due=at, outcome=Outcome(outcome), ms=ms)
        standing, _ = judge(_POLICY, standing, finding, now=at)
    sql = "SELECT id, standing FROM monitors_monitorstanding WHERE monitor_id = ?"
    ((pk, kept),) = watching.rows(running, sql, monitor)
    held = json.loads(kept)
    sql = "SELECT began, ended FROM monitors_stateinterval WHERE standing_id = ? ORDER BY began, id"
    spans = watching.rows(running, sql, pk)
    fit = all(one[1] == after[0] for one, after in pairwise(spans)) and spans[-1][1] is None
    return fit and _same(standing, held)


def _same(standing: Standing, held: dict[str, Any]) -> bool:
    return (
        (standing.raw, standing.history, standing.fails)
        == (held.get("raw", "new"), held.get("history", ""), held.get("fails", 0))
    )  # fmt: skip


def _states(running: Product) -> set[str]:
    return {row[0] for row in watching.rows(running, "SELECT state FROM monitors_monitorstanding")}


def _checks(running: Product) -> dict[int, list[tuple[int, str, float]]]:
    """By monitor when each was due, how it went and how long it took."""
    select = q.Select(
        table="checks",
        projects=VisibleProjects.of_system(),
        columns={
            name: q.Field(name) for name in ("monitor_id", "timestamp", "outcome", "duration")
        },
        order_by=[q.Order("monitor_id"), q.Order("timestamp")],
        start=0,
        end=1 << 61,
        limit=1_000_000,
    )
    found: dict[int, list[tuple[int, str, float]]] = {}
    client = StoreClient(running.folder / "run" / "store.sock")
    for monitor, due, outcome, ms in client.query(select).rows:
        found.setdefault(monitor, []).append((due, outcome, ms or 0.0))
    return found


if __name__ == "__main__":
    given = sys.argv[1:]
    seconds = float(given[0]) if given else 90.0
    sys.exit(main(seconds, int(given[1]) if len(given) > 1 else 40))
