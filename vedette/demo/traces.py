"""The demo's traces: visits of the shop, what its API does for them, and the mails that follow.

The browser and the API send transactions, the worker streams spans, as their SDKs do. The search
became slow four days ago, when a release began to ask for each product by itself.
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vedette.demo.assets import files
from vedette.demo.models import talk
from vedette.demo.services import API, WEB, WORKER
from vedette.demo.traffic import DAYS, RELEASES, released_at
from vedette.wire.envelope import build_envelope

_TRACES_A_DAY = 40
_SLOW_SECONDS = 4 * 86400
_USERS = 1800
_QUERY = 'SELECT * FROM "TABLE" WHERE "TABLE"."id" = %s LIMIT 21'
_FOUND = 'SELECT * FROM "products" WHERE "products"."name" ILIKE %s LIMIT 40'
_PRICE = 'SELECT * FROM "prices" WHERE "prices"."product_id" = '
_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
# Page, the request behind it, its table, how often of a hundred visits.
_VISITS = (
    ("/products/:slug", "GET", "/api/products/{slug}/", "products", 45),
    ("/search", "GET", "/api/search/", "products", 30),
    ("/cart", "POST", "/api/cart/items/", "cart_items", 15),
    ("/checkout", "POST", "/api/checkout/", "orders", 10),
)


@dataclass(slots=True)
class _Visit:
    """One trace as it is made; times are seconds since 1970."""

    rng: random.Random
    start: float
    release: str
    trace_id: str = ""
    user: str = ""
    envelopes: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.trace_id = f"{self.rng.getrandbits(128):032x}"
        self.user = str(self.rng.randrange(1, _USERS))

    def id(self) -> str:
        """A span's id."""
        return f"{self.rng.getrandbits(64):016x}"

    def took(self, milliseconds: float) -> float:
        """Seconds around so many milliseconds."""
        return milliseconds / 1000 * self.rng.lognormvariate(0, 0.35)


def envelopes(now: float, rng: random.Random, scale: float) -> dict[str, list[bytes]]:
    """The envelopes of the last weeks by the service that sends them."""
    made: dict[str, list[bytes]] = defaultdict(list)
    for at in _moments(now, rng, scale):
        visit = _Visit(rng, at, f"shop@{_release_of(at, now)}")
        page = rng.choices(_VISITS, [one[4] for one in _VISITS])[0]
        is_slow = page[0] == "/search" and at > now - _SLOW_SECONDS
        _browse(visit, page, is_slow=is_slow)
        for service, sent in visit.envelopes.items():
            made[service] += sent
    return made


def _moments(now: float, rng: random.Random, scale: float) -> Iterator[float]:
    for hour in range(DAYS * 24, 0, -1):
        at = now - hour * 3600
        wave = 0.6 + 0.5 * math.sin((at % 86400) / 86400 * 2 * math.pi - 2)
        number = _TRACES_A_DAY / 24 * wave * scale
        for _ in range(int(number) + (rng.random() < number % 1)):
            yield min(at + rng.random() * 3600, now - 60)


def _release_of(at: float, now: float) -> str:
    out = [name for index, name in enumerate(RELEASES) if released_at(index, now) <= at]
    return out[-1] if out else RELEASES[0]


def _span(
    visit: _Visit, parent: str, op: str, words: str, start: float, took: float, **more: Any
) -> dict[str, Any]:
    return {
        "trace_id": visit.trace_id,
        "span_id": more.pop("span_id", None) or visit.id(),
        "parent_span_id": parent,
        "op": op,
        "description": words,
        "status": more.pop("status", "ok"),
        "start_timestamp": start,
        "timestamp": start + took,
        "data": more,
    }


def _browse(visit: _Visit, page: tuple[str, str, str, str, int], *, is_slow: bool) -> None:
    """A page that loads, asks the API, and is shown."""
    name, method, route, table, _ = page
    root, call = visit.id(), visit.id()
    start = visit.start
    script = start + visit.took(90)
    loaded = script + visit.took(180)
    answered = _serve(visit, method, route, table, call, loaded + 0.03, is_slow=is_slow)
    end = answered + 0.02 + visit.took(60)
    lcp = (end - start) * 1000 * visit.rng.uniform(0.6, 0.95)
    address = f"https://shop.example{route.replace('{slug}', 'lamp-7')}"
    spans = [
        _span(visit, root, "browser.request", "request", start + 0.01, script - start - 0.02),
        *files(visit.rng, lambda op, words, at, took, **more: _span(
            visit, root, op, words, script + at, took, **more), loaded - script, name),
        _span(visit, root, "http.client", f"{method} {address}", loaded + 0.01,
              answered - loaded + 0.01, span_id=call, **{"http.request.method": method}),
        _span(visit, root, "ui.react.render", f"<{name.strip('/').title() or 'Home'}>",
              answered + 0.02, end - answered - 0.02),
    ]  # fmt: skip
    event = _event(visit, name, root, None, "pageload", start, end, spans, "javascript")
    event["request"] = {"url": f"https://shop.example{name}", "headers": {"User-Agent": _AGENT}}
    vitals = {"lcp": lcp, "fcp": lcp * 0.6, "ttfb": (script - start) * 500,
              "inp": visit.took(120) * 1000}  # fmt: skip
    event["measurements"] = {
        **{key: {"value": round(value, 1), "unit": "millisecond"} for key, value in vitals.items()},
        "cls": {"value": round(visit.rng.lognormvariate(-3, 0.8), 4), "unit": ""},
    }
    _send(visit, WEB.name, event)


def _serve(
    visit: _Visit, method: str, route: str, table: str, parent: str, start: float, *, is_slow: bool
) -> float:
    """What the API does for the page; returns when it has answered."""
    root = visit.id()
    rng = visit.rng
    fails = rng.random() < 0.03
    at = start + 0.004
    spans = []
    took = visit.took(2)
    key = f"session:{visit.user}"
    hit = {"cache.hit": rng.random() < 0.92, "cache.key": [key]}
    spans.append(_span(visit, root, "cache.get", key, at, took, **hit))
    at += took
    queries = [_QUERY.replace("TABLE", table)] * rng.randrange(1, 4)
    if is_slow:
        numbers = [str(rng.randrange(9999)) for _ in range(rng.randrange(18, 40))]
        queries = [_FOUND, *(_PRICE + number for number in numbers)]
    for query in queries:
        took = visit.took(14)
        spans.append(_span(visit, root, "db", query, at, took, **{"db.system": "postgresql"}))
        at += took + 0.001
    if route == "/api/checkout/":
        at = _check_out(visit, root, spans, at, fails=fails)
    if route == "/api/search/":
        made, at = talk(rng, lambda op, words, at, took, **more: _span(
            visit, more.pop("above", root), op, words, at, took, **more), at)  # fmt: skip
        spans += made
    took = visit.took(12)
    spans.append(_span(visit, root, "template.render", f"{table}/list.json", at, took))
    end = at + took + 0.003
    status = "internal_error" if fails else "ok"
    event = _event(visit, route, root, parent, "http.server", start, end, spans, "python", status)
    event["tags"] = {"region": rng.choice(("eu-west", "us-east")), "http.method": method}
    event["contexts"]["trace"]["data"] = {"http.response.status_code": 500 if fails else 200}
    _send(visit, API.name, event)
    return end


def _check_out(
    visit: _Visit, root: str, spans: list[dict[str, Any]], at: float, *, fails: bool
) -> float:
    took = visit.took(380)
    status = "deadline_exceeded" if fails else "ok"
    spans.append(_span(visit, root, "http.client", "POST https://pay.example/v1/charges", at, took,
                       status=status, **{"http.request.method": "POST"}))  # fmt: skip
    at += took
    if fails:
        return at
    publish = visit.id()
    spans.append(_span(visit, root, "queue.publish", "mails", at, 0.004, span_id=publish, **{
        "messaging.destination.name": "mails", "messaging.system": "bullmq"}))  # fmt: skip
    _mail(visit, publish, at + visit.took(600))
    return at + 0.005


def _mail(visit: _Visit, parent: str, start: float) -> None:
    """The worker sends the receipt; it streams its spans."""
    root = visit.id()
    render, sent = visit.took(35), visit.took(240)
    rows = [
        (root, parent, "sendReceipt", "queue.process", start, render + sent + 0.01, True),
        (visit.id(), root, "receipt.mjml", "template.render", start + 0.004, render, False),
        (visit.id(), root, "smtp.shop.example", "smtp", start + 0.006 + render, sent, False),
    ]
    shared = {
        "sentry.segment.id": root,
        "sentry.segment.name": "sendReceipt",
        "sentry.release": visit.release,
        "sentry.environment": "production",
        "sentry.sdk.name": WORKER.sdk,
        "sentry.sdk.version": "11.12.0",
        "user.id": visit.user,
        "messaging.destination.name": "mails",
        "messaging.system": "bullmq",
    }
    items = [
        {
            "trace_id": visit.trace_id,
            "span_id": span_id,
            "parent_span_id": above,
            "name": name,
            "status": "ok",
            "is_segment": is_segment,
            "start_timestamp": begin,
            "end_timestamp": begin + took,
            "attributes": {
                key: {"value": value, "type": "string"}
                for key, value in {**shared, "sentry.op": op}.items()
            },
        }
        for span_id, above, name, op, begin, took, is_segment in rows
    ]
    kind = "application/vnd.sentry.items.span.v2+json"
    header: dict[str, object] = {"type": "span", "item_count": len(items), "content_type": kind}
    payload = json.dumps({"version": 2, "items": items}).encode()
    trace = {"trace_id": visit.trace_id}
    visit.envelopes[WORKER.name].append(build_envelope({"trace": trace}, [(header, payload)]))


def _event(
    visit: _Visit, name: str, root: str, parent: str | None, op: str, start: float, end: float,
    spans: list[dict[str, Any]], platform: str, status: str = "ok",
) -> dict[str, Any]:  # fmt: skip
    service = WEB if platform == "javascript" else API
    return {
        "event_id": f"{visit.rng.getrandbits(128):032x}",
        "type": "transaction",
        "transaction": name,
        "transaction_info": {"source": "route"},
        "start_timestamp": start,
        "timestamp": end,
        "platform": platform,
        "release": visit.release,
        "environment": "production",
        "user": {"id": visit.user, "username": f"customer-{visit.user}"},
        "sdk": {"name": service.sdk, "version": "2.75.0"},
        "contexts": {
            "trace": {
                "trace_id": visit.trace_id,
                "span_id": root,
                "parent_span_id": parent,
                "op": op,
                "status": status,
            }
        },
        "spans": spans,
    }


def _send(visit: _Visit, service: str, event: dict[str, Any]) -> None:
    headers = {"event_id": event["event_id"], "trace": {"trace_id": visit.trace_id}}
    item: tuple[dict[str, object], bytes] = ({"type": "transaction"}, json.dumps(event).encode())
    visit.envelopes[service].append(build_envelope(headers, [item]))
