"""Whose request it is: the one reading of X-Forwarded-For, for the door, the pages and status.

Shares and limits go by `subscriber`: with IPv6 everybody has a whole /64 of addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address


def client_address(peer: str, headers: Iterable[tuple[bytes, bytes]], trusted_proxies: int) -> str:
    """The peer's address, or the one that the outermost trusted proxy saw.

    All X-Forwarded-For lines are one list, in the order of the lines (RFC 9110, 5.3); only the
    last `trusted_proxies` entries are believed. An entry that is no address is not used.
    """
    if trusted_proxies > 0:
        lines = [value for name, value in headers if name == b"x-forwarded-for"]
        if lines:
            hops = b",".join(lines).split(b",")
            seen = _address(hops[-min(trusted_proxies, len(hops))].strip()[:64])
            if seen:
                return seen
    return _address(peer.encode("latin-1", "replace")[:64]) or peer[:64]


@lru_cache(maxsize=4096)
def subscriber(address: str) -> str:
    """What one subscriber shares: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(IPv6Network((int(found) >> 64 << 64, 64)))


@lru_cache(maxsize=4096)
def _address(text: bytes) -> str:
    """A plain address, without brackets, port and IPv4-in-IPv6; empty if it is none."""
    word = text.decode("latin-1")
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        found = ip_address(word)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)
