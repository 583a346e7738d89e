"""The one way in which the product makes HTTP requests.

A name is resolved once and the connection goes to an address that was judged; redirects are
followed by hand and judged again; size and time of the whole exchange are bounded. It uses
no proxy and no settings of the environment. Blocking; safe for threads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from vedette import __version__
from vedette.outgoing.addresses import Network, resolve
from vedette.outgoing.errors import OutgoingError, Refused, TimedOut, Unreachable

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
                return _timed(answer, time.monotonic() - began)
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
        _check(url)
        backend = _Backend(self._allowed, deadline)
        sent = {"user-agent": _USER_AGENT, "accept-encoding": "identity", **headers}
        try:
            with (
                httpx.Client(
                    transport=_transport(backend), trust_env=False, follow_redirects=False
                ) as client,
                client.stream(method, url, headers=sent, content=body, timeout=None) as response,
            ):
                held, is_cut = _read(response.iter_raw(), request.most_bytes)
                answer = Answer(
                    status=response.status_code,
                    headers=dict(response.headers),
                    body=held,
                    is_cut=is_cut,
                    url=url,
                    address=backend.address,
                    seconds=0.0,
                )
        except OutgoingError:
            raise
        except httpx.TimeoutException:
            raise TimedOut(f"{url[:200]} took longer than {request.seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Unreachable(f"{url[:200]}: {error or type(error).__name__}") from None
        location = answer.headers.get("location")
        if answer.status in _REDIRECTS and location and request.most_redirects:
            return answer, _target(url, location)
        return answer, None


class _Backend(httpcore.NetworkBackend):
    """Connects to judged addresses only, and lets nothing take longer than the deadline."""

    def __init__(self, allowed: Sequence[Network], deadline: float) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._real = httpcore.SyncBackend()
        self.address = ""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, judge, connect to the first address that answers."""
        fault: Exception | None = None
        for address in resolve(host, port, self._allowed, _left(self._deadline)):
            try:
                stream = self._real.connect_tcp(
                    address, port, timeout=_left(self._deadline), local_address=local_address
                )
            except httpcore.ConnectError as error:
                fault = error
                continue
            self.address = address
            return _Stream(stream, self._deadline)
        raise fault or httpcore.ConnectError("no address")


class _Stream(httpcore.NetworkStream):
    """A stream of which every step ends with the deadline of the whole exchange."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """See httpcore."""
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """See httpcore; the certificate is checked against the name, not the address."""
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until the deadline. Raises ReadTimeout after it."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return seconds


def _transport(backend: _Backend) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(retries=0, trust_env=False)
    transport._pool._network_backend = backend  # httpx has no public way to give one
    return transport


def _read(chunks: Iterable[bytes], most_bytes: int) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            return b"".join(parts)[:most_bytes], True
    return b"".join(parts), False


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


def _timed(answer: Answer, seconds: float) -> Answer:
    return Answer(
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        is_cut=answer.is_cut,
        url=answer.url,
        address=answer.address,
        seconds=seconds,
    )
