"""Kills the worker between the event that decides and the message that tells: none may be lost.

Usage: python -m benchmarks.alert_crash [ROUNDS]

Each round sends one event of a new kind, for which a rule wants a message, and kills the worker
at a random moment of the next two seconds. The supervisor rests meanwhile, since it waits longer
after each death: `benchmarks.forked_worker` begins the next one at once. Prints alerts, lost,
messages that came twice, and how many of those with another identity (which the other side could
not tell are the same). The exit status is 1 if an alert is lost or one came twice under two
identities.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import measure
from tests.flow.product import Product
from tests.sink import Sink
from vedette.wire.envelope import build_envelope, new_event_id

_RULES = """
channels:
  - {{id: hook, name: Hook, kind: webhook, url: "{url}/hook", most_messages: 0}}
rules:
  - name: New
    project: {project}
    source: issue
    measure: {{edge: first_seen}}
    levels: critical
routes:
  - {{id: all, channels: [hook], group_by: [issue]}}
"""


def main(rounds: int) -> int:
    """Run and print; the exit status."""
    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder, Sink() as sink:
        product = Product(Path(folder).absolute() / "data", outgoing_networks="127.0.0.1")
        with product:
            project = product.project("shop")
            file = Path(folder) / "rules.yaml"
            file.write_text(_RULES.format(url=sink.url, project=project["project"]))
            product.command("apply", str(file))
            time.sleep(2)
            with _workers(product) as pids:
                kills = sum(_round(product, project, number, pids) for number in range(rounds))
            deadline = time.monotonic() + 120
            while len(_told(sink)) < rounds and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(3)
    return _print(rounds, kills, _told(sink))


@contextmanager
def _workers(product: Product) -> Iterator[Iterator[int]]:
    """The number of each worker as soon as it has begun; at the end the supervisor's is back."""
    assert product.process is not None
    os.kill(product.process.pid, signal.SIGSTOP)
    for pid in product.children("worker"):
        os.kill(pid, signal.SIGKILL)
    command = [sys.executable, "-m", "benchmarks.forked_worker"]
    forking = subprocess.Popen(
        command, env=product.environment, stdout=subprocess.PIPE, stderr=None
    )
    assert forking.stdout is not None
    pids = map(int, forking.stdout)
    try:
        yield pids
    finally:
        forking.kill()
        forking.wait()
        os.kill(product.process.pid, signal.SIGCONT)


def _round(product: Product, project: dict[str, str], number: int, pids: Iterator[int]) -> bool:
    """One event, and a kill at some moment after it."""
    pid = next(pids)
    status, _ = product.send(project, _event(number))
    assert status == 200
    time.sleep(0.6 + random.random() * 1.8)  # noqa: S311 - digesters try again in a second
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # told of as a kill that was not made
        return False
    return True


def _event(number: int) -> bytes:
    body = {
        "timestamp": time.time(),
        "level": "error",
        "fingerprint": [f"round {number}"],
        "exception": {"values": [{"type": f"Round{number}", "value": "kill"}]},
    }
    text = json.dumps(body).encode()
    return build_envelope({"event_id": new_event_id()}, [({"type": "event"}, text)])


def _told(sink: Sink) -> dict[str, list[str]]:
    """The identities of the messages about each alert's title."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in sink.received:
        for part in one.json["alerts"]:
            found[part["title"]].append(one.json["id"])
    return found


def _print(rounds: int, kills: int, told: dict[str, list[str]]) -> int:
    lost = rounds - len(told)
    twice = sum(len(ids) > 1 for ids in told.values())
    different = sum(len(set(ids)) > 1 for ids in told.values())
    print(json.dumps({"alerts": rounds, "kills": kills, "lost": lost, "twice": twice,
                      "twice_under_two_identities": different}))  # fmt: skip
    return 1 if lost or different else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
