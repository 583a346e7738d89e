"""A burst of a hundred times the usual at one project: how soon another's errors can be read.

Usage: python -m benchmarks.bursts [USUAL_A_SECOND [SECONDS]]

The product as it is started, with one digester. What is usual is written into the metadata as if
it had come in the days before. The other project sends one error a quarter of a second.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import measure
from benchmarks.events import Gzipped, payload
from benchmarks.running import product, stored_errors
from tests.flow.product import Product

_HOURS = 100
_PAUSE = 0.25


def main(usual: float, seconds: float) -> None:
    """Measure and print."""
    measure.machine()
    with product(digesters="1") as (running, loud):
        calm = running.project("calm")
        running.stop()
        _remember(running.folder, int(loud["id"]), int(usual * 3600))
        running.start()
        load = [running.base, loud["id"], loud["public_key"], str(seconds), "8", "50"]
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", *load, str(usual * 100)],
            stdout=subprocess.PIPE,
        ) as flood:
            spent = _others(running, calm, seconds)
            answer, _ = flood.communicate()
        sent = json.loads(answer)["acked"]
        time.sleep(10)
        measure.say("taken in of the burst", sent, "events")
        measure.say("stored of it", stored_errors(running) - len(spent), "events")
        measure.say("another's error can be read, p50", statistics.median(spent), "ms")
        measure.say("another's error can be read, most", max(spent), "ms", "bar 1000")


def _remember(folder: Path, project: int, errors_an_hour: int) -> None:
    hour = int(time.time()) // 3600 * 3600
    with sqlite3.connect(folder / "vedette.sqlite3") as database:
        database.executemany(
            "INSERT INTO usage_usage (project_id, category, span, begins, quantity, size_bytes)"
            " VALUES (?, 'error', 'hour', ?, ?, 0)",
            [(project, hour - back * 3600, errors_an_hour) for back in range(1, _HOURS)],
        )
    database.close()


def _others(running: Product, project: dict[str, str], seconds: float) -> list[float]:
    """Milliseconds from each 200 until the event can be read."""
    token, spent = running.token(), []
    place = f"{project['organization']}/{project['project']}"
    send = http.client.HTTPConnection("127.0.0.1", running.port)
    ask = http.client.HTTPConnection("127.0.0.1", running.port)
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        event_id = f"{number:032x}"
        send.request(
            "POST",
            f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}",
            Gzipped(payload(number, number, time.time())).body(event_id),
            {"Content-Encoding": "gzip"},
        )
        answer = send.getresponse()
        assert answer.status == 200
        answer.read()
        began = time.perf_counter()
        while not _is_there(ask, token, f"/api/0/projects/{place}/events/{event_id}/json/"):
            time.sleep(0.005)
        spent.append((time.perf_counter() - began) * 1000)
        time.sleep(_PAUSE)
    return spent


def _is_there(ask: http.client.HTTPConnection, token: str, path: str) -> bool:
    ask.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    found = ask.getresponse()
    found.read()
    return found.status == 200


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:3]]
    main(*given, *(10.0, 20.0)[len(given) :])
