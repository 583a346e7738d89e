"""Whether an address lies in one of the networks that may send to a project."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_MAPPED_BITS = 96


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether one of them holds it; what is no address is in none.

    An IPv4 address that is written as an IPv6 one (`::ffff:203.0.113.7`) is the IPv4 address, and
    so with networks.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in _read(networks))


@lru_cache(maxsize=256)
def _read(networks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for one in networks:
        with suppress(ValueError):  # what was kept and no longer fits holds nobody
            found.append(_plain(ip_network(one.strip(), strict=False)))
    return tuple(found)


def _plain(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    if isinstance(network, IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        start = network.network_address.ipv4_mapped
        if start is not None:
            return IPv4Network((int(start), network.prefixlen - _MAPPED_BITS))
    return network
