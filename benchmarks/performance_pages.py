"""What the questions of the performance pages cost, over the spans of `benchmarks.explore`.

Usage: python -m benchmarks.performance_pages [SPANS [FOLDER]]
With a folder what was filled is used again. Prints the least CPU and wall time of five for the
questions of each page together, over a day and over fourteen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import explore, measure

_ROUNDS = 5


def main(spans: int, folder: Path) -> None:
    """Fill if need be, then ask what each page asks."""
    from vedette import django_setup
    from vedette.config import load

    django_setup.setup(load({}, data=folder / "data"))
    from vedette import items
    from vedette.explore.searching import Found
    from vedette.store.duck import DuckStore
    from vedette.store.query import All
    from vedette.telemetry import insights, performance, trace_list
    from vedette.telemetry import spans as asking

    measure.machine()
    is_new = not (folder / "filled").exists()
    store = DuckStore(folder / "store", items.tables(), memory_bytes=192 << 20, threads=2)
    if is_new:
        explore._fill(store, spans)
        (folder / "filled").write_text(str(time.time()))
    end = datetime.fromtimestamp(float((folder / "filled").read_text()), UTC)
    everything = Found(All([]), ())
    with (
        mock.patch.object(asking, "store", return_value=store),
        mock.patch.object(trace_list, "search_in", return_value=everything),
        mock.patch.object(trace_list, "ask", return_value=[]),
        mock.patch.object(performance, "search_in", return_value=everything),
        mock.patch.object(insights, "search_in", return_value=everything),
    ):
        for days in (1, 14):
            for name, ask in _pages(end, days).items():
                _measure(f"{name}, {days} d", ask)
    store.close()


def _pages(end: datetime, days: int) -> dict[str, Callable[[], object]]:
    from vedette.issues.shapes import Period, Scope
    from vedette.store.visible import VisibleProjects
    from vedette.telemetry.changes import find_turns
    from vedette.telemetry.distribution import distribution
    from vedette.telemetry.insights import kinds, list_insights
    from vedette.telemetry.performance import list_transactions, transaction_figures
    from vedette.telemetry.series import series
    from vedette.telemetry.slow_ones import slow_ones
    from vedette.telemetry.spans import same
    from vedette.telemetry.trace_list import list_samples
    from vedette.telemetry.work import suspects, work_kinds

    period = Period(start=end - timedelta(days=days), end=end, label="")
    scope = Scope(visible=VisibleProjects.granted([1]), period=period)
    busiest = "/orders/0"

    def listed() -> object:
        rows = list_transactions(scope, "").rows
        series(scope, [], names=("p95",))
        return find_turns(scope, [(row.name, row.project_id) for row in rows])

    def overview() -> object:
        transaction_figures(scope, busiest)
        find_turns(scope, [(busiest, 1)])
        mine: list[Any] = [same("transaction", busiest)]
        return series(scope, mine), distribution(scope, mine)

    return {
        "traces, newest": lambda: list_samples(scope, ""),
        "traces, slowest": lambda: list_samples(scope, "", sort="slowest"),
        "performance": listed,
        "a transaction": overview,
        "what it does": lambda: (work_kinds(scope, busiest), suspects(scope, busiest)),
        "what slows it": lambda: slow_ones(scope, busiest),
        "queries": lambda: list_insights(scope, kinds()["queries"], ""),
    }


def _measure(name: str, ask: Callable[[], object]) -> None:
    cpu, wall = [], []
    for _ in range(_ROUNDS):
        began = time.process_time(), time.perf_counter()
        ask()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
    measure.say(name, min(cpu) * 1000, "ms of CPU", f"{min(wall) * 1000:.0f} ms wall")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    if len(sys.argv) > 2:
        main(number, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as made:
            main(number, Path(made))
