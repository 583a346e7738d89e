"""How a relay stands, for machines: `/-/health`, `/-/ready` and `/-/metrics`."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from vedette import clock
from vedette.exposition import CONTENT_TYPE, Page
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.guard import Guard
from vedette.http.lag import Lag
from vedette.relay.door import RelayDoor
from vedette.relay.limits import Limits
from vedette.relay.losses import Losses
from vedette.relay.options import Options
from vedette.relay.sending import Sending
from vedette.relay.shelves import Shelves

_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json"
_NEARLY_FULL = 0.8
_LATE_SECONDS = 60.0


class StatusPages:
    """The three pages; what they say is in memory."""

    def __init__(
        self,
        options: Options,
        shelves: Shelves,
        door: RelayDoor,
        sending: Sending,
        *,
        losses: Losses,
        limits: Limits,
        guard: Guard,
        lag: Lag,
    ) -> None:
        self._options = options
        self._shelves = shelves
        self._door = door
        self._sending = sending
        self._losses = losses
        self._limits = limits
        self._guard = guard
        self._lag = lag
        self._started = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = scope["path"].rpartition("/-/")[2].rstrip("/")
        status, body, kind = self._answer(name)
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def report(self) -> dict[str, Any]:
        """How it stands; `problems` in words."""
        oldest = self._oldest_seconds()
        problems = self._problems(oldest)
        is_full = self._door.is_disk_full
        sending, error = self._sending, self._sending.last_error
        return {
            "status": "failing" if is_full else "degraded" if problems else "ok",
            "problems": problems,
            "upstream": {
                "address": self._options.upstream.address,
                "status": "ok" if sending.is_reaching else "away",
                "last_success": _moment(sending.last_success),
                "last_error": {"at": _moment(error[0]), "text": error[1]} if error else None,
            },
            "backlog": {
                "bytes": self._shelves.waiting_bytes,
                "most_bytes": self._options.most_bytes,
                "oldest_seconds": round(oldest, 1),
                "shelves": {shelf.name: shelf.waiting_bytes for shelf in self._shelves},
            },
            "delivered": sending.delivered,
            "known_keys": len(self._options.keys) or len(sending.known),
            "refused": self._shelves.refused_count,
            "lost": self._lost(),
            "limited_senders": len(self._limits),
            "uptime_seconds": round(time.monotonic() - self._started),
        }

    def _answer(self, name: str) -> tuple[int, bytes, bytes]:
        if name == "health":
            report = self.report()
            status = 503 if report["status"] == "failing" else 200
            return status, json.dumps(report).encode(), _JSON
        if name == "metrics":
            return 200, self._metrics().encode(), CONTENT_TYPE
        if name == "ready":
            is_ready = not self._door.is_disk_full
            return 200 if is_ready else 503, json.dumps({"ready": is_ready}).encode(), _JSON
        return 404, b"not found\n", _TEXT

    def _problems(self, oldest: float) -> list[str]:
        problems = []
        if self._door.is_disk_full:
            problems.append("the disk is nearly full: everything is refused")
        if not self._sending.is_reaching and self._sending.last_error is not None:
            problems.append(f"the upstream does not take things: {self._sending.last_error[1]}")
        elif oldest > _LATE_SECONDS:
            problems.append(f"what waits is {oldest:.0f} s old; a higher --at-once sends faster")
        share = self._shelves.waiting_bytes / self._options.most_bytes
        if share > _NEARLY_FULL:
            problems.append(f"{share:.0%} of the room is taken; then the oldest is given up")
        given_up = sum(n for (_, why), n in self._losses.totals.items() if why == "cache_overflow")
        if given_up:
            problems.append(f"{given_up} items were given up for want of room since the start")
        if self._shelves.refused_count:
            problems.append(
                f"{self._shelves.refused_count} requests were refused by the upstream and set "
                "aside; `--again` sends them once more"
            )
        if damaged := sum(shelf.damaged_bytes for shelf in self._shelves):
            problems.append(f"{damaged} bytes on disk were damaged and passed over")
        return problems

    def _lost(self) -> dict[str, dict[str, int]]:
        lost: dict[str, dict[str, int]] = {}
        for (category, reason), quantity in sorted(self._losses.totals.items()):
            lost.setdefault(reason, {})[category] = quantity
        return lost

    def _oldest_seconds(self) -> float:
        received = [shelf.oldest for shelf in self._shelves]
        first = min((moment for moment in received if moment is not None), default=None)
        return max(clock.timestamp() - first, 0.0) if first is not None else 0.0

    def _metrics(self) -> str:
        page, sending = Page(), self._sending
        page.gauge("relay_up", "1 if the upstream takes things.", float(sending.is_reaching))
        page.gauge("relay_backlog_bytes", "Bytes that wait.", self._shelves.waiting_bytes)
        page.gauge("relay_backlog_most_bytes", "The bound of that.", self._options.most_bytes)
        page.gauge("relay_backlog_seconds", "Age of the oldest.", self._oldest_seconds())
        page.gauge(
            "relay_last_success_seconds",
            "When the upstream last took one.",
            sending.last_success or 0,
        )
        page.counter("relay_delivered_total", "Requests the upstream took.", sending.delivered)
        page.counter("relay_refused_total", "Requests set aside.", self._shelves.refused_count)
        page.counters("relay_upstream_answers_total", "Its answers.", "status", sending.statuses)
        page.counters(
            "relay_requests_total", "Requests at the door.", "status", self._door.statuses
        )
        for reason, counts in self._lost().items():
            page.counters(f"relay_lost_{reason}_total", "Items let go.", "category", counts)
        page.gauge("relay_connections", "Open connections.", len(self._guard))
        page.gauge("relay_event_loop_lag_max_seconds", "The latest it was.", self._lag.highest)
        return page.text()


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
