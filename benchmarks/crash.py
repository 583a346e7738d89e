"""Kills processes of a running product under load and counts what was lost or doubled.

Usage: python -m benchmarks.crash SECONDS [RATE]
Prints kills, acked, found, lost and doubled as JSON; the status is 1 if anything was.
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
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.load import Load
from tests.flow.product import Product
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects

TARGETS = ("worker", "digester", "door", "worker and digesters", "pages", "everything")
_ROLES = {
    "worker and digesters": ("worker", "digester"),
    "everything": ("worker", "digester", "door", "pages"),
}
DIGESTERS = 2
_FAR = 1 << 52


@dataclass
class Result:
    """What became of the acknowledged events."""

    kills: Counter[str] = field(default_factory=Counter)
    acked: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    counted_by_issues: int = 0
    counted_as_accepted: int = 0

    @property
    def is_good(self) -> bool:
        """Nothing lost, nothing doubled, and the counts say the same."""
        return (
            self.acked > 0
            and not self.lost
            and not self.doubled
            and self.found == self.counted_by_issues == self.counted_as_accepted
        )


def run(product: Product, project: dict[str, str], *, seconds: float, rate: float) -> Result:
    """Load for `seconds` while processes are killed, then look at what is there."""
    load = Load(product.base, project["id"], project["public_key"], groups=40)
    load.keep_ids = True
    result = Result()
    sending = threading.Thread(
        target=lambda: asyncio.run(load.run(seconds, connections=8, rate=rate))
    )
    sending.start()
    _kill_until(product, time.monotonic() + seconds, result.kills)
    sending.join()
    product.wait(lambda: _is_digested(product), seconds=120)
    stored = Counter(_stored_ids(product, int(project["id"])))
    result.acked = len(load.acked)
    result.found = stored.total()
    result.lost = sum(event_id not in stored for event_id in load.acked)
    result.doubled = sum(count > 1 for count in stored.values())
    result.counted_by_issues = sum(int(issue["count"]) for issue in product.issues(project))
    result.counted_as_accepted = product.outcomes(project).get(("error", "accepted", ""), 0)
    return result


def _kill_until(product: Product, end: float, kills: Counter[str]) -> None:
    rng = random.Random(7)
    turn = 0
    while time.monotonic() < end - 1:
        time.sleep(rng.uniform(0.4, 2.5))
        target = TARGETS[turn % len(TARGETS)]
        turn += 1
        kills[target] += 1
        children = [
            pid
            for role in _ROLES.get(target, (target,))
            for pid in product.wait(partial(product.children, role))
        ]
        if target == "everything":
            assert product.process is not None
            product.process.kill()
            product.process.wait()
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        if target == "everything":
            product.start()


def _is_digested(product: Product) -> bool:
    try:
        status, _, body = product.post("/-/health", b"", method="GET")
    except OSError:
        return False
    report = json.loads(body)
    return (
        status == 200
        and report["status"] == "ok"
        and report["spool"]["backlog_bytes"] == 0
        and report["store"]["status"] == "ok"
    )


def _stored_ids(product: Product, project_id: int) -> list[str]:
    select = q.Select(
        table="errors",
        projects=VisibleProjects.of_system(),
        columns={"id": q.Field("event_id")},
        where=[q.Compare(q.Field("project_id"), "=", project_id)],
        start=0,
        end=_FAR,
        limit=1 << 22,
    )
    client = StoreClient(product.folder / "run" / "store.sock")
    return [row[0] for row in client.query(select).rows]


def main() -> int:
    """Run from the command line."""
    seconds = float(sys.argv[1])
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 200.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Product(Path(folder) / "data", digesters=str(DIGESTERS)) as product,
    ):
        result = run(product, product.project("crash"), seconds=seconds, rate=rate)
    print(json.dumps({**vars(result), "kills": dict(result.kills)}))
    return 0 if result.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
