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
