"""The name decides in the shapes of telemetry as it does for any member."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.scrub.conftest import Wash


def otlp(attribute: object) -> Any:
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": [attribute]}]}]}]}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"stringValue": "hunter2"}, {"stringValue": "[Filtered]"}),
        ({"stringValue": ""}, {"stringValue": ""}),
        ({"boolValue": True}, {"boolValue": True}),
        ({"intValue": "5"}, None),
        ({"doubleValue": 0.5}, None),
        ({"arrayValue": {"values": [{"stringValue": "hunter2"}]}}, None),
        ({"bytesValue": "aHVudGVyMg=="}, None),
    ],
)
def test_the_name_of_an_opentelemetry_attribute_decides(wash: Wash, sent: Any, kept: Any) -> None:
    """In whichever order key and value are written; a text keeps its type."""
    assert wash(otlp({"key": "db.password", "value": sent})) == otlp(
        {"key": "db.password", "value": kept}
    )
    if "arrayValue" not in sent:
        assert wash(otlp({"value": sent, "key": "db.password"})) == otlp(
            {"value": kept, "key": "db.password"}
        )
    harmless = otlp({"key": "db.name", "value": sent})
    assert wash(harmless) == harmless


def test_what_follows_an_option_goes_among_opentelemetrys_values_too(wash: Wash) -> None:
    """Its SDKs send the arguments of the process with each resource."""

    def arguments(*values: str) -> Any:
        listed = [{"stringValue": value} for value in values]
        return otlp({"key": "process.command_args", "value": {"arrayValue": {"values": listed}}})

    sent = arguments(
        "node", "a.js", "--token", "abcdef", "--port", "80", "--password=x", "--secret"
    )
    kept = ("node", "a.js", "--token", "[Filtered]", "--port", "80", "--password=[Filtered]")
    assert wash(sent) == arguments(*kept, "--secret")
    harmless = arguments("--token", "--verbose", "a")
    assert wash(harmless) == harmless


def test_a_value_before_its_key_goes_whole(wash: Wash) -> None:
    """Also where a part of it was cut out before the key was read."""
    sent = otlp({"value": {"stringValue": "a token=b c"}, "key": "password"})
    done = wash(sent)
    assert done == otlp({"value": {"stringValue": "[Filtered]"}, "key": "password"})


def test_nested_lists_of_attributes_are_looked_at(wash: Wash) -> None:
    """A list under a harmless key holds keys and values in turn."""
    inner = {"key": "secret", "value": {"stringValue": "hunter2"}}
    sent = otlp({"key": "a", "value": {"kvlistValue": {"values": [inner]}}})
    inner = {"key": "secret", "value": {"stringValue": "[Filtered]"}}
    assert wash(sent) == otlp({"key": "a", "value": {"kvlistValue": {"values": [inner]}}})


def test_old_tags_are_keys_and_values(wash: Wash) -> None:
    """The shape of `tags` that some SDKs write."""
    sent = {"tags": [{"key": "password", "value": "hunter2"}, {"key": "author", "value": "ann"}]}
    assert wash(sent)["tags"] == [
        {"key": "password", "value": "[Filtered]"},
        {"key": "author", "value": "ann"},
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"value": "hunter2", "type": "string"}, {"value": "[Filtered]", "type": "string"}),
        ({"type": "string", "value": "hunter2"}, {"type": "string", "value": "[Filtered]"}),
        ({"value": True, "type": "boolean"}, {"value": True, "type": "boolean"}),
        ({"value": 5, "type": "integer"}, None),
    ],
)
def test_the_name_of_a_typed_attribute_decides(wash: Wash, sent: Any, kept: Any) -> None:
    """Sentry's spans and logs."""
    assert wash({"items": [{"attributes": {"password": sent}}]}) == {
        "items": [{"attributes": {"password": kept}}]
    }


def test_counts_stay(wash: Wash) -> None:
    """`max_tokens` counts tokens and is none, whatever the shape."""
    counts = {"items": [{"attributes": {"gen.max_tokens": {"value": 5, "type": "integer"}}}]}
    assert wash(counts) == counts
    counts = otlp({"key": "max_tokens", "value": {"intValue": "5"}})
    assert wash(counts) == counts


def test_cookies_in_attributes_are_cookies(wash: Wash) -> None:
    """Only those of a session go."""
    cookie, left = "sid=a; theme=dark", "sid=[Filtered]; theme=dark"
    name = "http.request.header.cookie"
    assert wash(otlp({"key": name, "value": {"stringValue": cookie}})) == otlp(
        {"key": name, "value": {"stringValue": left}}
    )
    sent = {"items": [{"attributes": {name: {"value": cookie, "type": "string"}}}]}
    assert wash(sent)["items"][0]["attributes"][name]["value"] == left


def test_who_had_a_session_follows_the_settings(wash: Wash) -> None:
    """`did` may be an address or an e-mail address; alone it is an id and stays."""
    for did, left in (("203.0.113.7", "[ip]"), ("ann@example.com", "[email]"), ("17", "17")):
        sent = {"sid": "a", "did": did, "attrs": {"ip_address": "203.0.113.7", "release": "a@1"}}
        assert wash(sent) == sent
        done = wash(sent, ip_addresses=True, emails=True)
        assert done["did"] == left
        assert done["attrs"] == {"ip_address": None, "release": "a@1"}


def test_who_was_affected_follows_the_settings(wash: Wash) -> None:
    """An address in an id or a name is one, too."""
    sent = {
        "user": {"id": "ann@example.com", "username": "203.0.113.7", "email": "ann@example.com"}
    }
    assert wash(sent) == sent
    assert wash(sent, ip_addresses=True, emails=True) == {
        "user": {"id": "[email]", "username": "[ip]", "email": "[email]"}
    }


def test_variables_and_headers_with_a_name_and_a_value(wash: Wash) -> None:
    """As Kubernetes, ECS and HAR write them; numbers and names that only speak of secrets stay."""
    sent = [
        {"name": "DB_PASSWORD", "value": "hunter2"},
        {"value": "hunter2", "name": "API_TOKEN"},
        {"name": "Cookie", "value": "sessionid=abc; a=b"},
        {"name": "Authorization", "value": "Basic aHVudGVyMg=="},
        {"name": "auth_time", "value": 12},
        {"name": "token_type", "value": "bearer"},
        {"name": "HOME", "value": "/root"},
    ]
    kept = [dict(one) for one in sent]
    for at in (0, 1, 3):
        kept[at]["value"] = "[Filtered]"
    kept[2]["value"] = "sessionid=[Filtered]; a=b"
    assert wash({"extra": {"env": sent}}) == {"extra": {"env": kept}}
