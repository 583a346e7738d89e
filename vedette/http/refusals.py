"""What a visitor sees when the pages cannot be asked: a calm page, or JSON below /api/."""

from __future__ import annotations

import json

from vedette.http.asgi import Scope, Send
from vedette.http.body import BodyTooLarge, BodyTooSlow, Disconnected
from vedette.http.slots import Full

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Vedette</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}}
</style></head><body><h1>{title}</h1><p>{text}</p></body></html>
"""
_AWAY = (
    503,
    "The pages are starting",
    "The pages answer again in a moment; events are accepted meanwhile. Load this again then.",
)


class MethodRefused(Exception):
    """No page is asked by this method."""


_WORDS: dict[type[Exception], tuple[int, str, str]] = {
    BodyTooLarge: (413, "Too large", "What was sent exceeds the size limit."),
    MethodRefused: (405, "Not allowed", "Pages are not asked by this method."),
    Full: (503, "Many requests at once", "Others are being answered. Load this again in a moment."),
    BodyTooSlow: (408, "Too slow", "What was sent did not arrive in time."),
}


async def refuse(scope: Scope, send: Send, error: Exception) -> None:
    """Answer instead of the pages; a client that has gone gets none."""
    if isinstance(error, Disconnected):
        return
    status, title, text = _WORDS.get(type(error), _AWAY)
    if "/api/" in scope["path"]:
        body, kind = json.dumps({"detail": text}).encode(), b"application/json"
    else:
        body, kind = _PAGE.format(title=title, text=text).encode(), b"text/html; charset=utf-8"
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    else:
        headers.append((b"connection", b"close"))
    if scope["method"] == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
