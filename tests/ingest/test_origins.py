"""Allowed domains: which pages may send to a project."""

from __future__ import annotations

import pytest

from vedette.ingest.origins import is_allowed


@pytest.mark.parametrize(
    ("entry", "origin", "expected"),
    [
        ("*", "http://anything.example", True),
        ("valid.com", "http://valid.com", True),
        ("valid.com", "https://VALID.com:8443/page", True),
        ("valid.com", "http://valid.com.evil.com", False),
        ("valid.com", "http://evilvalid.com", False),
        ("valid.com", "http://www.valid.com", False),
        ("http://valid.com", "http://valid.com", True),
        ("http://valid.com", "http://valid.com/", True),
        ("http://valid.com", "https://valid.com", False),
        ("http://valid.com", "http://valid.com.evil.com", False),
        ("http://valid.com", "http://valid.com:99", True),
        ("http://valid.com:80", "http://valid.com:81", False),
        ("valid.com:8080", "http://valid.com:8080", True),
        ("http://*", "http://valid.com", True),
        ("http://*", "https://valid.com", False),
        ("*://valid.com", "custom://valid.com", True),
        ("*.valid.com", "http://valid.com", True),
        ("*.valid.com", "http://a.b.valid.com", True),
        ("*.valid.com", "http://evilvalid.com", False),
        ("*.valid.com", "http://valid.com.evil.com", False),
        ("https://*.valid.com", "https://a.valid.com", True),
        ("https://*.valid.com", "http://a.valid.com", False),
        ("http://valid.com/app*", "http://valid.com/app/1", True),
        ("http://valid.com/app*", "http://valid.com/other", False),
        ("valid.com", "null", False),
        ("*.", "null", False),
        ("file://", "file://", True),
        ("https://valid.com:443", "https://valid.com", True),
        ("valid.com:443", "http://valid.com", False),
        ("http://valid.com:80", "http://valid.com", True),
        ("bücher.example", "https://xn--bcher-kva.example", True),
        ("*.bücher.example", "https://shop.xn--bcher-kva.example", True),
        ("*.bücher.example", "https://shop.xn--evil-kva.example", False),
        ("valid.com", "http://[", False),
        ("valid.com", "http://valid.com@evil.com", False),
        ("valid.com", "http://valid.com:port", False),
        ("valid.com", "", False),
        ("localhost:3000", "http://localhost:3000", True),
        ("[::1]", "http://[::1]:3000", True),
    ],
)
def test_parsed_parts_are_compared(entry: str, origin: str, expected: bool) -> None:
    """Scheme, host, port and path, never a beginning of the text."""
    assert is_allowed(origin, (entry,)) is expected


def test_without_an_origin_no_browser_sent_it() -> None:
    """Servers and command lines are not kept out."""
    assert is_allowed(None, ("valid.com",))
