"""One HTTP request at the door: the headers that matter, whose it is, and what follows from it."""

from __future__ import annotations

import re

from vedette import clock
from vedette.config import Config
from vedette.http.asgi import Scope
from vedette.http.proxies import client_address
from vedette.ingest.keys import Key
from vedette.ingest.opening import Job, Opened
from vedette.ingest.routes import Route
from vedette.spool.meta import Meta
from vedette.wire.auth import Credentials

DELIVERY_HEADER = b"idempotency-key"
HELD_HEADER = b"x-vedette-held-seconds"
_is_delivery = re.compile(rb"[0-9a-f]{32}\Z").match
_is_seconds = re.compile(rb"[0-9]{1,8}\Z").match
_MOST_HELD_SECONDS = 30 * 86400
_WANTED = frozenset(
    {
        b"x-sentry-auth",
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"content-length",
        b"origin",
        b"referer",
        b"user-agent",
        DELIVERY_HEADER,
        HELD_HEADER,
    }
)


class Request:
    """What the door knows of a request before its body."""

    __slots__ = ("address", "delivery", "headers", "held_seconds", "method", "query", "route")

    def __init__(self, scope: Scope, route: Route, trusted_proxies: int) -> None:
        client = scope.get("client")
        self.route = route
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.headers = read_headers(scope["headers"])
        self.address = client_address(
            client[0] if client else "", scope["headers"], trusted_proxies
        )
        self.delivery = ""  # what a relay calls it: it counts once however often it is sent
        self.held_seconds = 0.0  # how long a relay says that it has had it
        if DELIVERY_HEADER in self.headers or HELD_HEADER in self.headers:
            self._read_relay()

    @property
    def encoding(self) -> bytes:
        """The Content-Encoding."""
        return self.headers.get(b"content-encoding", b"")

    def _read_relay(self) -> None:
        name = self.headers.get(DELIVERY_HEADER, b"")
        if _is_delivery(name):
            self.delivery = name.decode()
        held = self.headers.get(HELD_HEADER, b"")
        if _is_seconds(held):
            self.held_seconds = float(min(int(held), _MOST_HELD_SECONDS))


def read_headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers that the door looks at; of a repeated one the first."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name in _WANTED and name not in headers:
            headers[name] = value
    return headers


def job_of(request: Request, config: Config) -> Job:
    """What opening the request's body needs to know."""
    return Job(
        request.route.endpoint,
        request.method,
        request.headers.get(b"content-type", b"").decode("latin-1"),
        request.encoding,
        request.query,
        request.route.argument,
        config.max_envelope_bytes,
        config.max_inflated_bytes,
        config.max_event_bytes,
        delivery=request.delivery,
    )


def meta_of(
    request: Request, key: Key, credentials: Credentials, opened: Opened, refused: dict[str, str]
) -> Meta:
    """What stands beside the body in the spool."""
    is_envelope = request.route.endpoint == "envelope"
    return Meta(
        key.project_id,
        clock.timestamp(),
        request.encoding.decode("latin-1") if is_envelope else "",
        opened.seen.event_id,
        request.address,
        credentials.client,
        request.headers.get(b"user-agent", b"")[:512].decode("latin-1"),
        refused,
        inflated_bytes=opened.inflated_bytes,
        delivery=request.delivery,
        held_seconds=request.held_seconds,
    )
