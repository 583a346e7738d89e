"""Requests with their redirects, measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from vedette.probing.connecting import connect
from vedette.probing.http1 import exchange as wire
from vedette.probing.http1.address import redirected
from vedette.probing.http1.content import BadContent, decoded
from vedette.probing.http1.request import Request, to
from vedette.probing.running import Failed, Run
from vedette.probing.security import connect_securely

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case; the body is as it came."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    is_cut: bool

    def body(self) -> tuple[bytes, bool]:
        """The body without its encoding, and whether it was cut. Raises BadContent."""
        encoding = self.headers.get("content-encoding", "")
        return decoded(self.raw, encoding, wire.MOST_BODY_BYTES, is_cut=self.is_cut)


async def fetch(run: Run, request: Request) -> Answer:
    """The answer at the end of all redirects. Raises Failed."""
    hops = 0
    while True:
        answer = await _once(run, request)
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not location or not _follows(run, request, hops):
            return answer
        hops += 1
        try:
            request = to(request, redirected(request.address, location), answer.status)
        except ValueError as error:
            raise Failed("redirect", f"{error}: {location[:200]}") from None
        run.facts |= {"redirects": hops, "url": request.address.shown}


def _follows(run: Run, request: Request, hops: int) -> bool:
    if request.most_redirects:
        return True
    if hops:
        raise Failed("redirect", f"more than {hops} redirects, last to {run.facts['url']}")
    return False


async def _once(run: Run, request: Request) -> Answer:
    address = request.address
    is_head = request.method == "HEAD"

    def protocol() -> wire.Exchange:
        return wire.Exchange(is_head=is_head)

    try:
        if address.is_secure:
            transport, made = await connect_securely(
                run, address.host, address.port, protocol, request.tls, request.server_name
            )
        else:
            transport, made = await connect(run, address.host, address.port, protocol)
    except Failed as failed:
        if failed.reason == "config_error" and "redirects" in run.facts:
            raise Failed("redirect", f"a redirect leads inside: {failed.text}") from None
        raise
    try:
        await _measured(run, transport, made, request.encoded)
    finally:
        transport.abort()
        made.let_go()
    run.status = made.status
    run.facts["protocol"] = f"HTTP/{made.version}"
    return Answer(made.status, made.headers, made.body, made.is_cut)


async def _measured(
    run: Run, transport: asyncio.Transport, made: wire.Exchange, request: bytes
) -> None:
    sent = time.perf_counter()
    run.at = "first_byte"
    try:
        await wire.exchange(transport, made, request)
    except wire.BadAnswer as error:
        raise Failed(error.reason, str(error)) from None
    finally:
        now = time.perf_counter()
        first = made.first_byte_at or now
        _add(run, "first_byte", first - sent)
        if made.first_byte_at:
            _add(run, "body", now - first)


def _add(run: Run, name: str, seconds: float) -> None:
    run.phases[name] = run.phases.get(name, 0.0) + seconds * 1000


__all__ = ["Answer", "BadContent", "fetch"]
