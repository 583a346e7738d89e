"""The one way in which the product makes HTTP requests.

A name is resolved once and the connection goes to an address that was judged; redirects are
followed by hand and judged again; size and time of the whole exchange are bounded. It uses
no proxy and no settings of the environment. Blocking; safe for threads.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from vedette import __version__
from vedette.outgoing.addresses import Network
from vedette.outgoing.errors import Refused

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DROPPED_ELSEWHERE = frozenset({"authorization", "cookie", "proxy-authorization"})
_USER_AGENT = f"Vedette/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `seconds` bounds the whole exchange, redirects included."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    most_bytes: int = 1 << 20
    most_redirects: int = 5
    seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `is_cut` is true if the body was longer than asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    url: str
    address: str
    seconds: float


class Fetcher:
    """Makes requests within the rules of the installation."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def fetch(self, request: Request) -> Answer:
        """Make one request. Raises OutgoingError; an answer of any status is an answer."""
        began = time.monotonic()
        deadline = began + request.seconds
        method, body, url, headers = request.method, request.body, request.url, request.headers
        for _ in range(request.most_redirects + 1):
            answer, target = self._once(method, url, headers, body, request, deadline)
            if target is None:
                return replace(answer, seconds=time.monotonic() - began)
            if not _is_same_origin(url, target):
                headers = {
                    name: value
                    for name, value in headers.items()
                    if name.lower() not in _DROPPED_ELSEWHERE
                }
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "GET", b""
            url = target
        raise Refused(f"more than {request.most_redirects} redirects, last to {url[:200]}")

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        request: Request,
        deadline: float,
    ) -> tuple[Answer, str | None]:
        """One exchange, and where it redirects to, if it does and may be followed."""
        # httpx takes megabytes: only a process that does make requests loads it.
        from vedette.outgoing.exchange import exchange

        _check(url)
        sent = {"user-agent": _USER_AGENT, "accept-encoding": "identity", **headers}
        answer = exchange(
            replace(request, url=url, method=method, headers=sent, body=body),
            self._allowed,
            deadline,
        )
        location = answer.headers.get("location")
        if answer.status in _REDIRECTS and location and request.most_redirects:
            return answer, _target(url, location)
        return answer, None


def _target(url: str, location: str) -> str:
    """Where an answer redirects to. Raises Refused for what is no plain http(s) address."""
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise Refused(f"{url[:200]} redirects to {location[:200]!r}: {error}") from None
    _check(target)
    return target


def _check(url: str) -> None:
    """Raises Refused for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"{url[:200]!r} is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"{url[:200]!r} is no http or https address")
    if port == 0:
        raise Refused("port 0 cannot be connected to")


def _is_same_origin(left: str, right: str) -> bool:
    one, other = urlsplit(left), urlsplit(right)
    return (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
