"""Faults as they occur, by the detector that must find them, with durations as real ones spread."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from vedette.problems.segment import Segment
from vedette.problems.sketch import Sketch, beside, loop, sketch

Make = Callable[[random.Random], Segment]
_SENT, _READ = "http.response_content_length", "http.decoded_response_content_length"
_FIRST = Sketch(op="db", words="SELECT * FROM orders WHERE shop = %s", took=8)
_ONE = "SELECT * FROM customers WHERE id = %s"


def _took(chance: random.Random, middle: float, spread: float = 0.4) -> float:
    return middle * chance.lognormvariate(0, spread)


def _django(chance: random.Random) -> Segment:
    """A loop in a template."""
    number = chance.randrange(8, 60)
    render = Sketch(op="template.render", words="orders.html", at=10, took=9000, name="render")
    spans = loop("db", _ONE, number, at=12, took=_took(chance, 12), gap=chance.random() * 5,
                 parent="render")  # fmt: skip
    return sketch("/orders", [_FIRST, render, *spans])


def _resolvers(chance: random.Random) -> Segment:
    """Each element has a span of its own with its query in it."""
    spans = [_FIRST]
    for at in range(chance.randrange(8, 40)):
        name, took = f"r{at}", _took(chance, 12)
        spans += [
            Sketch(op="graphql.resolve", words="customer", at=10 + at * 40, took=38, name=name),
            Sketch(op="db", words=_ONE, at=11 + at * 40, took=took, parent=name),
        ]
    return sketch("/graphql", spans)


def _writes(chance: random.Random) -> Segment:
    words = "INSERT INTO lines (order_id, item) VALUES (%s, %s)"
    number = chance.randrange(8, 60)
    return sketch("/orders", [_FIRST, *loop("db", words, number, at=12, took=_took(chance, 12))])


def _called_in_loop(chance: random.Random) -> Segment:
    number = chance.randrange(12, 40)
    words = "GET https://api.example/items/{}"
    return sketch("/items", loop("http.client", words, number, took=_took(chance, 80), gap=2))


def _called_at_once(chance: random.Random) -> Segment:
    number = chance.randrange(12, 40)
    words = "GET https://api.example/items/{}"
    return sketch("/items", beside("http.client", words, number, took=_took(chance, 90)),
                  op="pageload", platform="javascript")  # fmt: skip


def _aggregates(chance: random.Random) -> Segment:
    at, spans = 0.0, []
    for table in ("orders", "customers", "invoices", "returns"):
        spans.append(Sketch(op="db", words=f"SELECT count(*) FROM {table}", at=at,
                            took=_took(chance, 120)))  # fmt: skip
        at += spans[-1].took + 1
    return sketch("/dashboard", spans)


def _services(chance: random.Random) -> Segment:
    at, spans = 0.0, []
    for name in ("stock", "prices", "tax", "ads", "ratings"):
        spans.append(Sketch(op="http.client", words=f"GET https://{name}.example/all", at=at,
                            took=_took(chance, 1100, 0.2)))  # fmt: skip
        at += spans[-1].took + chance.random() * 50
    return sketch("/product", spans)


def _scan(chance: random.Random) -> Segment:
    words = "SELECT * FROM products WHERE lower(name) LIKE %s"
    return sketch("/search", [Sketch(op="db", words=words, took=1050 + _took(chance, 900))])


def _payload(chance: random.Random) -> Segment:
    size = {_SENT: chance.randrange(350_000, 9_000_000)}
    words = "GET https://api.example/rows"
    span = Sketch(op="http.client", words=words, took=110 + _took(chance, 500), data=size)
    return sketch("/report", [span], op="pageload", platform="javascript")


def _load(chance: random.Random, painted: float, *files: Sketch) -> Segment:
    others = [
        Sketch(op="resource.script", words=f"https://cdn.example/v{at}.js", at=50, took=90,
               data={_SENT: 30_000, _READ: 90_000, "resource.render_blocking_status": "blocking"})
        for at in range(4)
    ]  # fmt: skip
    data = {"measurements.fcp": painted}
    return sketch("/", [*others, *files], op="pageload", platform="javascript", data=data)


def _file(took: float, size: int, **data: Any) -> Sketch:
    held = {_SENT: size, _READ: size * 3, "http.response_transfer_size": size + 300, **data}
    words = "https://cdn.example/app.js"
    return Sketch(op="resource.script", words=words, at=60, took=took, data=held)


def _blocking(chance: random.Random) -> Segment:
    painted = chance.uniform(2100, 9000)
    status = {"resource.render_blocking_status": "blocking"}
    size = chance.randrange(520_000, 990_000)
    return _load(chance, painted, _file(painted * chance.uniform(0.4, 0.9), size, **status))


def _plain(chance: random.Random) -> Segment:
    size = chance.randrange(530_000, 990_000)
    return _load(chance, 1500, _file(510 + _took(chance, 400), size, **{_READ: size}))


def _bundle(chance: random.Random) -> Segment:
    size = chance.randrange(1_050_000, 6_000_000)
    return _load(chance, 1500, _file(1010 + _took(chance, 900), size))


def _on_main(op: str, words: str, least: float) -> Make:
    def make(chance: random.Random) -> Segment:
        data = {"blocked_main_thread": True}
        span = Sketch(op=op, words=words, at=5, took=least + _took(chance, 40), data=data)
        return sketch("Feed", [span], op="ui.load", platform="java")

    return make


def _tasks(chance: random.Random) -> Segment:
    number = chance.randrange(3, 9)
    spans = loop("ui.long-task", "Main UI thread blocked", number, took=270 + _took(chance, 90))
    return sketch("/", spans, op="pageload", platform="javascript")


def _frozen(chance: random.Random) -> Segment:
    frames = {"measurements.frames_frozen": chance.randrange(4, 30),
              "measurements.frames_total": chance.randrange(60, 190)}  # fmt: skip
    return sketch("Feed", [], op="ui.load", took=30_000, platform="java", data=frames)


FAULTS: dict[str, dict[str, Make]] = {
    "performance_n_plus_one_db_queries": {
        "in a template": _django,
        "in resolvers": _resolvers,
        "rows written one by one": _writes,
    },
    "performance_n_plus_one_api_calls": {
        "in a loop of a server": _called_in_loop,
        "at once in a page": _called_at_once,
    },
    "performance_consecutive_db_queries": {"figures of a dashboard": _aggregates},
    "performance_consecutive_http": {"five services in turn": _services},
    "performance_slow_db_query": {"a scan": _scan},
    "performance_large_http_payload": {"all rows": _payload},
    "performance_render_blocking_asset_span": {"a bundle in the head": _blocking},
    "performance_uncompressed_assets": {"a server without gzip": _plain},
    "performance_large_asset": {"one bundle for all": _bundle},
    "performance_file_io_main_thread": {"settings": _on_main("file.read", "a.json", 17)},
    "performance_db_main_thread": {"notes": _on_main("db.sql.query", "SELECT * FROM notes", 17)},
    "profile_json_decode_main_thread": {"a catalog": _on_main("json.decode", "a.json", 41)},
    "profile_image_decode_main_thread": {"a photo": _on_main("image.decode", "a.png", 41)},
    "performance_long_tasks": {"scripts": _tasks},
    "performance_frozen_frames": {"a feed": _frozen},
}
