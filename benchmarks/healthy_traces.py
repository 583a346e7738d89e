"""Habits of healthy services that look like problems at first sight."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from vedette.problems.segment import Segment
from vedette.problems.sketch import Sketch, beside, loop, sketch

_TABLES = (
    "users",
    "orders",
    "items",
    "prices",
    "stock",
    "mails",
    "events",
    "tags",
    "notes",
    "logs",
)
_SENT, _READ = "http.response_content_length", "http.decoded_response_content_length"


def _took(chance: random.Random, middle: float, spread: float = 0.5) -> float:
    """Milliseconds around the middle, with a tail."""
    return middle * chance.lognormvariate(0, spread)


def _listing(chance: random.Random) -> Segment:
    """A list whose relations are fetched in one query each."""
    spans = [Sketch(op="db", words="SELECT * FROM orders WHERE shop = %s", took=_took(chance, 12))]
    at = spans[0].took + 1
    for table in chance.sample(_TABLES, 3):
        words = f"SELECT * FROM {table} WHERE order_id IN (%s, %s, %s, %s)"
        spans.append(Sketch(op="db", words=words, at=at, took=_took(chance, 9)))
        at = spans[-1].at + spans[-1].took + 1
    spans.append(Sketch(op="view.render", words="orders.html", at=at, took=_took(chance, 40)))
    return sketch("/orders", spans)


def _lookups(chance: random.Random) -> Segment:
    """The same row is looked up a few times."""
    first = Sketch(op="db", words="SELECT * FROM session WHERE key = %s", took=_took(chance, 2))
    words = "SELECT * FROM users WHERE id = %s"
    number = chance.randrange(1, 5)
    return sketch("/me", [first, *loop("db", words, number, at=20, took=_took(chance, 4), gap=8)])


def _quick_lookups(chance: random.Random) -> Segment:
    """A dozen look-ups that take no time."""
    first = Sketch(op="db", words="SELECT * FROM menu WHERE shop = %s", took=_took(chance, 2))
    took = min(_took(chance, 0.8), 3.0)
    words = "SELECT * FROM labels WHERE id = %s"
    return sketch("/menu", [first, *loop("db", words, 12, at=20, took=took, gap=1)])


def _parallel_queries(chance: random.Random) -> Segment:
    first = Sketch(op="db", words="SELECT * FROM shards WHERE id = %s", took=_took(chance, 4))
    number, took = chance.randrange(6, 20), _took(chance, 25)
    shards = beside("db", "SELECT count(*) FROM part WHERE shard = %s", number, at=60, took=took)
    return sketch("/stats", [first, *shards])


def _paging(chance: random.Random) -> Segment:
    words = chance.choice(
        (
            "SELECT * FROM rows ORDER BY id LIMIT %s OFFSET %s",
            "SELECT * FROM rows WHERE id > %s ORDER BY id LIMIT %s",
            "SELECT * FROM rows WHERE (at, id) > (%s, %s) ORDER BY at, id LIMIT 500",
        )
    )
    first = Sketch(op="db", words="SELECT count(*) FROM rows", took=20)
    number = chance.randrange(5, 60)
    spans = loop("db", words, number, at=60, took=_took(chance, 60), gap=4)
    return sketch("export", [first, *spans], op="queue.task")


def _bulk(chance: random.Random) -> Segment:
    words = chance.choice(
        (
            "INSERT INTO rows (a, b) VALUES (%s, %s), (%s, %s), (%s, %s)",
            "UPDATE rows SET done = true WHERE id IN (%s, %s, %s)",
            "SELECT * FROM rows WHERE id = ANY(%s)",
        )
    )
    first = Sketch(op="db", words="SELECT * FROM files WHERE id = %s", took=5)
    number = chance.randrange(5, 40)
    spans = loop("db", words, number, at=40, took=_took(chance, 45), gap=3)
    return sketch("import", [first, *spans], op="queue.task")


def _different_queries(chance: random.Random) -> Segment:
    """A page of many parts, each of which asks its own question about its user."""
    at, spans = 0.0, []
    for number in range(chance.randrange(6, 22)):
        table = _TABLES[number % len(_TABLES)]
        words = f"SELECT * FROM {table} WHERE owner{number} = %s ORDER BY at DESC LIMIT 5"
        spans.append(Sketch(op="db", words=words, at=at, took=_took(chance, 12)))
        at += spans[-1].took + chance.random() * 4
    return sketch("/home", spans)


def _counts(chance: random.Random) -> Segment:
    """A few small counts."""
    at, spans = 0.0, []
    for table in chance.sample(_TABLES, 4):
        spans.append(Sketch(op="db", words=f"SELECT count(*) FROM {table}", at=at,
                            took=min(_took(chance, 7), 25)))  # fmt: skip
        at += spans[-1].took + 1
    return sketch("/admin", spans)


def _nightly(chance: random.Random) -> Segment:
    at, spans = 0.0, []
    for table in _TABLES[:6]:
        spans.append(Sketch(op="db", words=f"SELECT count(*) FROM {table}", at=at,
                            took=min(_took(chance, 300), 950)))  # fmt: skip
        at += spans[-1].took + 1
    return sketch("report.nightly", spans, op="queue.task")


def _failing(chance: random.Random) -> Segment:
    first = Sketch(op="db", words="SELECT * FROM users WHERE id = %s", took=4)
    number = chance.randrange(5, 9)
    spans = loop("db", "UPDATE stock SET n = n - %s WHERE id = %s", number, at=30,
                 took=_took(chance, 30), gap=20, is_failed=True)  # fmt: skip
    return sketch("/buy", [first, *spans])


def _polling(chance: random.Random) -> Segment:
    first = Sketch(op="db", words="SELECT * FROM workers WHERE id = %s", took=4)
    words = "SELECT * FROM jobs WHERE state = %s LIMIT 1 FOR UPDATE SKIP LOCKED"
    number = chance.randrange(10, 40)
    spans = loop("db", words, number, at=30, took=_took(chance, 4), gap=1000)
    return sketch("worker", [first, *spans], op="queue.task")


def _writing(chance: random.Random) -> Segment:
    at, spans = 0.0, []
    for words in (
        *("BEGIN", "SELECT * FROM accounts WHERE id = %s FOR UPDATE"),
        *("INSERT INTO moves (a, b) VALUES (%s, %s)", "UPDATE accounts SET n = %s WHERE id = %s"),
        "COMMIT",
    ):
        slow = 1500 if words == "COMMIT" and chance.random() < 0.2 else 10
        spans.append(Sketch(op="db", words=words, at=at, took=_took(chance, slow)))
        at += spans[-1].took
    return sketch("/pay", spans)


def _caching(chance: random.Random) -> Segment:
    first = Sketch(op="db", words="SELECT * FROM feed WHERE user_id = %s", took=10)
    spans = loop("cache.get", "post:{}", chance.randrange(10, 80), at=30, took=_took(chance, 2))
    return sketch("/feed", [first, *spans])


def _health(chance: random.Random) -> Segment:
    return sketch("/health", [Sketch(op="db", words="SELECT 1", took=_took(chance, 1))])


def _two_services(chance: random.Random) -> Segment:
    """A token, then what it is for."""
    first, second = _took(chance, 700), _took(chance, 900)
    return sketch(
        "/login",
        [
            Sketch(op="http.client", words="POST https://id.example/token", took=first),
            Sketch(op="http.client", words="GET https://id.example/me", at=first + 2, took=second),
        ],
    )


def _retries(chance: random.Random) -> Segment:
    failed = {"http.response.status_code": 503}
    words = "POST https://pay.example/charge"
    number = chance.randrange(2, 5)
    spans = loop("http.client", words, number, took=_took(chance, 900), gap=200, data=failed)
    last = spans[-1].at + spans[-1].took + 200
    return sketch("/pay", [*spans, Sketch(op="http.client", words=words, at=last, took=800)])


def _paged_calls(chance: random.Random) -> Segment:
    key = chance.choice(("page", "cursor", "offset", "starting_after", "page_token"))
    words = f"GET https://api.example/items?{key}={{}}"
    number = chance.randrange(4, 40)
    return sketch("sync", loop("http.client", words, number, took=_took(chance, 600)))


def _job_polling(chance: random.Random) -> Segment:
    number = chance.randrange(5, 40)
    took = _took(chance, 550)
    spans = loop("http.client", "GET https://api.example/jobs/77", number, took=took, gap=200)
    return sketch("/render", spans)


def _talking(chance: random.Random) -> Segment:
    """An agent asks a model again and again, with each answer."""
    number = chance.randrange(3, 9)
    words = "POST https://api.llm.example/v1/chat/completions"
    return sketch("/chat", loop("http.client", words, number, took=_took(chance, 2500), gap=50))


def _fan_out(chance: random.Random) -> Segment:
    number = chance.randrange(5, 30)
    words = "GET https://search-{}.example/query"
    return sketch("/search", beside("http.client", words, number, took=_took(chance, 700)))


def _objects(chance: random.Random) -> Segment:
    size = {_SENT: chance.randrange(1 << 20, 60 << 20)}
    words = "GET https://files.s3.amazonaws.com/backups/7"
    return sketch("backup", [Sketch(op="http.client", words=words, took=4000, data=size)])


def _long_poll(chance: random.Random) -> Segment:
    words = "GET https://bus.example/events"
    return sketch("listen", loop("http.client", words, 4, took=30_000, gap=3))


def _asset(chance: random.Random, name: str, size: int, at: float, slow: float) -> Sketch:
    kind = {"js": "script", "css": "css", "png": "img", "woff2": "font"}[name.rpartition(".")[2]]
    is_cached = chance.random() < 0.4
    is_text = kind in ("script", "css")
    data: dict[str, Any] = {
        _SENT: size,
        _READ: size * 3 if is_text else size,
        "http.response_transfer_size": 0 if is_cached else size + 300,
        "resource.render_blocking_status": "blocking" if kind == "css" else "non-blocking",
    }
    took = 2.0 if is_cached else slow * (40 + size / 5000) * chance.lognormvariate(0, 0.4)
    words = f"https://cdn.example/{name}"
    return Sketch(op=f"resource.{kind}", words=words, at=at, took=took, data=data)


def _page(chance: random.Random, slow: float = 1.0) -> Segment:
    spans = [_asset(chance, "app.css", 30_000, 50, slow)]
    spans += [_asset(chance, f"chunk-{at}.js", chance.randrange(20_000, 180_000), 60 + at, slow)
              for at in range(8)]  # fmt: skip
    spans += [_asset(chance, f"photo-{at}.png", chance.randrange(20_000, 900_000), 200 + at, slow)
              for at in range(20)]  # fmt: skip
    spans += [
        Sketch(op="http.client", words=f"GET https://api.example/{name}", at=400, took=slow * 180,
               data={_SENT: chance.randrange(500, 90_000)})
        for name in ("me", "cart", "menu", "offers", "news")
    ]  # fmt: skip
    spans += loop("ui.long-task", "Main UI thread blocked", chance.randrange(0, 5), at=500,
                  took=min(_took(chance, 75), 140))  # fmt: skip
    painted = {"measurements.fcp": slow * _took(chance, 900, 0.3)}
    return sketch("/products/:slug", spans, op="pageload", platform="javascript", data=painted)


def _slow_network(chance: random.Random) -> Segment:
    """Everything takes long, though nothing is large."""
    return _page(chance, slow=4.0)


def _icons(chance: random.Random) -> Segment:
    number = chance.randrange(12, 60)
    words = "GET https://cdn.example/icons/{}.svg"
    return sketch("/icons", beside("http.client", words, number, took=60), op="pageload")


def _graphql(chance: random.Random) -> Segment:
    number = chance.randrange(10, 20)
    words = "POST https://api.example/graphql"
    return sketch("/board", beside("http.client", words, number, took=90), op="navigation")


def _app(chance: random.Random) -> Segment:
    """An app that does its work in the background, and a little on the main thread."""
    spans = loop("file.read", "cache-{}.bin", 6, took=_took(chance, 30),
                 data={"blocked_main_thread": False})  # fmt: skip
    spans.append(Sketch(op="file.read", words="settings.json", took=min(_took(chance, 3), 12),
                        data={"blocked_main_thread": True}))  # fmt: skip
    spans += loop("db.sql.query", "SELECT * FROM notes", 4, took=_took(chance, 20),
                  data={"blocked_main_thread": False})  # fmt: skip
    frames = {"measurements.frames_frozen": chance.randrange(0, 3),
              "measurements.frames_total": chance.randrange(200, 4000)}  # fmt: skip
    return sketch("Feed", spans, op="ui.load", platform="java", data=frames)


def _items_of_a_job(chance: random.Random) -> Segment:
    """Each step of a job asks about its own item, and works on it for a while."""
    spans = [Sketch(op="db", words="SELECT * FROM jobs WHERE day = %s", took=8)]
    for at in range(chance.randrange(6, 14)):
        name = f"step{at}"
        spans += [
            Sketch(op="function", words="resize", at=20 + at * 400, took=380, name=name),
            Sketch(op="db", words="SELECT * FROM files WHERE id = %s", at=22 + at * 400,
                   took=min(_took(chance, 3), 6), parent=name),
        ]  # fmt: skip
    return sketch("thumbnails", spans, op="queue.task")


HEALTHY: dict[str, Callable[[random.Random], Segment]] = {
    "a list, relations fetched together": _listing,
    "a row looked up up to four times": _lookups,
    "a dozen look-ups of no time": _quick_lookups,
    "queries at once": _parallel_queries,
    "pages of a table": _paging,
    "batches": _bulk,
    "many different questions": _different_queries,
    "a few small counts": _counts,
    "a nightly report": _nightly,
    "a query that fails again": _failing,
    "a worker that polls": _polling,
    "a transfer, slow to commit": _writing,
    "a cache asked often": _caching,
    "a health check": _health,
    "a token and what it is for": _two_services,
    "a call tried again": _retries,
    "pages of an API": _paged_calls,
    "a job's state asked for": _job_polling,
    "a talk with a model": _talking,
    "calls at once": _fan_out,
    "an object store": _objects,
    "a long poll": _long_poll,
    "a page": _page,
    "a page over a slow network": _slow_network,
    "many icons": _icons,
    "GraphQL": _graphql,
    "an app": _app,
    "a job of slow steps": _items_of_a_job,
}
