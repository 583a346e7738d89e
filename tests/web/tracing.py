"""Transactions and spans for the tests of pages and API, through the real pipeline."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.web.world import World
from vedette import clock
from vedette.projects.models import Project
from vedette.wire.envelope import build_envelope, new_event_id

ROUTES = ("call.initiate", "webhook.process", "queue.initiate_call", "/checkout")


def send_item(
    world: World,
    project: Project,
    kind: str,
    payload: dict[str, Any],
    headers: dict[str, object] | None = None,
) -> None:
    """One item in an envelope of its own."""
    item = ({"type": kind}, json.dumps(payload).encode())
    held = {"event_id": new_event_id(), **(headers or {})}
    world.stage.flow.spool(build_envelope(held, [item]), project=project.pk)


def transaction(name: str, *, minutes: float, took: float, **changes: Any) -> dict[str, Any]:
    """A transaction that ended so many minutes ago and took so many seconds."""
    end = clock.timestamp() - minutes * 60
    trace = changes.pop("trace_id", None) or new_event_id()
    root = changes.pop("span_id", None) or new_event_id()[:16]
    context = {
        "trace_id": trace,
        "span_id": root,
        "op": changes.pop("op", "http.server"),
        "status": changes.pop("status", "ok"),
        "data": {"thread.name": "MainThread", "thread.id": "7"},
        "parent_span_id": changes.pop("parent_span_id", None),
    }
    return {
        "type": "transaction",
        "transaction": name,
        "start_timestamp": end - took,
        "timestamp": end,
        "platform": "python",
        "environment": "production",
        "release": "shop@1.0.0",
        "contexts": {"trace": context},
        "spans": [
            {
                "span_id": new_event_id()[:16],
                "parent_span_id": root,
                "op": "db",
                "description": "SELECT * FROM calls WHERE id = 7",
                "start_timestamp": end - took * 0.9,
                "timestamp": end - took * 0.5,
            },
            {
                "span_id": new_event_id()[:16],
                "parent_span_id": root,
                "op": "hms.connect",
                "description": "connect",
                "status": changes.pop("connects", "ok"),
                "start_timestamp": end - took * 0.4,
                "timestamp": end - took * 0.1,
            },
        ],
        **changes,
    }


def send_day(world: World) -> list[dict[str, Any]]:
    """Forty transactions of four routes over a day; returns what was sent."""
    chance = random.Random(3)
    sent = []
    for at in range(40):
        name = ROUTES[at % 4]
        sent.append(
            transaction(
                name,
                minutes=5 + at * 30,
                took=round(0.05 + (at % 4) * 0.2 + chance.random() * 0.1, 4),
                status="internal_error" if at % 10 == 0 else "ok",
                connects="deadline_exceeded" if at % 5 == 0 else "ok",
                release=f"shop@1.{at % 2}.0",
                user={"id": str(at % 7)},
                tags={"plan": "team" if at % 3 else "free"},
            )
        )
        send_item(world, world.shop, "transaction", sent[-1])
    world.stage.work()
    return sent
