"""Which addresses may be talked to: a name is resolved once, and what it gives is judged.

Loopback, private, link-local, multicast and reserved ranges, also those wrapped in IPv6, are
refused unless the installation allows their network. The link-local range, where clouds
keep their metadata services, cannot be allowed.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Sequence
from typing import TypeAlias

from vedette.outgoing.errors import Refused, TimedOut, Unreachable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Forms in which a translator or an old stack reaches the IPv4 address in the last 32 bits.
_NEVER = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
)
_LOOPBACK = ipaddress.ip_address("::1")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10"),
        *("3fff::/20", "5f00::/16"),  # for documentation, and for routes within a network
    )
)
LOOKUP_SECONDS = 10.0
_MOST_LOOKUPS = 32
_lookups = threading.BoundedSemaphore(_MOST_LOOKUPS)
# Metadata services that do not lie in the link-local range.
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses separated by commas or blanks. Raises ValueError."""
    return tuple(
        ipaddress.ip_network(part, strict=False) for part in text.replace(",", " ").split()
    )


def resolve(
    host: str, port: int, allowed: Sequence[Network], seconds: float = LOOKUP_SECONDS
) -> list[str]:
    """The addresses of a host that may be talked to. Raises Refused, Unreachable or TimedOut.

    One address that may not be talked to refuses the name: a name that leads to inside and
    outside at once is an attack or a mistake.
    """
    found = _look_up(host, port, seconds)
    if isinstance(found, Exception):
        raise Unreachable(f"the name {host!r} cannot be resolved: {found}") from None
    addresses = list(dict.fromkeys(found))
    for text in addresses:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), allowed):
            raise Refused(
                f"{host} has the address {text}, which is not public; "
                "VEDETTE_OUTGOING_NETWORKS can allow its network"
            )
    return addresses


def _look_up(host: str, port: int, seconds: float) -> list[str] | Exception:
    """What the resolver says. It knows no deadline, so it works in a thread of its own."""
    end = time.monotonic() + seconds
    if not _lookups.acquire(timeout=seconds):
        raise TimedOut("too many names are being resolved, and none is answered")
    said: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            said.put([str(entry[4][0]) for entry in found])
        except (OSError, UnicodeError) as error:
            said.put(error)
        finally:
            _lookups.release()

    try:
        threading.Thread(target=work, name="resolve", daemon=True).start()
    except BaseException:
        _lookups.release()
        raise
    try:
        return said.get(timeout=max(end - time.monotonic(), 0))
    except queue.Empty:
        raise TimedOut(f"the name {host!r} was not resolved in time") from None


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether this address may be talked to."""
    address = _unwrapped(address)
    if address.is_link_local or address in _METADATA or _is_disguised(address):
        return False
    if _is_in(address, allowed):
        return True
    return address.is_global and not address.is_multicast and not _is_in(address, _NOT_PUBLIC)


def _is_disguised(address: Address) -> bool:
    return address != _LOOPBACK and _is_in(address, _NEVER)


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


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
