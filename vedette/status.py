"""`/-/health`, `/-/ready` and `/-/metrics`: raw ASGI, so that they answer when pages cannot.

The report is made in a thread of its own, by one at a time for all who ask meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from vedette import exposition, health, metrics
from vedette.config import Config
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.forwarder import Forwarder
from vedette.http.guard import Guard
from vedette.http.lag import Lag
from vedette.ingest.app import Door
from vedette.store.engine import Reader

PREFIX = "/-/"
_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json"


class StatusPages:
    """The three pages for machines."""

    def __init__(
        self,
        config: Config,
        store: Reader,
        door: Door,
        *,
        pages: Forwarder,
        guard: Guard,
        lag: Lag,
    ) -> None:
        self._config = config
        self._store = store
        self._door = door
        self._pages = pages
        self._guard = guard
        self._lag = lag
        self._thread = ThreadPoolExecutor(1, "health")
        self._report: asyncio.Future[dict[str, Any]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = scope["path"].rpartition(PREFIX)[2].rstrip("/")
        status, body, kind = await self._answer(name)
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, name: str) -> tuple[int, bytes, bytes]:
        if name == "health":
            report = await self._look()
            status = 503 if report["status"] == "failing" else 200
            return status, json.dumps(report).encode(), _JSON
        if name == "metrics":
            text = metrics.write(
                await self._look(),
                health.read_status(self._config, "worker") or {},
                door=self._door,
                pages=self._pages,
                guard=self._guard,
                lag=self._lag,
            )
            return 200, text.encode(), exposition.CONTENT_TYPE
        if name == "ready":
            is_ready = self._door.quota.pressure < 3
            return 200 if is_ready else 503, json.dumps({"ready": is_ready}).encode(), _JSON
        return 404, b"not found\n", _TEXT

    async def _look(self) -> dict[str, Any]:
        """The report; who asks while one is made gets that one."""
        if self._report is None or self._report.done():
            self._report = asyncio.get_running_loop().run_in_executor(
                self._thread, health.check, self._config, self._store
            )
        return await asyncio.shield(self._report)
