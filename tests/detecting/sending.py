"""A request with a loop of queries, as the different senders bring it, and a look at it."""

from __future__ import annotations

import json
from typing import Any

from tests.web.tracing import send_item, transaction
from tests.web.world import World
from vedette import clock
from vedette.detecting.looking import Looker
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.wire.envelope import new_event_id

LIST = 'SELECT * FROM "orders" WHERE "status" = %s'
ONE = 'SELECT * FROM "customers" WHERE "customers"."id" = %s'


def queries(number: int = 12) -> list[tuple[str, float, float]]:
    """Statement, beginning and length in seconds after the request's."""
    return [(LIST, 0.01, 0.01), *((ONE, 0.03 + at * 0.02, 0.015) for at in range(number))]


def request_of(number: int = 12, *, name: str = "/orders", **changes: Any) -> dict[str, Any]:
    """A transaction with the loop."""
    made = transaction(name, minutes=changes.pop("minutes", 1.0), took=1.0, **changes)
    start, root = made["start_timestamp"], made["contexts"]["trace"]["span_id"]
    made["spans"] = [
        {
            "span_id": new_event_id()[:16],
            "parent_span_id": root,
            "op": "db",
            "description": words,
            "start_timestamp": start + at,
            "timestamp": start + at + took,
        }
        for words, at, took in queries(number)
    ]
    return made


def send_request(world: World, project: Project, number: int = 12, **changes: Any) -> None:
    """A transaction through the door's spool."""
    send_item(world, project, "transaction", request_of(number, **changes))


def streamed(number: int = 12) -> list[dict[str, Any]]:
    """The same as streamed spans, the segment's own last."""
    start = clock.timestamp() - 30
    trace, root = new_event_id(), new_event_id()[:16]

    def span(span_id: str, words: str, at: float, took: float, **more: Any) -> dict[str, Any]:
        op = more.pop("op")
        attributes = {"sentry.op": op, "sentry.segment.id": root, "sentry.segment.name": "/orders"}
        return {
            "trace_id": trace,
            "span_id": span_id,
            "name": words,
            "status": "ok",
            "start_timestamp": start + at,
            "end_timestamp": start + at + took,
            "attributes": {key: {"value": value, "type": "string"}
                           for key, value in attributes.items()},
            **more,
        }  # fmt: skip

    children = [
        span(new_event_id()[:16], words, at, took, op="db", parent_span_id=root)
        for words, at, took in queries(number)
    ]
    own = span(root, "/orders", 0.0, 1.0, op="http.server", is_segment=True)
    return [*children, own]


def send_streamed(world: World, project: Project, spans: list[dict[str, Any]]) -> None:
    """One container."""
    from vedette.wire.envelope import build_envelope

    header = {
        "type": "span",
        "item_count": len(spans),
        "content_type": "application/vnd.sentry.items.span.v2+json",
    }
    body = json.dumps({"version": 2, "items": spans}).encode()
    world.stage.flow.spool(build_envelope({}, [(header, body)]), project=project.pk)


def looker(world: World, **changes: Any) -> Looker:
    """One that waits for nothing."""
    flow = world.stage.flow
    return Looker(flow.store, flow.folder / "spool", settle_seconds=0.0, **changes)


def look(world: World) -> int:
    """What has arrived is worked on, looked at, and what was found is worked on."""
    world.stage.work()
    found = looker(world).look()
    world.stage.work()
    return found


def problems() -> list[Issue]:
    """The issues of problems."""
    return list(Issue.objects.filter(event_type="performance").order_by("pk"))
