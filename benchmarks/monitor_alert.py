"""From the third failing answer to the message: how soon people hear that something is down.

Usage: python -m benchmarks.monitor_alert [MONITORS [at-once]]

A server on loopback answers all of them and begins to fail one after the other; a webhook on
loopback is told. Between two answers of the same monitor there are a few seconds, so the figure
is the product's alone: spool, digester, judgement, alert, outbox, delivery. With `at-once` all
begin to fail in the same moment, and the messages are counted.
"""

from __future__ import annotations

import http.server
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import measure
from benchmarks.running import product
from tests.flow import watching
from tests.flow.product import Product
from tests.sink import Received, Reply, Sink

_QUICK = {"interval_seconds": 4, "retry_seconds": 2, "timeout_seconds": 2}
_BETWEEN_SECONDS = 0.5
_HOLD_SECONDS = 35.0  # after a start nobody is told
_WAIT_SECONDS = 60.0
_RULES = """
channels:
  - {{id: hook, name: Hook, kind: webhook, url: "{url}/hook", most_messages: 0}}
routes:
  - {{id: all, channels: [hook]{more}}}
"""
_EACH_APART = ", group_by: [rule, monitor]"


class _Targets:
    """When each monitor was answered with a failure, by its number."""

    def __init__(self) -> None:
        self.failing: set[int] = set()
        self.failed: dict[int, list[float]] = {}
        targets = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                targets.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.request_queue_size = 1000
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """As it is to be, in an instant that is noted."""
        number = int(handler.path.strip("/"))
        is_failing = number in self.failing
        handler.send_response(503 if is_failing else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        if is_failing:
            self.failed.setdefault(number, []).append(time.perf_counter())

    @contextmanager
    def running(self) -> Iterator[_Targets]:
        """Answer until the end."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()
        thread.join()


def main(count: int) -> None:
    """Measure and print."""
    measure.machine()
    told: dict[str, float] = {}

    def reply(received: Received) -> Reply:
        text = received.body.decode()
        for number in range(count):
            if f"Target{number}x is down" in text:
                told.setdefault(f"Target{number}x", time.perf_counter())
        return Reply()

    with _running(count, reply, _EACH_APART) as targets:
        for number in range(count):
            targets.failing.add(number)
            time.sleep(_BETWEEN_SECONDS)
        end = time.perf_counter() + _WAIT_SECONDS
        while len(told) < count and time.perf_counter() < end:
            time.sleep(0.1)
        waits = [told[f"Target{number}x"] - targets.failed[number][2] for number in range(count)]
    _say(sorted(waits))


@contextmanager
def _running(count: int, reply: Callable[[Received], Reply], routing: str) -> Iterator[_Targets]:
    """The product with as many monitors, all up, after the time in which nobody is told."""
    settings = {"outgoing_networks": "127.0.0.0/8", "canaries": "none"}
    with (
        Sink(reply) as sink,
        _Targets().running() as targets,
        product(**settings) as (running, project),
    ):
        _apply(running, sink.url, routing)
        entries = [
            {"name": f"Target{number}x", "kind": "http", "url": f"{targets.url}/{number}"}
            for number in range(count)
        ]
        watching.make(running, project, *entries, **_QUICK)
        running.wait(lambda: _up(running) == count, seconds=_WAIT_SECONDS)
        time.sleep(_HOLD_SECONDS)
        yield targets


def at_once(count: int) -> None:
    """All go down in one moment; print how many messages that is, and when the last one came."""
    measure.machine()
    told: list[tuple[float, int]] = []

    def reply(received: Received) -> Reply:
        told.append((time.perf_counter(), len(received.json["alerts"]) + received.json["more"]))
        return Reply()

    with _running(count, reply, "") as targets:
        began = time.perf_counter()
        targets.failing.update(range(count))
        while sum(number for _, number in told) < count:
            time.sleep(0.1)
            assert time.perf_counter() - began < 2 * _WAIT_SECONDS, told
    measure.say("messages", len(told), "", "bar: 1")
    for at, number in told:
        last = max(times[2] for times in targets.failed.values() if len(times) > 2)
        measure.say(f"of {number} alerts, after the last third failure", at - last, "s")


def _apply(running: Product, url: str, more: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        Path(file.name).write_text(_RULES.format(url=url, more=more))
        running.command("apply", file.name)


def _up(running: Product) -> int:
    sql = "SELECT count(*) FROM monitors_monitorstanding WHERE state = 'up'"
    return int(watching.rows(running, sql)[0][0])


def _say(waits: list[float]) -> None:
    measure.say("third failure to message, half", waits[len(waits) // 2], "s")
    share = waits[min(int(len(waits) * 0.99), len(waits) - 1)]
    measure.say(f"third failure to message, p99 of {len(waits)}", share, "s", "bar: 2")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    at_once(number) if "at-once" in sys.argv else main(number)
