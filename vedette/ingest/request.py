"""One HTTP request at the door: the headers that matter and whose it is."""

from __future__ import annotations

from vedette.http.asgi import Scope
from vedette.http.proxies import client_address
from vedette.ingest.routes import Route

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
    }
)


class Request:
    """What the door knows of a request before its body."""

    __slots__ = ("address", "headers", "method", "query", "route")

    def __init__(self, scope: Scope, route: Route, trusted_proxies: int) -> None:
        client = scope.get("client")
        self.route = route
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.headers = read_headers(scope["headers"])
        self.address = client_address(
            client[0] if client else "", scope["headers"], trusted_proxies
        )

    @property
    def encoding(self) -> bytes:
        """The Content-Encoding."""
        return self.headers.get(b"content-encoding", b"")


def read_headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers that the door looks at; of a repeated one the first."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name in _WANTED and name not in headers:
            headers[name] = value
    return headers
