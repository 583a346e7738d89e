"""The explorations of `benchmarks.explore` over the API, while spans arrive.

Usage: python -m benchmarks.explore_live FOLDER [SPANS_A_SECOND]
FOLDER was filled by `python -m benchmarks.explore SPANS FOLDER`; a copy of it is served.
"""

from __future__ import annotations

import http.client
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import measure, traces
from benchmarks.explore import QUESTIONS
from tests.flow.product import Product

_ROUNDS = 7
_BARS = {"24h": 200, "14d": 1000}


def main(folder: str, rate: int) -> None:
    """Serve, send, ask, print."""
    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as made:
        data = Path(made).absolute() / "data"
        shutil.copytree(Path(folder) / "store", data / "store")
        running = Product(data)
        with running:
            project = running.project("bench")
            sender = _Sender(running.port, project, rate)
            sender.start()
            time.sleep(10)
            for period, bar in _BARS.items():
                for name, question in QUESTIONS.items():
                    _ask(running, project["organization"], name, question, period, bar)
                _ask_values(running, project["organization"], period)
            sender.stop()
            measure.say("sent", sender.spans / sender.seconds, "spans/s", f"{rate} wanted")


class _Sender(threading.Thread):
    """Sends containers of spans at a steady rate over one connection."""

    def __init__(self, port: int, project: dict[str, str], rate: int) -> None:
        super().__init__(name="sender")
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
        self._each = (traces.SPANS + 1) / rate
        self._stopping = threading.Event()
        self.spans, self.seconds = 0, 0.0

    def run(self) -> None:
        """Until `stop`; what is late is made up for."""
        began = due = time.monotonic()
        seed = 0
        while not self._stopping.is_set():
            seed += 1
            self._connection.request("POST", self._path, traces.container(seed, time.time()))
            answer = self._connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            self.spans += traces.SPANS + 1
            due += self._each
            time.sleep(max(0.0, due - time.monotonic()))
        self.seconds = time.monotonic() - began

    def stop(self) -> None:
        """End and wait."""
        self._stopping.set()
        self.join()


def _ask(
    running: Product,
    organization: str,
    name: str,
    question: tuple[str, list[str], str],
    period: str,
    bar: int,
) -> None:
    dataset, fields, query = question
    pairs = [("dataset", dataset), ("query", query), ("statsPeriod", period)]
    pairs += [("field", field) for field in fields] + [("sort", f"-{fields[-1]}")]
    took = _times(running, f"/api/0/organizations/{organization}/events/?{urlencode(pairs)}")
    _say(f"{name}, {period}", took, bar)


def _ask_values(running: Product, organization: str, period: str) -> None:
    query = urlencode({"dataset": "spans", "statsPeriod": period})
    path = f"/api/0/organizations/{organization}/tags/plan/values/?{query}"
    _say(f"values of a tag, {period}", _times(running, path), 400)


def _say(label: str, took: list[float], bar: int) -> None:
    middle = statistics.median(took)
    measure.say(label, middle, "ms, median", f"slowest {max(took):.0f}; bar {bar}")


def _times(running: Product, path: str) -> list[float]:
    token = running.token()
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, body[:500]
        assert json.loads(body)
    connection.close()
    return took


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
