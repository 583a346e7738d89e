"""`/-/health`, `/-/ready` and `/-/metrics`: raw ASGI, so that they answer when pages cannot."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from vedette import health
from vedette.config import Config
from vedette.http.forwarder import Forwarder
from vedette.ingest.app import Door
from vedette.store.engine import Reader

PREFIX = "/-/"


class StatusPages:
    """The three pages for machines."""

    def __init__(self, config: Config, store: Reader, door: Door, pages: Forwarder) -> None:
        self._config = config
        self._store = store
        self._door = door
        self._pages = pages

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        name = scope["path"].rpartition(PREFIX)[2].rstrip("/")
        status, body, kind = 404, b"not found\n", b"text/plain; charset=utf-8"
        if name in ("health", "metrics"):
            report = await asyncio.to_thread(health.check, self._config, self._store)
            if name == "health":
                status = 503 if report["status"] == "failing" else 200
                body, kind = json.dumps(report).encode(), b"application/json"
            else:
                status, body = 200, self._metrics(report).encode()
                kind = b"text/plain; version=0.0.4; charset=utf-8"
        elif name == "ready":
            is_ready = self._door.quota.pressure < 3
            status = 200 if is_ready else 503
            body, kind = json.dumps({"ready": is_ready}).encode(), b"application/json"
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _metrics(self, report: dict[str, Any]) -> str:
        worker = health.read_status(self._config, "worker") or {}
        gauge, counter = "gauge", "counter"
        lines: list[str] = []

        def metric(name: str, kind: str, text: str, values: dict[str, float]) -> None:
            lines.append(f"# HELP vedette_{name} {text}")
            lines.append(f"# TYPE vedette_{name} {kind}")
            lines.extend(f"vedette_{name}{labels} {value}" for labels, value in values.items())

        metric("up", gauge, "1 if nothing is wrong.", {"": float(report["status"] == "ok")})
        spool = report["spool"]
        metric(
            "spool_backlog_bytes", gauge, "Bytes not yet processed.", {"": spool["backlog_bytes"]}
        )
        metric(
            "spool_backlog_seconds",
            gauge,
            "How long the oldest of them has waited.",
            {"": spool["backlog_seconds"]},
        )
        metric("disk_free_bytes", gauge, "Free disk.", {"": report["disk"]["free_bytes"]})
        metric("store_bytes", gauge, "Size of the store.", {"": worker.get("store_bytes", 0)})
        metric("dead_records", gauge, "Records set aside.", {"": report["dead_records"]})
        metric("items_total", counter, "Items processed.", {"": worker.get("items", 0)})
        metric("batches_total", counter, "Batches written.", {"": worker.get("batches", 0)})
        metric(
            "worker_cpu_seconds_total", counter, "CPU of the worker.",
            {"": worker.get("cpu_seconds", 0)},
        )  # fmt: skip
        metric(
            "step_seconds_total",
            counter,
            "Time spent in each step of the pipeline.",
            {f'{{step="{k}"}}': v for k, v in worker.get("step_seconds", {}).items()},
        )
        metric(
            "ingest_requests_total",
            counter,
            "Requests at the door by status.",
            {f'{{status="{k}"}}': v for k, v in sorted(self._door.statuses.items())},
        )
        return "\n".join(lines) + "\n"
