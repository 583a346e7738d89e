"""Canaries: who must be there if our own network is. By default the gateway and name servers."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

Canary: TypeAlias = Callable[[], Awaitable[bool]]
SECONDS: Final = 2.0
_MOST: Final = 3
_ROUTES: Final = Path("/proc/net/route")
_RESOLVERS: Final = Path("/etc/resolv.conf")
_ECHO: Final = struct.pack("!BBHHH", 8, 0, 0, 0, 1) + b"vedette"  # the system fills in the rest


def canaries_of(setting: str) -> dict[str, Canary]:
    """By name, of the setting. Raises ValueError for one that names no port."""
    if setting.strip().lower() == "none":
        return {}
    chosen = setting.replace(",", " ").split()
    if chosen:
        return {name: partial(_answers, *_place(name)) for name in chosen[:_MOST]}
    gateway = _gateway()
    found: dict[str, Canary] = {}
    if gateway:
        found[f"gateway {gateway}"] = partial(_echoes, gateway)
    for server in _name_servers():
        found[f"name server {server}"] = partial(_answers, server, 53)
    return dict(list(found.items())[:_MOST])


async def ask(canaries: Mapping[str, Canary]) -> dict[str, bool]:
    """Whether each is there, all at once, within seconds."""
    answers = await asyncio.gather(*(canary() for canary in canaries.values()))
    return dict(zip(canaries, answers, strict=True))


async def _answers(host: str, port: int) -> bool:
    """Also who refuses is there."""
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return True
    except (OSError, TimeoutError, UnicodeError):
        return False
    writer.transport.abort()
    return True


async def _echoes(address: str) -> bool:
    """By ICMP where the system lets us, else by asking a port."""
    try:
        return await asyncio.to_thread(_echo, address)
    except PermissionError:
        return await _answers(address, 53)


def _echo(address: str) -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as asking:
            asking.settimeout(SECONDS)
            asking.connect((address, 0))
            asking.send(_ECHO)
            return bool(asking.recv(256))
    except PermissionError:
        raise
    except OSError:
        return False


def _place(name: str) -> tuple[str, int]:
    host, _, port = name.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"the canary {name!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _gateway() -> str:
    """The default gateway's address, where the system tells."""
    try:
        lines = _ROUTES.read_text().splitlines()[1:]
    except OSError:
        return ""
    for line in lines:
        parts = line.split()
        if len(parts) > 3 and parts[1] == "00000000" and int(parts[3], 16) & 2:
            return socket.inet_ntoa(struct.pack("<L", int(parts[2], 16)))
    return ""


def _name_servers() -> list[str]:
    """Those beyond this machine."""
    try:
        text = _RESOLVERS.read_text()
    except OSError:
        return []
    words = [line.split() for line in text.splitlines()]
    named = [parts[1] for parts in words if len(parts) > 1 and parts[0] == "nameserver"]
    return [one for one in named if _is_beyond(one)]


def _is_beyond(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
