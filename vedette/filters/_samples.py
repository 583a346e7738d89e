"""Short forms of what SDKs send, for the samples of filters."""

from __future__ import annotations

from typing import Any

from vedette.filters import Sample

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def error(
    type: str = "TypeError",  # noqa: A002 - as events call it
    value: str = "x is undefined",
    *,
    file: str = "https://shop.example/app.js",
    agent: str = CHROME,
    **fields: Any,
) -> Sample:
    """One error of a browser."""
    frame = {"function": "pay", "filename": file, "abs_path": file, "lineno": 3, "in_app": True}
    event = {
        "platform": "javascript",
        "exception": {
            "values": [{"type": type, "value": value, "stacktrace": {"frames": [frame]}}]
        },
        "request": {"url": "https://shop.example/cart", "headers": {"User-Agent": agent}},
    }
    return Sample(payload=event | fields)


def transaction(name: str = "GET /cart", agent: str = CHROME, **fields: Any) -> Sample:
    """One request."""
    event = {
        "type": "transaction",
        "transaction": name,
        "request": {"url": "https://shop.example/cart", "headers": {"User-Agent": agent}},
        "contexts": {"trace": {"trace_id": "5e" * 16, "span_id": "5e" * 8, "op": "http.server"}},
        "spans": [],
    }
    return Sample(payload=event | fields, kind="transaction")


def span(name: str = "GET /cart", **attributes: Any) -> Sample:
    """One span that a service began with."""
    told = {
        "sentry.segment.name": name,
        "sentry.op": "http.server",
        **{key.replace("__", "."): value for key, value in attributes.items()},
    }
    held = {
        "trace_id": "6f" * 16,
        "span_id": "6f" * 8,
        "name": name,
        "status": "ok",
        "is_segment": True,
        "attributes": {
            key: {"value": value, "type": "integer" if isinstance(value, int) else "string"}
            for key, value in told.items()
        },
    }
    return Sample(payload=held, kind="span")
