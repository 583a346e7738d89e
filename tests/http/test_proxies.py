"""Who the client is, behind proxies and in front of liars."""

from __future__ import annotations

import pytest

from vedette.http.proxies import client_address, subscriber

PEER = "192.0.2.1"


@pytest.mark.parametrize(
    ("trusted", "lines", "expected"),
    [
        (0, [b"203.0.113.9"], PEER),
        (1, [], PEER),
        (1, [b"203.0.113.9"], "203.0.113.9"),
        (1, [b"6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        (1, [b"6.6.6.6", b"203.0.113.9"], "203.0.113.9"),
        (2, [b"6.6.6.6, 203.0.113.9", b"198.51.100.7"], "203.0.113.9"),
        (3, [b"203.0.113.9"], "203.0.113.9"),
        (1, [b"203.0.113.9:4711"], "203.0.113.9"),
        (1, [b"[2001:db8::1]:4711"], "2001:db8::1"),
        (1, [b"::ffff:203.0.113.9"], "203.0.113.9"),
        (1, [b"<script>"], PEER),
        (1, [b""], PEER),
        (1, [b"unknown, " * 500], PEER),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    trusted: int, lines: list[bytes], expected: str
) -> None:
    """Counted from the right over all lines; what is no address is not used."""
    headers = [(b"x-forwarded-for", line) for line in lines]
    assert client_address(PEER, headers, trusted) == expected


def test_an_ipv4_client_of_an_ipv6_socket_has_its_ipv4_address() -> None:
    """One address, one spelling."""
    assert client_address("::ffff:192.0.2.1", [], 0) == PEER


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_subscriber_has_a_whole_network_of_ipv6(address: str, owner: str) -> None:
    """A limit by single addresses would be none."""
    assert subscriber(address) == owner
