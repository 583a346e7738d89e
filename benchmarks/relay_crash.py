"""Kills a relay and its upstream under load and counts what was lost or doubled.

Usage: python -m benchmarks.relay_crash SECONDS [RATE]
Errors, logs and browsers' security reports go through; the last two bear no id of their own.
Prints kills, acked, lost and doubled by kind as JSON; the status is 1 if anything was.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.running import health
from tests.flow.product import Product
from tests.relay.relaying import Relaying
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope

TARGETS = ("relay", "door", "relay", "worker", "relay and door", "digester")
_FAR = 1 << 52
_CONNECTIONS = 6


@dataclass
class Result:
    """What became of what the relay had answered with 200."""

    kills: Counter[str] = field(default_factory=Counter)
    acked: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    doubled: dict[str, int] = field(default_factory=dict)
    again: int = 0

    @property
    def is_good(self) -> bool:
        """Something of each kind was sent, nothing was lost, nothing doubled."""
        is_whole = not any(self.lost.values()) and not any(self.doubled.values())
        return all(self.acked.values()) and is_whole


def run(
    product: Product,
    relay: Relaying,
    project: dict[str, str],
    *,
    seconds: float,
    rate: float,
) -> Result:
    """Load for `seconds` while processes are killed, then look at what is there."""
    result, acked = Result(), {kind: set[str]() for kind in _REQUESTS}
    end = time.monotonic() + seconds
    sending = threading.Thread(target=lambda: asyncio.run(_load(relay, project, acked, end, rate)))
    sending.start()
    _kill_until(product, relay, end, result.kills)
    sending.join()
    relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0, seconds=180)
    product.wait(lambda: _is_digested(product), seconds=120)
    for kind, ids in acked.items():
        stored = Counter(_stored(product, int(project["id"]), kind))
        result.acked[kind] = len(ids)
        result.lost[kind] = sum(name not in stored for name in ids)
        result.doubled[kind] = sum(count > 1 for count in stored.values())
    outcomes = product.outcomes(project)
    result.again = sum(n for (_, outcome, _), n in outcomes.items() if outcome == "duplicate")
    return result


def _error(name: str) -> tuple[str, str, bytes]:
    event = build_envelope({"event_id": name}, [({"type": "event"}, b'{"message":"fell"}')])
    return "envelope/", "application/x-sentry-envelope", event


def _log(name: str) -> tuple[str, str, bytes]:
    line = json.dumps({"items": [{"timestamp": 1.0, "trace_id": name, "body": "sold"}]})
    header = {
        "type": "log",
        "item_count": 1,
        "content_type": "application/vnd.sentry.items.log+json",
    }
    log = build_envelope({}, [(dict(header), line.encode())])
    return "envelope/", "application/x-sentry-envelope", log


def _report(name: str) -> tuple[str, str, bytes]:
    report = {
        "document-uri": f"https://shop.example.com/{name}",
        "effective-directive": "img-src",
        "blocked-uri": "https://x.example.com/lamp.png",
    }
    return "security/", "application/csp-report", json.dumps({"csp-report": report}).encode()


_REQUESTS: dict[str, Callable[[str], tuple[str, str, bytes]]] = {
    "error": _error,
    "log": _log,
    "report": _report,
}


async def _load(
    relay: Relaying, project: dict[str, str], acked: dict[str, set[str]], end: float, rate: float
) -> None:
    clients = (
        _client(relay, project, acked, end, _CONNECTIONS / rate) for _ in range(_CONNECTIONS)
    )
    await asyncio.gather(*clients)


async def _client(
    relay: Relaying, project: dict[str, str], acked: dict[str, set[str]], end: float, pause: float
) -> None:
    kinds = list(_REQUESTS)
    turn = 0
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        try:
            while time.monotonic() < end:
                kind, name = kinds[turn % len(kinds)], uuid.uuid4().hex
                turn += 1
                if await _post(reader, writer, project, *_REQUESTS[kind](name)):
                    acked[kind].add(name)
                await asyncio.sleep(pause)
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.05)
        finally:
            writer.close()


async def _post(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    project: dict[str, str],
    endpoint: str,
    content_type: str,
    body: bytes,
) -> bool:
    head = (
        f"POST /api/{project['id']}/{endpoint}?sentry_key={project['public_key']} HTTP/1.1\r\n"
        f"Host: relay\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    place = answer.find(b"content-length: ") + 16
    await reader.readexactly(int(answer[place : answer.find(b"\r", place)]))
    return answer[9:12] == b"200"


def _kill_until(product: Product, relay: Relaying, end: float, kills: Counter[str]) -> None:
    rng = random.Random(11)
    turn = 0
    while time.monotonic() < end - 1:
        time.sleep(rng.uniform(0.4, 1.6))
        target = TARGETS[turn % len(TARGETS)]
        turn += 1
        kills[target] += 1
        if "relay" in target:
            relay.kill()
        role = target.removeprefix("relay and ")
        for pid in product.children(role) if role != "relay" else ():
            os.kill(pid, signal.SIGKILL)
        if "relay" in target:
            relay.start()


def _is_digested(product: Product) -> bool:
    try:
        report = health(product)
    except OSError:
        return False
    return bool(report["status"] == "ok" and report["spool"]["backlog_bytes"] == 0)


def _stored(product: Product, project_id: int, kind: str) -> list[str]:
    """The names under which things of a kind are stored, as often as they are."""
    table, column = {
        "error": ("errors", "event_id"),
        "log": ("kept_items", "trace_id"),
        "report": ("errors", "url"),
    }[kind]
    select = q.Select(
        table=table,
        projects=VisibleProjects.of_system(),
        columns={"name": q.Field(column)},
        where=[q.Compare(q.Field("project_id"), "=", project_id)],
        start=0,
        end=_FAR,
        limit=1 << 22,
    )
    client = StoreClient(product.folder / "run" / "store.sock")
    names = [row[0] for row in client.query(select).rows]
    return [str(name).rpartition("/")[2] for name in names if name]


def main() -> int:
    """Run from the command line."""
    seconds = float(sys.argv[1])
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 150.0
    with tempfile.TemporaryDirectory() as folder, Product(Path(folder) / "data") as product:
        project = product.project("relayed")
        with Relaying(Path(folder) / "relay", product.base) as relay:
            result = run(product, relay, project, seconds=seconds, rate=rate)
    print(json.dumps({**vars(result), "kills": dict(result.kills)}))
    return 0 if result.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
