"""Addresses and the networks that may send."""

from __future__ import annotations

import pytest

from vedette.ingest.networks import is_within


@pytest.mark.parametrize(
    ("address", "is_in"),
    [
        ("203.0.113.7", True),
        ("203.0.114.7", False),
        ("::ffff:203.0.113.7", True),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("", False),
        ("not an address", False),
    ],
)
def test_an_address_lies_in_a_network_or_does_not(address: str, is_in: bool) -> None:
    """However it is written; what is no address lies in none."""
    assert is_within(address, ("203.0.113.0/24", " 2001:db8::/32 ")) is is_in


def test_what_is_no_network_holds_nobody() -> None:
    """It neither lets anybody in nor hides the networks beside it."""
    assert not is_within("203.0.113.7", ("office",))
    assert is_within("203.0.113.7", ("office", "203.0.113.0/24"))


@pytest.mark.parametrize(
    ("network", "is_in"),
    [
        ("::ffff:203.0.113.0/120", True),
        ("::ffff:203.0.112.0/120", False),
        ("203.0.113.5/24", True),
        ("::/0", False),
    ],
)
def test_a_network_means_the_same_however_it_is_written(network: str, is_in: bool) -> None:
    """IPv4 within IPv6, or with the address of one of its hosts."""
    assert is_within("203.0.113.7", (network,)) is is_in
