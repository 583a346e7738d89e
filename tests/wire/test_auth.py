"""Every carrier of the public key."""

from __future__ import annotations

import base64

import pytest

from vedette.wire.auth import AuthError, find_credentials, parse_dsn

KEY = "abcdef0123456789abcdef0123456789"
OTHER = "0" * 31 + "1"


@pytest.mark.parametrize(
    "header",
    [
        f"Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0",
        f"Sentry sentry_version=7,sentry_key={KEY}",
        f"sentry sentry_key={KEY}",
        f"SENTRY sentry_timestamp=1795310929.4800735, sentry_key={KEY} sentry_version=7",
        f"Sentry sentry_key={KEY.upper()}, sentry_secret=abc",
    ],
)
def test_the_sentry_header_is_read_in_every_spelling(header: str) -> None:
    """Order, separators and case are free."""
    found = find_credentials(header.encode(), b"", b"")
    assert found is not None
    assert found.public_key == KEY
    found = find_credentials(b"", header.encode(), b"")
    assert found is not None
    assert found.public_key == KEY


def test_query_basic_and_path_carry_the_key_too() -> None:
    """Browsers use the query, drains basic authorization, crons the path."""
    query = f"sentry_version=7&sentry_key={KEY}&sentry_client=sentry.javascript.node%2F11.12.0"
    found = find_credentials(b"", b"", query.encode())
    assert found is not None
    assert (found.public_key, found.client) == (KEY, "sentry.javascript.node/11.12.0")
    basic = b"Basic " + base64.b64encode(f"{KEY}:".encode())
    found = find_credentials(b"", basic, b"")
    assert found is not None
    assert found.public_key == KEY
    found = find_credentials(b"", b"", b"", KEY)
    assert found is not None
    assert found.public_key == KEY


def test_a_client_has_no_nul_in_its_name() -> None:
    """No database takes it in a text, and the name is kept with the uses of the key."""
    named = f"sentry_key={KEY}&sentry_client=a%00b"
    header = f"Sentry sentry_key={KEY}, sentry_client=a%00b".encode()
    for found in (find_credentials(b"", b"", named.encode()), find_credentials(header, b"", b"")):
        assert found is not None
        assert found.client == "ab"


def test_without_a_carrier_there_are_no_credentials() -> None:
    """A foreign Authorization header is not an error."""
    assert find_credentials(b"", b"Bearer abc", b"x=1") is None


@pytest.mark.parametrize(
    ("header", "query", "status"),
    [
        (b"Sentry sentry_version=7", b"", 401),
        (b"Sentry sentry_key=short", b"", 400),
        (f"Sentry sentry_key={KEY}, sentry_version=99".encode(), b"", 400),
        (f"Sentry sentry_key={KEY}".encode(), f"sentry_key={OTHER}".encode(), 401),
    ],
)
def test_bad_credentials_get_the_documented_status(
    header: bytes, query: bytes, status: int
) -> None:
    """401 for missing or contradicting, 400 for malformed."""
    with pytest.raises(AuthError) as caught:
        find_credentials(header, b"", query)
    assert caught.value.status == status


def test_a_dsn_gives_key_and_project_also_below_a_prefix() -> None:
    """Tunnels authenticate by the envelope's dsn alone."""
    credentials, project = parse_dsn(f"https://{KEY}:secret@example.com:8443/mounted/here/42")
    assert (credentials.public_key, project) == (KEY, "42")
    for wrong in ("", "nonsense", f"https://{KEY}@host/", f"ftp://{KEY}@host/1", "https://[::1"):
        with pytest.raises(AuthError):
            parse_dsn(wrong)
