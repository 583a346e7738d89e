"""What spans are about, without what differs each time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.spans.subject import statement, subject_of, without_ids


@pytest.mark.parametrize(
    ("text", "action", "table", "words"),
    [
        (
            "SELECT * FROM orders WHERE id = 7",
            "SELECT",
            "orders",
            "SELECT * FROM orders WHERE id = %s",
        ),
        (
            "select a from \"shop\".\"orders\" where b = 'it''s' and c in (1, 2,3)",
            "SELECT",
            "shop.orders",
            'select a from "shop"."orders" where b = %s and c in (%s)',
        ),
        (
            "INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s)",
            "INSERT",
            "t",
            "INSERT INTO t (a, b) VALUES (%s)",
        ),
        ("UPDATE t1 SET a = $1, b = -2.5e3", "UPDATE", "t1", "UPDATE t1 SET a = $1, b = %s"),
        ("SELECT 1 /* by: 77 */ -- 5", "SELECT", "", "SELECT %s"),
        ("SAVEPOINT s12_x34", "SAVEPOINT", "", "SAVEPOINT %s"),
        ("connect", "", "", "connect"),
        ("", "", "", ""),
    ],
)
def test_statements(text: str, action: str, table: str, words: str) -> None:
    assert statement(text) == (action, table, words)


@pytest.mark.parametrize(
    ("op", "description", "attributes", "expected"),
    [
        (
            "http.client",
            "GET https://pay.example/v1/cards/123?token=x",
            {},
            ("http", "GET", "pay.example", "", "GET pay.example/v1/cards/*"),
        ),
        (
            "http.client",
            "GET localhost",
            {
                "url.full": "http://user:pw@localhost:80/a/5f0c1e9a3b7d2c4e6f8a",
                "http.request.method": "get",
            },
            ("http", "GET", "localhost:80", "", "GET localhost:80/a/*"),
        ),
        ("cache.get", "user:7", {"cache.key": ["user:7"]}, ("cache", "get", "", "", "user:*")),
        ("db.redis", "GET user:7", {}, ("cache", "get", "redis", "redis", "GET user:*")),
        (
            "queue.process",
            "mail.send",
            {"messaging.destination.name": "mails", "messaging.system": "rabbitmq"},
            ("queue", "process", "mails", "rabbitmq", "mail.send"),
        ),
        (
            "gen_ai.chat",
            "chat gpt-x",
            {"gen_ai.request.model": "gpt-x", "gen_ai.system": "openai"},
            ("gen_ai", "chat", "gpt-x", "openai", "chat gpt-x"),
        ),
        (
            "resource.script",
            "https://cdn.example/app.8f3a9c0b7d11.js",
            {},
            ("resource", "script", "cdn.example", "", "cdn.example/app.*.js"),
        ),
        (
            "db",
            '{"find": "users", "filter": {"name": "Ada", "n": 7}}',
            {"db.system": "mongodb", "db.operation": "find", "db.mongodb.collection": "users"},
            ("db", "find", "users", "mongodb", '{"find": "?", "filter": {"name": "?", "n": ?}}'),
        ),
        ("http.server", "/orders/7", {}, ("server", "", "", "", "/orders/*")),
        ("", "a", {}, ("other", "", "", "", "a")),
        ("http.client", "GET http://[", {}, ("http", "GET", "", "", "GET http://[")),
    ],
)
def test_subjects(
    op: str, description: str, attributes: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert tuple(subject_of(op, description, attributes)) == expected


def test_ids_of_paths() -> None:
    """Numbers and ids, not versions of names."""
    assert without_ids("/a/12/b2b/v1/x") == "/a/*/b2b/v1/x"
    assert without_ids("/u/123e4567-e89b-12d3-a456-426614174000/e") == "/u/*/e"


@given(
    st.text(max_size=300), st.sampled_from(["db", "http.client", "cache.get", "resource.css", "x"])
)
def test_any_text_is_about_something(text: str, op: str) -> None:
    """Nothing is raised, nothing grows without bound."""
    found = subject_of(op, text, {})
    assert len(found.words) <= 4 * len(text) + 40


@pytest.mark.parametrize(
    "text", ["'" * 999, "(" * 999, "(%s," * 249, "/*" * 499, '{"a":"' * 166, "1" * 999, "-" * 999]
)
def test_hostile_statements_cost_no_more_than_their_length(text: str) -> None:
    """A tenth of a second for thirty of them would show on any machine."""
    for start in range(30):
        statement(text[start:])
        subject_of("db", "{" + text[start:], {"db.system": "mongodb"})


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://cdn.example/app.4f2a91c8.js", "cdn.example/app.*.js"),
        ("https://cdn.example/app.9e0b11d7.js", "cdn.example/app.*.js"),
        ("https://cdn.example/assets/index-BdQ3Kd9a.js", "cdn.example/assets/index-*.js"),
        ("https://a.example/_next/framework-0e8d27528ba61906.js", "a.example/_next/framework-*.js"),
        ("https://a.example/main.3f9a2b1c.chunk.css", "a.example/main.*.chunk.css"),
        ("https://a.example/jquery-3.6.0.min.js", "a.example/jquery-3.6.0.min.js"),
        ("https://a.example/bootstrap-datepicker.js", "a.example/bootstrap-datepicker.js"),
        ("https://a.example/hero.jpg", "a.example/hero.jpg"),
        ("https://a.example/fonts/inter-variable.woff2", "a.example/fonts/inter-variable.woff2"),
    ],
)
def test_an_asset_is_called_without_the_hash_of_its_build(address: str, words: str) -> None:
    """The next build's file is the same one."""
    assert subject_of("resource.script", address, {}).words == words
