"""Kills the worker between an alert and the issue that it opens elsewhere: one each, never two.

Usage: python -m benchmarks.tracker_crash [ROUNDS]

Each round sends one event of a new kind, for which a rule wants an issue in a tracker that takes
its time, and kills the worker at a random moment of the next seconds. Prints issues here, issues
opened there, those that are missing and those that were opened twice. The exit status is 1 if
there are any of these.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import measure
from benchmarks.alert_crash import _event
from tests.flow.product import Product
from tests.sink import Received, Reply, Sink
from tests.trackers.fakes import TOKEN, FakeGitHub

_RULES = """
trackers:
  - {{id: bugs, name: Bugs, kind: github, repository: lantern/shop, token: {token}, url: "{url}"}}
channels:
  - {{id: bugs-in, name: Bugs, kind: tracker, tracker: bugs, most_messages: 0}}
rules:
  - name: New
    project: {project}
    source: issue
    measure: {{edge: first_seen}}
    levels: critical
routes:
  - {{id: all, channels: [bugs-in], group_by: [issue]}}
"""
_ALIVE_SECONDS = 60.0
_LAST_SECONDS = 420.0
_SLOW_SECONDS = 0.4


class _Slow(FakeGitHub):
    """Thinks before an issue is opened, and after."""

    def __call__(self, received: Received) -> Reply:
        is_opening = received.method == "POST"
        time.sleep(_SLOW_SECONDS if is_opening else 0)
        reply = super().__call__(received)
        time.sleep(_SLOW_SECONDS if is_opening else 0)
        return reply


def main(rounds: int) -> int:
    """Run and print; the exit status."""
    measure.machine()
    fake = _Slow()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder, Sink(fake) as sink:
        product = Product(Path(folder).absolute() / "data", outgoing_networks="127.0.0.1")
        with product:
            project = product.project("shop")
            file = Path(folder) / "rules.yaml"
            rules = _RULES.format(url=sink.url, token=TOKEN, project=project["project"])
            file.write_text(rules)
            product.command("apply", str(file))
            time.sleep(2)
            kills = sum(_round(product, project, number) for number in range(rounds))
            deadline = time.monotonic() + _LAST_SECONDS
            while len(fake.issues) < rounds and time.monotonic() < deadline:
                time.sleep(0.5)
            time.sleep(5)
    return _print(rounds, kills, fake)


def _round(product: Product, project: dict[str, str], number: int) -> bool:
    """One event, and a kill at some moment after it; whether anybody was there to be killed."""
    status, _ = product.send(project, _event(number))
    assert status == 200
    time.sleep(random.random() * 3)  # noqa: S311 - a moment
    workers = product.children("worker")
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    product.wait(lambda: product.children("worker"), seconds=_ALIVE_SECONDS)
    return bool(workers)


def _print(rounds: int, kills: int, fake: FakeGitHub) -> int:
    titles = Counter(str(one["title"]) for one in fake.issues.values())
    twice = {title for title, count in titles.items() if count > 1}
    missing = rounds - len(titles)
    print(f"{rounds} issues here, {kills} kills, {len(fake.issues)} issues opened there")
    print(f"{missing} missing, {len(twice)} opened twice")
    for title in sorted(twice):
        print(f"  twice: {title}")
    return 1 if missing or twice else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
