"""Realistic transactions and streamed spans for the benchmarks: many routes, one shape."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

from vedette.wire.envelope import build_envelope

SPANS = 12  # of a transaction, besides itself
_TABLES = ("orders", "customers", "baskets", "articles", "vouchers", "parcels", "invoices")
_HOSTS = ("pay.example", "stock.example:8443", "mail.example")


def transaction(seed: int, timestamp: float) -> bytes:
    """The envelope of a request of Django: queries, a template, a call of another service."""
    rng = random.Random(seed)
    trace, root = _hex(rng, 128), _hex(rng, 64)
    route = f"/{_TABLES[rng.randrange(7)]}/<int:id>/{rng.randrange(40)}"
    start = timestamp - rng.lognormvariate(-2, 0.8)
    spans = [_span(rng, trace, root, start, timestamp, at) for at in range(SPANS)]
    event = {
        "type": "transaction",
        "event_id": _hex(rng, 128),
        "transaction": route,
        "transaction_info": {"source": "route"},
        "start_timestamp": start,
        "timestamp": timestamp,
        "platform": "python",
        "release": f"shop@1.{rng.randrange(5)}.0",
        "environment": "production",
        "server_name": f"web-{rng.randrange(4)}",
        "tags": {"http.status_code": "200", "plan": rng.choice(["free", "team"])},
        "user": {"id": str(rng.randrange(5000)), "ip_address": f"198.51.100.{rng.randrange(250)}"},
        "contexts": {
            "trace": {
                "trace_id": trace,
                "span_id": root,
                "op": "http.server",
                "status": rng.choice(["ok"] * 19 + ["internal_error"]),
                "origin": "auto.http.django",
                "data": {"thread.id": "140077401865088", "thread.name": "MainThread"},
            },
            "runtime": {"name": "CPython", "version": "3.12.4"},
        },
        "request": {
            "url": f"https://shop.example/orders/{rng.randrange(99999)}/",
            "method": "GET",
            "headers": {"Host": "shop.example", "Accept": "text/html", "User-Agent": "check/1.0"},
        },
        "sdk": {"name": "sentry.python.django", "version": "2.75.0"},
        "measurements": {},
        "spans": spans,
    }
    headers = {"event_id": event["event_id"], "trace": {"trace_id": trace, "sample_rate": "0.5"}}
    return build_envelope(headers, [({"type": "transaction"}, json.dumps(event).encode())])


def container(seed: int, timestamp: float) -> bytes:
    """The envelope of the same request as the newer SDKs stream it."""
    rng = random.Random(seed)
    trace, root = _hex(rng, 128), _hex(rng, 64)
    route = f"GET /{_TABLES[rng.randrange(7)]}/:id/{rng.randrange(40)}"
    start = timestamp - rng.lognormvariate(-2, 0.8)
    shared = {
        "sentry.segment.id": root,
        "sentry.segment.name": route,
        "sentry.sdk.name": "sentry.javascript.node",
        "sentry.sdk.version": "11.12.0",
        "sentry.release": f"shop@1.{rng.randrange(5)}.0",
        "sentry.environment": "production",
        "sentry.trace_lifecycle": "stream",
        "server.address": f"web-{rng.randrange(4)}",
    }
    items = []
    for at in range(SPANS):
        span = _span(rng, trace, root, start, timestamp, at)
        items.append(
            {
                "trace_id": trace,
                "span_id": span["span_id"],
                "parent_span_id": root,
                "name": span["description"],
                "status": "ok",
                "is_segment": False,
                "start_timestamp": span["start_timestamp"],
                "end_timestamp": span["timestamp"],
                "attributes": _typed({**shared, "sentry.op": span["op"], **span["data"]}),
            }
        )
    segment = {
        "sentry.op": "http.server",
        "sentry.sample_rate": 1,
        "http.response.status_code": 200,
    }
    items.append(
        {
            "trace_id": trace,
            "span_id": root,
            "name": route,
            "status": "ok",
            "is_segment": True,
            "start_timestamp": start,
            "end_timestamp": timestamp,
            "attributes": _typed({**shared, **segment}),
        }
    )
    payload = json.dumps({"version": 2, "items": items}).encode()
    kind = "application/vnd.sentry.items.span.v2+json"
    header = {"type": "span", "item_count": len(items), "content_type": kind}
    return build_envelope({"trace": {"trace_id": trace}}, [(header, payload)])


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    kinds = {str: "string", int: "integer", float: "double", bool: "boolean", list: "array"}
    return {name: {"value": value, "type": kinds[type(value)]} for name, value in values.items()}


def _span(
    rng: random.Random, trace: str, root: str, start: float, end: float, at: int
) -> dict[str, Any]:
    begin = start + (end - start) * at / SPANS
    table = rng.choice(_TABLES)
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("db", f'SELECT * FROM "{table}" WHERE "{table}"."id" = %s LIMIT 21',
         {"db.system": "postgresql", "db.name": "shop", "server.address": "db-1"}),
        ("cache.get", f"{table}:{rng.randrange(9999)}", {"cache.hit": rng.random() < 0.9,
         "cache.key": [f"{table}:{rng.randrange(9999)}"]}),
        ("template.render", f"{table}/list.html", {}),
        ("http.client", f"GET https://{rng.choice(_HOSTS)}/{table}/{rng.randrange(9999)}",
         {"http.request.method": "GET", "http.response.status_code": 200}),
    ]  # fmt: skip
    op, description, data = kinds[0 if at % 2 else rng.randrange(4)]
    return {
        "trace_id": trace,
        "span_id": _hex(rng, 64),
        "parent_span_id": root,
        "op": op,
        "description": description,
        "origin": "auto.db.django",
        "status": "ok",
        "start_timestamp": begin,
        "timestamp": begin + (end - start) / SPANS * rng.random(),
        "data": {**data, "thread.id": "140077401865088", "thread.name": "MainThread"},
    }


def _hex(rng: random.Random, bits: int) -> str:
    return uuid.UUID(int=rng.getrandbits(128)).hex[: bits // 4]
