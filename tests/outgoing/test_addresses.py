"""Which addresses may be talked to."""

from __future__ import annotations

import ipaddress
import threading

import pytest

from vedette.outgoing import addresses
from vedette.outgoing.addresses import is_allowed, read_networks
from vedette.outgoing.errors import TimedOut

REFUSED = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.3.4", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "169.254.1.1", "100.64.0.1", "100.100.100.200",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::",
    "fe80::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2001:db8::1",
    "64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "::7f00:1", "::808:808", "::ffff:0:7f00:1",
    "fec0::1", "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.88.99.1", "3fff::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_inside_are_refused(address: str) -> None:
    """Also those that hide an IPv4 address in an IPv6 one."""
    assert not is_allowed(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_public_addresses_are_allowed(address: str) -> None:
    """The rest of the world can be reached."""
    assert is_allowed(ipaddress.ip_address(address), ())


def test_a_network_can_be_allowed_but_never_the_metadata_service() -> None:
    """Webhooks inside a company work; a cloud's credentials stay out of reach."""
    allowed = read_networks("10.0.0.0/8, 127.0.0.1 169.254.0.0/16")
    assert is_allowed(ipaddress.ip_address("10.1.2.3"), allowed)
    assert is_allowed(ipaddress.ip_address("127.0.0.1"), allowed)
    assert not is_allowed(ipaddress.ip_address("127.0.0.2"), allowed)
    assert not is_allowed(ipaddress.ip_address("169.254.169.254"), allowed)
    assert not is_allowed(ipaddress.ip_address("::ffff:169.254.169.254"), allowed)


@pytest.mark.parametrize("address", ["64:ff9b:1::a00:1", "::a00:1", "::ffff:0:a9fe:a9fe"])
def test_a_disguised_address_cannot_be_allowed(address: str) -> None:
    """It would be a way round what was allowed: only the IPv4 address itself says what it is."""
    assert not is_allowed(ipaddress.ip_address(address), read_networks("::/0 10.0.0.0/8"))
    assert is_allowed(ipaddress.ip_address("::1"), read_networks("::1"))


def test_a_resolver_that_does_not_answer_ends_with_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system's resolver may wait for half a minute; the caller does not."""
    answering = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        answering.wait(30)
        return []

    monkeypatch.setattr(addresses.socket, "getaddrinfo", silent)
    with pytest.raises(TimedOut, match="not resolved in time"):
        addresses.resolve("slow.example", 443, (), 0.05)
    answering.set()
