"""Values under sensitive names, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.scrub.conftest import Wash

NAMES = [
    "password",
    "user_password",
    "PASSWD",
    "client_secret",
    "api_key",
    "apiKey",
    "X-Api-Key",
    "auth",
    "Authorization",
    "is_authenticated",
    "credentials",
    "mysql_pwd",
    "privateKey",
    "private_key",
    "SENTRY_AUTH_TOKEN",
    "csrfmiddlewaretoken",
    "bearer",
    "otp",
    "two-factor",
    "SENTRY_DSN",
]
HARMLESS = [
    "author",
    "authors",
    "co_author_id",
    "tokenizer",
    "pathotphat",
    "pwd",
    "session_id",
    "id",
]
PLACES: dict[str, Any] = {
    "extra": lambda value: {"extra": {"deep": [{"er": value}]}},
    "custom context": lambda value: {"contexts": {"checkout": value}},
    "trace data": lambda value: {"contexts": {"trace": {"data": value}}},
    "variables": lambda value: {
        "exception": {"values": [{"stacktrace": {"frames": [{"vars": value}]}}]}
    },
    "thread variables": lambda value: {
        "threads": {"values": [{"stacktrace": {"frames": [{"vars": value}]}}]}
    },
    "headers": lambda value: {"request": {"headers": value}},
    "cookies": lambda value: {"request": {"cookies": value}},
    "query": lambda value: {"request": {"query_string": value}},
    "environment": lambda value: {"request": {"env": value}},
    "body": lambda value: {"request": {"data": value}},
    "breadcrumb": lambda value: {"breadcrumbs": {"values": [{"data": value}]}},
    "listed breadcrumb": lambda value: {"breadcrumbs": [{"data": value}]},
    "span": lambda value: {"spans": [{"data": value}]},
    "tags": lambda value: {"tags": value},
    "user": lambda value: {"user": {"data": value}},
    "unknown": lambda value: {"something_new": value},
    "top": lambda value: value,
    "list at the top": lambda value: [1, value],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_sensitive_name_hides_its_string(wash: Wash, name: str) -> None:
    """The string under a sensitive name becomes [Filtered], and its neighbours stay."""
    value = {"before": 1, name: "hunter2", "after": "kept"}
    assert wash({"extra": value}) == {"extra": value | {name: "[Filtered]"}}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_name_keeps_its_string(wash: Wash, name: str) -> None:
    """Names that merely look alike are left alone."""
    value = {"extra": {name: "kept"}}
    assert wash(value) == value


@pytest.mark.parametrize("place", PLACES)
def test_names_count_in_every_place(wash: Wash, place: str) -> None:
    """Sensitive names are found wherever an SDK may put application data."""
    put = PLACES[place]
    assert wash(put({"password": "x1", "a": "b"})) == put({"password": "[Filtered]", "a": "b"})


@pytest.mark.parametrize("place", ["headers", "cookies", "query", "variables", "tags"])
def test_pairs_are_names_and_values(wash: Wash, place: str) -> None:
    """A list of two-element lists is read as names and values."""
    put = PLACES[place]
    pairs = [["a", "b"], ["password", "x1"], ["api_key", "x2"]]
    filtered = [["a", "b"], ["password", "[Filtered]"], ["api_key", "[Filtered]"]]
    assert wash(put(pairs)) == put(filtered)


@pytest.mark.parametrize("value", [42, -1.5e3, [1, 2], {"a": {"b": []}}, [], {}])
def test_other_values_become_null(wash: Wash, value: object) -> None:
    """Numbers, lists and objects under a sensitive name are removed."""
    assert wash({"extra": {"password": value, "z": 1}}) == {"extra": {"password": None, "z": 1}}


@pytest.mark.parametrize("value", ["", "null", "undefined", "true", "false", True, False, None])
def test_values_that_say_nothing_stay(wash: Wash, value: object) -> None:
    """Empty strings and literals hide nothing, so they are kept."""
    assert wash({"extra": {"password": value}}) == {"extra": {"password": value}}


def test_counts_of_tokens_stay(wash: Wash) -> None:
    """The usage figures of a language model are numbers about tokens, not tokens."""
    value = {"extra": {"max_tokens": 100, "token_count": 7, "gen_ai.usage.total_tokens": 9}}
    assert wash(value) == value


def test_an_environment_dump_is_cleaned(wash: Wash) -> None:
    """sentry-cli sends the whole environment; its own token must not be kept."""
    sent = {"extra": {"environ": {"SENTRY_AUTH_TOKEN": "sntrys_1", "HOME": "/root", "PWD": "/"}}}
    kept = {"extra": {"environ": {"SENTRY_AUTH_TOKEN": "[Filtered]", "HOME": "/root", "PWD": "/"}}}
    assert wash(sent) == kept


def test_a_typed_attribute_keeps_its_type(wash: Wash) -> None:
    """A log attribute loses its value, not its shape."""
    sent = {"items": [{"body": "hi", "attributes": {"token": {"value": "a", "type": "string"}}}]}
    kept = {"value": "[Filtered]", "type": "string"}
    assert wash(sent) == {"items": [{"body": "hi", "attributes": {"token": kept}}]}


@pytest.mark.parametrize(
    "event",
    [
        {"modules": {"django-auth-ldap": "1.2", "oauthlib": "3.0"}},
        {"sdk": {"name": "sentry.python", "integrations": ["token"]}},
        {"debug_meta": {"images": [{"code_file": "/usr/lib/libsecret.so", "debug_id": "1"}]}},
        {"stacktrace": {"frames": [{"filename": "auth/token.py", "function": "authenticate"}]}},
        {"exception": {"values": [{"type": "AuthError", "value": "token expired, please log in"}]}},
        {"exception": [{"type": "TokenError", "module": "auth", "mechanism": {"type": "token"}}]},
        {"_meta": {"request": {"headers": {"Authorization": {"": {"len": 3}}}}}},
        {"fingerprint": ["auth", "token"], "release": "auth@1.2.3", "environment": "auth"},
        {"transaction": "/auth/login", "message": "no password given", "logger": "app.auth"},
        {"breadcrumbs": {"values": [{"category": "auth", "type": "user", "level": "info"}]}},
        {"contexts": {"runtime": {"name": "CPython", "version": "1.2.3.4"}}},
        {"contexts": {"flags": {"values": [{"flag": "new-auth", "result": True}]}}},
        {"user": {"id": "auth0|5f7c8ec7", "email": "author@example.com"}},
        {"spans": [{"op": "auth", "description": "SELECT token FROM auth_user WHERE id = 1"}]},
        {"spans": [{"data": {"http.route": "/auth/{id}", "code.function": "authenticate"}}]},
        {"measurements": {"token_time": {"value": 1.5, "unit": "second"}}},
        {"request": {"url": "https://example.com/auth/login", "method": "POST"}},
    ],
)
def test_what_a_tracker_needs_stays(wash: Wash, event: object) -> None:
    """Identifiers, code locations, titles and versions survive the word list."""
    assert wash(event) == event
