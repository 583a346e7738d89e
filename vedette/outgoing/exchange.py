"""One HTTP request and its answer, to an address that was judged, within a deadline.

Loaded by `fetcher.py` when the first request is made; nobody else calls it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore
import httpx

from vedette.outgoing.addresses import Network, resolve
from vedette.outgoing.errors import OutgoingError, TimedOut, Unreachable
from vedette.outgoing.fetcher import Answer, Request


def exchange(request: Request, allowed: Sequence[Network], deadline: float) -> Answer:
    """What answers the request, redirects not followed. Raises OutgoingError."""
    backend = _Backend(allowed, deadline)
    url = request.url
    try:
        with (
            httpx.Client(
                transport=_transport(backend), trust_env=False, follow_redirects=False
            ) as client,
            client.stream(
                request.method, url, headers=request.headers, content=request.body, timeout=None
            ) as response,
        ):
            held, is_cut = _read(response.iter_raw(), request.most_bytes)
            return Answer(
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
