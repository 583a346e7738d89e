"""Which addresses may be talked to: a name is resolved once, and what it gives is judged.

Loopback, private, link-local, multicast and reserved ranges, also those wrapped in IPv6, are
refused unless the installation allows their network. The link-local range, where clouds
keep their metadata services, cannot be allowed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import TypeAlias

from vedette.outgoing.errors import Refused, Unreachable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")
# Metadata services that do not lie in the link-local range.
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses separated by commas or blanks. Raises ValueError."""
    return tuple(
        ipaddress.ip_network(part, strict=False) for part in text.replace(",", " ").split()
    )


def resolve(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """The addresses of a host that may be talked to. Raises Refused or Unreachable.

    One address that may not be talked to refuses the name: a name that leads to inside and
    outside at once is an attack or a mistake.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host!r} cannot be resolved: {error}") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), allowed):
            raise Refused(
                f"{host} has the address {text}, which is not public; "
                "VEDETTE_OUTGOING_NETWORKS can allow its network"
            )
    return addresses


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether this address may be talked to."""
    address = _unwrapped(address)
    if address.is_link_local or address in _METADATA:
        return False
    if any(address.version == network.version and address in network for network in allowed):
        return True
    return address.is_global and not address.is_multicast and not _is_shared(address)


def _is_shared(address: Address) -> bool:
    return address.version == 4 and address in _SHARED


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
