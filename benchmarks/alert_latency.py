"""From the 200 to the message: how long until a channel is told of a new issue, and of a window.

Usage: python -m benchmarks.alert_latency [ROUNDS [RATE]]

Each round sends one event of a new kind and waits for the POST at a local server; three channels
(Slack, PagerDuty, a webhook) and a mail server are told of each. With RATE as many other events
come in each second meanwhile. Then a threshold of twenty events in ten minutes is crossed, as
often as there are rounds divided by twenty, each time by another key.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure
from benchmarks.running import stored_errors
from tests.flow.product import Product
from tests.mailbox import Mailbox
from tests.sink import Received, Reply, Sink
from vedette.wire.envelope import build_envelope, new_event_id

_RULES = """
channels:
  - {{id: hook, name: Hook, kind: webhook, url: "{url}/hook", most_messages: 0}}
  - {{id: slack, name: Slack, kind: slack, url: "{url}/slack", most_messages: 0}}
  - {{id: pager, name: Pager, kind: pagerduty, routing_key: key, url: "{url}/pager",
     most_messages: 0}}
  - {{id: mail, name: Mail, kind: email, to: ops@example.com, most_messages: 0}}
rules:
  - {{name: New, project: {project}, source: issue, measure: {{edge: first_seen}},
     levels: critical, filter: "round:*"}}
  - {{name: Many, project: {project}, measure: count, window: 10m, per: ["tag:part"],
     levels: {{critical: ">19"}}, filter: "has:part"}}
routes:
  - {{id: all, channels: [hook, slack, pager, mail], group_by: [rule, issue, part]}}
"""
_WAIT_SECONDS = 30.0
_IN_WINDOW = 20


class Arrivals:
    """When which text arrived at which channel."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, str, str]] = []
        self._changed = threading.Condition()

    def take(self, channel: str, text: str) -> None:
        """Note a message."""
        with self._changed:
            self._seen.append((time.perf_counter(), channel, text))
            self._changed.notify_all()

    def wait(self, channel: str, word: str) -> float:
        """The moment at which a message with the word was there. Raises AssertionError."""

        def found() -> float | None:
            return next((at for at, c, text in self._seen if c == channel and word in text), None)

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, _WAIT_SECONDS), word
            return found() or 0.0


def main(rounds: int, rate: int) -> None:
    """Measure and print."""
    measure.machine()
    arrivals = Arrivals()

    def reply(received: Received) -> Reply:
        arrivals.take(received.path.strip("/"), received.body.decode())
        return Reply(body=b"ok")

    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        Sink(reply) as sink,
        Mailbox(lambda mail: arrivals.take("mail", str(mail["subject"]))) as mailbox,
    ):
        product = Product(
            Path(folder).absolute() / "data",
            outgoing_networks="127.0.0.1",
            mail_url=mailbox.url,
        )
        with product:
            project = product.project("shop")
            file = Path(folder) / "rules.yaml"
            file.write_text(_RULES.format(url=sink.url, project=project["project"]))
            product.command("apply", str(file))
            time.sleep(3)
            load = _load(product, project, rate, rounds) if rate else None
            before, began = stored_errors(product), time.perf_counter()
            try:
                _edges(product, project, arrivals, rounds)
                _windows(product, project, arrivals, max(rounds // 20, 3))
                stored = stored_errors(product) - before
                pace = stored / (time.perf_counter() - began)
                measure.say("stored meanwhile", pace, "events/s")
            finally:
                if load is not None:
                    load.terminate()
                    load.wait()


def _load(
    product: Product, project: dict[str, str], rate: int, rounds: int
) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "benchmarks.load", product.base, str(project["id"])),
        *(project["public_key"], str(rounds * 2 + 600), "8", "50", str(rate)),
    ]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(5)
    return started


def _edges(product: Product, project: dict[str, str], arrivals: Arrivals, rounds: int) -> None:
    spent: dict[str, list[float]] = {name: [] for name in ("hook", "slack", "pager", "mail")}
    for number in range(rounds):
        word = f"Round{number}x"
        tags = {"round": str(number)}
        sent = _send(product, project, word, tags)
        for channel, times in spent.items():
            times.append((arrivals.wait(channel, word) - sent) * 1000)
        time.sleep(0.3)
    for channel, times in spent.items():
        _say(f"new issue to {channel}", times, "bar 2,000 idle, 5,000 under load")


def _windows(product: Product, project: dict[str, str], arrivals: Arrivals, rounds: int) -> None:
    spent = []
    for number in range(rounds):
        sent = 0.0
        for _ in range(_IN_WINDOW):
            sent = _send(product, project, "Part", {"part": f"part{number}x"})
        spent.append((arrivals.wait("hook", f"part{number}x") - sent) * 1000)
    _say("threshold crossed to hook", spent, "bar 15,000")


def _send(product: Product, project: dict[str, str], kind: str, tags: dict[str, str]) -> float:
    """Send an event; the moment of its 200."""
    body = {
        "timestamp": time.time(),
        "level": "error",
        "tags": tags,
        "fingerprint": [kind],
        "exception": {"values": [{"type": kind, "value": "latency"}]},
    }
    item = ({"type": "event"}, json.dumps(body).encode())
    status, _ = product.send(project, build_envelope({"event_id": new_event_id()}, [item]))
    assert status == 200
    return time.perf_counter()


def _say(name: str, times: list[float], bar: str) -> None:
    ordered = sorted(times)
    of: Callable[[float], float] = lambda share: ordered[int(len(ordered) * share)]  # noqa: E731
    measure.say(f"{name}, p50", of(0.5), "ms")
    measure.say(f"{name}, p99 of {len(ordered)}", of(0.99), "ms", bar)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100,
        int(sys.argv[2]) if len(sys.argv) > 2 else 0,
    )
