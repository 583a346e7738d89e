"""Secrets that a target says again: in whatever form, and cut off wherever it likes."""

from __future__ import annotations

import asyncio
import base64
import html
import json
from urllib.parse import quote_plus

import pytest

from tests.probing.looking import look
from tests.probing.servers.background import Background


@pytest.mark.parametrize("written", ["as it is", "JSON", "HTML", "base64", "form", "hex"])
def test_a_secret_is_hidden_however_it_is_said_again(background: Background, written: str) -> None:
    """Documents, pages and logs of a server write it in ways of their own."""
    secret = 'né"v<er&to be>sh/own'
    said_again = {
        "as it is": secret,
        "JSON": json.dumps({"key": secret}),
        "HTML": html.escape(secret),
        "base64": "user-" + base64.b64encode(secret.encode()).decode().rstrip("="),
        "form": quote_plus(secret),
        "hex": secret.encode().hex(),
    }[written]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\nsaid: " + said_again.encode())
        await writer.drain()
        writer.close()

    found = look(
        "http", url=f"http://127.0.0.1:{background.serve(talk)}/", user="a", password=secret
    )
    assert "[secret]" in found.evidence["body"]
    left = found.evidence["body"].removeprefix("said: ").replace("[secret]", "")
    assert left in ("", '{"key": ""}', "user-")


@pytest.mark.parametrize("cut", range(4, 17))
def test_a_secret_is_hidden_where_the_excerpt_ends_within_it(
    background: Background, cut: int
) -> None:
    """Who chooses where an answer says it again does not see more than three of its characters."""
    secret = "correct-horse-17"
    body = b"x" * (2048 - cut) + secret.encode() + b"y" * 100
    found_cut = ("z" * (120 - cut) + secret).encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        said_now = body if b"/body" in head else b'{"a": "' + found_cut + b'"}'
        writer.write(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n" + said_now)
        await writer.drain()
        writer.close()

    at = f"http://127.0.0.1:{background.serve(talk)}"
    excerpt = look("http", url=f"{at}/body", token=secret)
    assert secret[:4] not in repr(excerpt)
    conditions = ['$.a == "b"', "status == 500"]
    clause = look("http", url=f"{at}/clause", token=secret, conditions=conditions)
    assert clause.reason == "assertion"
    assert secret[:4] not in repr(clause)
