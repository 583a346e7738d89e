"""The one way in which probes reach a target: a name is resolved once, every address is judged,
and the connection goes to one of those.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from typing import TypeVar

from vedette.outgoing.addresses import is_allowed
from vedette.probing.names import look_up
from vedette.probing.running import Failed, Run, misconfigured, of_system

HEAD_START_SECONDS = 0.25  # of an address before the next is tried beside it (RFC 8305)
_MOST_TRIED = 4

Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)


async def judged_addresses(run: Run, host: str) -> list[str]:
    """The addresses of a host, all of which may be talked to. Raises Failed."""
    address = literal(host)
    if address is None:
        with run.phase("dns"):
            try:
                found = await look_up(host)
            except OSError as error:
                words = error.strerror or str(error)
                raise Failed("dns", f"the name {host} cannot be resolved: {words}") from None
    else:
        found = [address]
    for one in found:
        if not is_allowed(ipaddress.ip_address(one.partition("%")[0]), run.around.allowed):
            raise misconfigured(
                f"{host} has the address {one}, which is not public; "
                "VEDETTE_OUTGOING_NETWORKS can allow its network"
            )
    return found


def literal(host: str) -> str | None:
    """The host as an address, if it is one."""
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        return None


async def connect(
    run: Run, host: str, port: int, factory: Callable[[], Protocol]
) -> tuple[asyncio.Transport, Protocol]:
    """A connection to the first of its addresses that answers. Raises Failed."""
    found = await judged_addresses(run, host)
    return await connect_to(run, found, port, factory)


async def connect_to(
    run: Run, found: list[str], port: int, factory: Callable[[], Protocol]
) -> tuple[asyncio.Transport, Protocol]:
    """A connection to one of these judged addresses. Raises Failed."""
    with run.phase("connect"):
        try:
            if len(found) == 1:
                made = await _connect(found[0], port, factory)
            else:
                made = await _race(found[:_MOST_TRIED], port, factory)
        except TimeoutError:
            raise Failed("timeout", f"{found[0]} port {port} does not answer") from None
        except OSError as error:
            raise _refused(error, found[0], port) from error
    peer = made[0].get_extra_info("peername")
    run.facts["address"] = peer[0] if peer else found[0]
    return made


def _refused(error: OSError, address: str, port: int) -> Failed:
    failed = of_system(error, "connect")
    if isinstance(error, ConnectionRefusedError):
        return Failed("connect", f"{address} refuses connections to port {port}")
    return Failed(failed.reason, f"{address} port {port}: {failed.text}", outcome=failed.outcome)


async def _connect(
    address: str, port: int, factory: Callable[[], Protocol]
) -> tuple[asyncio.Transport, Protocol]:
    loop = asyncio.get_running_loop()
    return await loop.create_connection(factory, address, port)


async def _race(
    addresses: list[str], port: int, factory: Callable[[], Protocol]
) -> tuple[asyncio.Transport, Protocol]:
    """The first that connects: each has a head start before the next, unless it fails sooner."""
    tries: list[asyncio.Task[tuple[asyncio.Transport, Protocol]]] = []
    left = list(addresses)
    won: asyncio.Task[tuple[asyncio.Transport, Protocol]] | None = None
    try:
        while won is None:
            if left:
                tries.append(asyncio.create_task(_connect(left.pop(0), port, factory)))
            won = await _first(tries, HEAD_START_SECONDS if left else None)
            if won is None and not left and all(one.done() for one in tries):
                return tries[0].result()
        return won.result()
    finally:
        for one in tries:
            if one is not won:
                one.add_done_callback(_drop)
                one.cancel()


async def _first(
    tries: list[asyncio.Task[tuple[asyncio.Transport, Protocol]]], seconds: float | None
) -> asyncio.Task[tuple[asyncio.Transport, Protocol]] | None:
    """One that has connected, or None if one has failed or the time is over."""
    open_ones = [one for one in tries if not one.done()]
    if open_ones:
        await asyncio.wait(open_ones, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return next((one for one in tries if one.done() and not one.exception()), None)


def _drop(task: asyncio.Task[tuple[asyncio.Transport, Protocol]]) -> None:
    """Close a connection that came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result()[0].abort()
