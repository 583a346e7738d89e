"""Secrets inside text: by what they look like."""

from __future__ import annotations

import pytest

from tests.pipeline.scrub.conftest import Wash

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabc=\n-----END RSA PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("card 4111 1111 1111 1111 ok", "card [Filtered] ok"),
        ("378282246310005", "[Filtered]"),
        ("6011-1111-1111-1117", "[Filtered]"),
        ("3530111333300000", "[Filtered]"),
        ("pay to DE89 3704 0044 0532 0130 00!", "pay to [Filtered]!"),
        ("GB82WEST12345698765432", "[Filtered]"),
        ("ssn 078-05-1120", "ssn [Filtered]"),
        (PEM, "-----BEGIN RSA PRIVATE KEY-----\n[Filtered]\n-----END RSA PRIVATE KEY-----"),
        (f"jwt {JWT}", "jwt [Filtered]"),
        ("postgres://alice:pw@db/x", "postgres://alice:[Filtered]@db/x"),
        ("redis://:pw@db", "redis://:[Filtered]@db"),
        ("Bearer abc.def", "Bearer [Filtered]"),
    ],
)
def test_a_secret_in_application_data_is_filtered(wash: Wash, text: str, kept: str) -> None:
    """Values of extra data, variables and the like lose what looks like a secret."""
    assert wash({"extra": {"note": text}}) == {"extra": {"note": kept}}
    assert wash({"extra": [text, "x"]}) == {"extra": [kept, "x"]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("card 4111-1111-1111-1111 ok", "card [creditcard] ok"),
        ("to DE89370400440532013000!", "to [iban]!"),
        ("got Authorization: Bearer abc.def, sorry", "got Authorization: Bearer [token], sorry"),
        (f"bad {JWT}!", "bad [token]!"),
        ("no route to mysql://root:pw@db:3306/x", "no route to mysql://root:[Filtered]@db:3306/x"),
        ("login failed: password=hunter2 user=bob", "login failed: password=[Filtered] user=bob"),
        ('sent {"api_key": "k1", "a": "b"}', 'sent {"api_key": "[Filtered]", "a": "b"}'),
        ("sent {'token': 'k1'}", "sent {'token': '[Filtered]'}"),
        ("GET /x?token=abc&page=2 500", "GET /x?token=[Filtered]&page=2 500"),
        (PEM[:40], "-----BEGIN RSA PRIVATE KEY-----\n[pemkey]"),
    ],
)
def test_a_secret_in_a_message_is_cut_out(wash: Wash, text: str, kept: str) -> None:
    """Messages keep their sense: only the secret goes."""
    events = [
        {"message": text},
        {"logentry": {"formatted": text}},
        {"exception": {"values": [{"value": text}]}},
        {"spans": [{"description": text}]},
        {"items": [{"body": text}]},
    ]
    for event in events:
        assert wash(event) == _replaced(event, text, kept)


@pytest.mark.parametrize(
    "text",
    [
        "1453843029218310",
        "4111 1111",
        "41111111111111111111",
        "DE00370400440532013000",
        "2024-05-1120",
        "http://example.com/a:b@c",
        "the token is invalid",
        "password=%s token=? auth=$1",
        "author=bob",
    ],
)
def test_look_alikes_stay(wash: Wash, text: str) -> None:
    """What merely resembles a secret is no secret."""
    assert wash({"message": text}) == {"message": text}


def test_a_value_that_speaks_of_a_secret_is_hidden_only_by_setting(wash: Wash) -> None:
    """Strict filters a value with a sensitive word whole, as Sentry does; else it stays."""
    event = {"extra": {"a": "my_password is x", "b": "fine"}, "breadcrumbs": [{"message": "auth"}]}
    kept = {"extra": {"a": "[Filtered]", "b": "fine"}, "breadcrumbs": [{"message": "[Filtered]"}]}
    assert wash(event) == event
    assert wash(event, strict=True) == kept


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/auth/sign-in?next=/tokens",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "query Viewer { viewer { accessToken { expiresAt } passwordChangedAt } }",
        "Ms Authier and Mr Tokenov",
        "SELECT password_hash, auth_token FROM users WHERE id = %s",
        "password_reset",
        "POST /api/password/reset",
        "grant_type=password",
        "Failed to authenticate: token expired",
    ],
)
def test_text_about_secrets_stays(wash: Wash, text: str) -> None:
    """What only speaks of passwords and tokens says nothing that has to be hidden."""
    for event in (
        {"extra": {"a": text}},
        {"breadcrumbs": [{"message": text, "data": {"note": text}}]},
        {"request": {"headers": {"Referer": text}, "data": {"a": text}}},
        {"exception": {"values": [{"stacktrace": {"frames": [{"vars": {"a": text}}]}}]}},
        {"message": text},
    ):
        assert wash(event) == event


def test_prompts_keep_their_words_and_lose_their_cards(wash: Wash) -> None:
    """What a language model was asked is text, although it stands in span data."""
    sent = {"spans": [{"data": {"gen_ai.prompt": "my password card 4111-1111-1111-1111"}}]}
    kept = {"spans": [{"data": {"gen_ai.prompt": "my password card [creditcard]"}}]}
    assert wash(sent) == kept


def test_e_mail_addresses_go_by_setting(wash: Wash) -> None:
    """E-mail addresses stay until a project asks otherwise."""
    event = {"message": "from alice@example.com", "user": {"email": "bob@example.org"}}
    assert wash(event) == event
    kept = {"message": "from [email]", "user": {"email": "[email]"}}
    assert wash(event, emails=True) == kept
    assert wash({"release": "web@1.0.0", "message": "app@1.0.0"}, emails=True) == {
        "release": "web@1.0.0",
        "message": "app@1.0.0",
    }


@pytest.mark.parametrize("address", ["127.0.0.1", "2001:db8::1", "::1", "fe80::1", "::ffff:c000:1"])
def test_addresses_go_by_setting(wash: Wash, address: str) -> None:
    """IP addresses stay until a project asks otherwise."""
    event = {
        "message": f"from {address}: no",
        "user": {"ip_address": address, "id": "1"},
        "sdk": {"name": "x", "client_ip": address},
        "request": {"env": {"REMOTE_ADDR": address}, "headers": {"X-Real-Ip": address}},
        "extra": {"a": address},
    }
    assert wash(event) == event
    assert wash(event, ip_addresses=True) == {
        "message": "from [ip]: no",
        "user": {"ip_address": None, "id": "1"},
        "sdk": {"name": "x", "client_ip": None},
        "request": {"env": {"REMOTE_ADDR": None}, "headers": {"X-Real-Ip": "[ip]"}},
        "extra": {"a": "[ip]"},
    }


def test_versions_are_no_addresses(wash: Wash) -> None:
    """Versions, modules, releases, user agents, times and scopes are not taken for addresses."""
    agent = "Mozilla/5.0 Chrome/120.0.0.0"
    event = {
        "release": "app@1.2.3.4",
        "modules": {"grpc": "1.2.3.4"},
        "contexts": {"os": {"version": "10.0.0.1"}, "browser": {"version": "120.0.0.0"}},
        "request": {"headers": {"User-Agent": "agent 1.2.3.4"}, "env": {"HTTP_USER_AGENT": agent}},
        "extra": {"app_version": "1.2.3.4", "a": agent, "b": "std::string a::b 12:34:56 1.2.3.4.5"},
        "items": [{"attributes": {"os.version": {"value": "1.2.3.4", "type": "string"}}}],
        "exception": {"values": [{"stacktrace": {"frames": [{"context_line": "x = '1.2.3.4'"}]}}]},
    }
    assert wash(event, ip_addresses=True) == event


def _replaced(value: object, old: str, new: str) -> object:
    if isinstance(value, dict):
        return {name: _replaced(member, old, new) for name, member in value.items()}
    if isinstance(value, list):
        return [_replaced(member, old, new) for member in value]
    return new if value == old else value
