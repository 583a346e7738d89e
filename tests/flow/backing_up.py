"""Events that are sent all the while, and what a restored folder says of them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Self

from tests.flow.product import Product
from vedette.wire.envelope import build_envelope

_KINDS = 5
_PAUSE_SECONDS = 0.01  # the machine is busy, not drowned


def envelope(event_id: str) -> bytes:
    """An error of one of a few kinds, with an attachment of its own."""
    kind = f"Error{int(event_id[:8], 16) % _KINDS}"
    event = {"exception": {"values": [{"type": kind, "value": "no"}]}, "platform": "python"}
    attachment = {"type": "attachment", "filename": "a.txt"}
    items = [
        ({"type": "event"}, json.dumps(event).encode()),
        (attachment, event_id.encode() * 40),
    ]
    return build_envelope({"event_id": event_id}, items)


class Senders:
    """Two threads that send all the while. Use as a context manager."""

    def __init__(self, product: Product, project: dict[str, str]) -> None:
        self._product = product
        self._project = project
        self._ended = threading.Event()
        self.accepted: list[str] = []
        self.refused = 0
        self._threads = [threading.Thread(target=self._send) for _ in range(2)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            event_id = uuid.uuid4().hex
            status, _ = self._product.send(self._project, envelope(event_id))
            if status == 200:
                self.accepted.append(event_id)
            else:
                self.refused += 1


def begin_backup(product: Product, place: str) -> subprocess.Popen[str]:
    """`vedette backup` beside the running server."""
    return subprocess.Popen(
        [sys.executable, "-m", "vedette", "backup", "--to", place, "--data", str(product.folder)],
        env=product.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def errors_of(product: Product, project: dict[str, str]) -> int:
    """How many errors were accepted and stored, once all that is in the spool is digested."""
    accepted = product.outcomes(project).get(("error", "accepted", ""), 0)
    counted = sum(int(issue["count"]) for issue in product.issues(project))
    return accepted if accepted == counted else -1


def backlog_of(product: Product) -> int:
    """Bytes that wait in the spool."""
    answer = json.loads(product.post("/-/health", b"", method="GET")[2])
    return int(answer["spool"]["backlog_bytes"])


def half_written(repository: Path) -> list[str]:
    """What a kill has left."""
    return [path.name for path in repository.rglob("*.new")]
