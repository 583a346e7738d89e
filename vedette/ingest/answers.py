"""The door's answers: every one, also an error, carries the CORS headers.

Source: protocol, sections 1.4 and 1.7.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from vedette.http.asgi import Send
from vedette.http.exchange import STATUS_LINES, Exchange
from vedette.ingest.errors import IngestError, RateLimited
from vedette.ingest.request import Request
from vedette.ingest.routes import Route
from vedette.spool.writer import SpoolError
from vedette.wire.limits import RateLimit, rate_limits_header

CORS: list[tuple[bytes, bytes]] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST"),
    (
        b"access-control-allow-headers",
        b"x-sentry-auth,x-requested-with,x-forwarded-for,origin,referer,accept,content-type,"
        b"authentication,authorization,content-encoding,transfer-encoding,sentry-trace,baggage",
    ),
    (b"access-control-expose-headers", b"x-sentry-error,x-sentry-rate-limits,retry-after"),
    (b"access-control-max-age", b"3600"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (
        b"vary",
        b"origin, access-control-request-method, access-control-request-headers",
    ),
]
# Whoever was too slow may still send: the connection ends with the answer.
_EXTRA = {
    405: ((b"allow", b"POST, OPTIONS"),),
    408: ((b"connection", b"close"),),
    503: ((b"retry-after", b"30"),),
}
_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_SCRIPT = (b"content-type", b"text/javascript; charset=utf-8")
_PROTOBUF = (b"content-type", b"application/x-protobuf")
_GIF = (b"content-type", b"image/gif")
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


async def answer(
    send: Send,
    status: int,
    body: bytes,
    content_type: tuple[bytes, bytes] = _JSON,
    limits: Sequence[RateLimit] = (),
    *extra: tuple[bytes, bytes],
) -> None:
    """Send one whole answer."""
    headers = [content_type, (b"content-length", b"%d" % len(body)), *CORS, *extra]
    if limits:
        headers.append((b"x-sentry-rate-limits", rate_limits_header(limits)))
        if status == 429:
            longest = max(limit.retry_after_seconds for limit in limits)
            headers.append((b"retry-after", b"%d" % max(1, longest)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_at_once(send: Send, route: Route, method: str) -> bool:
    """Answer what needs neither key nor body; False, with nothing done, for all else."""
    if method == "OPTIONS":
        await answer(send, 200, b"")
    elif route.endpoint == "embed" and method == "GET":
        await answer_dialog(send)
    else:
        return False
    return True


async def answer_error(send: Send, error: IngestError, route: Route | None = None) -> None:
    """Send a refusal in the shape SDKs log: `detail` and the `x-sentry-error` header.

    Who sent the plain form reads it as text; what was written is one step back in the browser.
    """
    detail = str(error)
    body, content_type = msgspec.json.encode({"detail": detail, "causes": [error.reason]}), _JSON
    if route is not None and route.endpoint == "feedback":
        body, content_type = _in_words(error).encode(), _TEXT
    limits = error.limits if isinstance(error, RateLimited) else ()
    extra = _EXTRA.get(error.status, ())
    note = detail.encode("ascii", "replace").replace(b"\n", b" ").replace(b"\r", b" ")[:300]
    await answer(
        send,
        error.status,
        body,
        content_type,
        limits,
        (b"x-sentry-error", note),
        *extra,
    )


def _in_words(error: IngestError) -> str:
    if isinstance(error, RateLimited):
        minutes = 1 + max(limit.retry_after_seconds for limit in error.limits) // 60
        return f"This was not sent: it is too much at once. Go back and send it in {minutes} min.\n"
    return f"This was not sent: {error}. Go back, and send it again.\n"


async def answer_accepted(
    send: Send, request: Request, event_id: str, limits: Sequence[RateLimit]
) -> None:
    """Send what each endpoint's clients expect for success."""
    endpoint, method = request.route.endpoint, request.method
    if endpoint in ("minidump", "unreal"):
        await answer(send, 200, _hyphenated(event_id), _TEXT)
    elif endpoint == "store" and method == "GET":
        await answer(send, 200, _PIXEL, _GIF, limits)
    elif endpoint in ("security", "nel"):
        await answer(send, 200, b"", _TEXT, limits)
    elif endpoint == "attachments":
        await answer(send, 201, b"{}", _JSON, limits)
    elif endpoint in ("cron", "heartbeat"):
        await answer(send, 202, b"", _TEXT)
    elif endpoint == "report":
        await answer(send, 200, b"{}", _JSON, limits)
    elif endpoint == "feedback":
        place = f"../../../feedback/form/{request.route.path_key}/?sent=1"
        await answer(send, 303, b"", _TEXT, (), (b"location", place.encode()))
    elif endpoint == "otlp":
        await _answer_export(send, request.headers.get(b"content-type", b""))
    else:
        body = b'{"id":"%b"}' % event_id.encode() if event_id else b"{}"
        await answer(send, 200, body, _JSON, limits)


async def answer_dialog(send: Send) -> None:
    """Send the report dialog's script; what it is about stands in its own address."""
    await answer(send, 200, dialog(), _SCRIPT, (), (b"cache-control", b"public, max-age=3600"))


@cache
def dialog() -> bytes:
    """The script of the report dialog."""
    return (Path(__file__).parent / "dialog.js").read_bytes()


async def _answer_export(send: Send, content_type: bytes) -> None:
    """An empty answer in the form of the request: so a full success is told (OTLP/HTTP)."""
    if content_type.startswith(_PROTOBUF[1]):
        await answer(send, 200, b"", _PROTOBUF)
    else:
        await answer(send, 200, b"{}", _JSON)


def write_accepted(exchange: Exchange, event_id: str, error: SpoolError | None) -> None:
    """Answer an envelope that was taken, or could not be, without the detour over ASGI."""
    if error is None:
        body = b'{"id":"%b"}' % event_id.encode() if event_id else b"{}"
        start = _start_of(200, exchange.default_headers)
    else:
        body = b'{"detail":"cannot write to disk","causes":["disk"]}'
        start = _start_of(503, exchange.default_headers)
    end = b"" if exchange.keep_alive else b"connection: close\r\n"
    exchange.write_whole(b"%bcontent-length: %d\r\n%b\r\n%b" % (start, len(body), end, body))


_starts: dict[int, tuple[list[tuple[bytes, bytes]], bytes]] = {}


def _start_of(status: int, server_headers: list[tuple[bytes, bytes]]) -> bytes:
    """Status line and unchanging headers; made again when the server's own (the date) change."""
    held = _starts.get(status)
    if held is None or held[0] is not server_headers:
        pairs = (*server_headers, _JSON, *CORS, *_EXTRA.get(status, ()))
        lines = [b"%b: %b\r\n" % pair for pair in pairs]
        held = _starts[status] = (server_headers, STATUS_LINES[status] + b"".join(lines))
    return held[1]


def _hyphenated(event_id: str) -> bytes:
    parts = (event_id[:8], event_id[8:12], event_id[12:16], event_id[16:20], event_id[20:])
    return "-".join(parts).encode()
