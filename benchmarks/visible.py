"""From the 200 to the issue's API: how long until a new error can be read, on an idle product.

Usage: python -m benchmarks.visible [ROUNDS]
"""

from __future__ import annotations

import http.client
import statistics
import sys
import time

from benchmarks import measure
from benchmarks.events import Gzipped, payload
from benchmarks.running import product


def main(rounds: int) -> None:
    """Measure and print."""
    measure.machine()
    spent: list[float] = []
    with product() as (running, project):
        token = running.token()
        send = http.client.HTTPConnection("127.0.0.1", running.port)
        ask = http.client.HTTPConnection("127.0.0.1", running.port)
        organization, slug = project["organization"], project["project"]
        for turn in range(rounds):
            body = Gzipped(payload(turn, turn, time.time()))
            event_id = f"{turn + 1:032x}"
            send.request(
                "POST",
                f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}",
                body.body(event_id),
                {"Content-Encoding": "gzip"},
            )
            answer = send.getresponse()
            assert answer.status == 200
            answer.read()
            acknowledged = time.perf_counter()
            while True:
                ask.request(
                    "GET",
                    f"/api/0/projects/{organization}/{slug}/events/{event_id}/json/",
                    headers={"Authorization": f"Bearer {token}"},
                )
                found = ask.getresponse()
                found.read()
                if found.status == 200:
                    break
                time.sleep(0.003)
            spent.append((time.perf_counter() - acknowledged) * 1000)
            time.sleep(0.2)
    measure.say("visible after the 200, p50", statistics.median(spent), "ms")
    measure.say(
        "visible after the 200, p99",
        sorted(spent)[int(len(spent) * 0.99)],
        "ms",
        "bar 150, stretch 50",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
