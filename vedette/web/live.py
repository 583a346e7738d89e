"""Live updates: parts of a page are sent again when something has come in.

One server-sent-event stream per page, raw ASGI: a waiting page costs no thread. The page
names fragments (`?src=/issues/new-events/?since=…`, repeated), each the address of a route
that is marked `is_live`. A fragment is rendered by the same view and behind the same
permission as when the browser asks for it, whenever the worker has committed something, and
sent if it has changed. The event's name is the fragment's place, its id says what was sent,
so that a stream that was cut goes on where it was.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from vedette.config import Config
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.proxies import subscriber

log = logging.getLogger("vedette.web")

_MOST_FRAGMENTS = 8
_MOST_CHARACTERS = 4000
_MOST_STREAMS = 500
_MOST_PER_ADDRESS = 50
_LOOK_SECONDS = 0.5
_LEAST_SECONDS = 2.0  # between two looks of one stream at its fragments
_BEAT_SECONDS = 15.0
_THREADS = 2

# path and query → (status, body); it blocks.
Render = Callable[[str, dict[bytes, bytes]], tuple[int, bytes]]


class Live:
    """The stream's ASGI application. `render` answers a fragment for the asker's cookies."""

    def __init__(self, config: Config, render: Render) -> None:
        self._config = config
        self._render = render
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="live")
        self._streams: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._version: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page until it goes away."""
        address = subscriber(str((scope.get("client") or ("",))[0]))
        fragments = _fragments(scope["query_string"])
        if not fragments:
            await _refuse(send, 400, b"name fragments with src=")
            return
        total = sum(self._streams.values())
        if total >= _MOST_STREAMS or self._streams[address] >= _MOST_PER_ADDRESS:
            await _refuse(send, 503, b"too many live pages")
            return
        self._streams[address] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await self._serve(scope, receive, send, fragments)
        finally:
            self._streams[address] -= 1
            if not self._streams[address]:
                del self._streams[address]

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, fragments: list[str]
    ) -> None:
        headers = dict(scope["headers"])
        sent = _resumed(headers.get(b"last-event-id", b""), len(fragments))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _write(send, b"retry: 5000\n\n")
            while not gone.done():
                seen = self._version
                if not await self._send_changes(headers, fragments, sent, send):
                    return
                await asyncio.wait({gone}, timeout=_LEAST_SECONDS)
                while self._version == seen and not gone.done():
                    changed = asyncio.create_task(self._changed.wait())
                    await asyncio.wait(
                        {gone, changed},
                        timeout=_BEAT_SECONDS,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if not changed.done():
                        changed.cancel()
                        await _write(send, b": still here\n\n")
        finally:
            gone.cancel()
            await _write(send, b"", more=False)

    async def _send_changes(
        self, headers: dict[bytes, bytes], fragments: list[str], sent: list[str], send: Send
    ) -> bool:
        """Look at every fragment; False when the asker may not see one any more."""
        loop = asyncio.get_running_loop()
        for place, source in enumerate(fragments):
            status, body = await loop.run_in_executor(self._threads, self._render, source, headers)
            if status in (401, 403, 404) or 300 <= status < 400:
                await _write(send, b"event: end\ndata:\n\n")
                return False
            mark = hashlib.blake2b(body, digest_size=6).hexdigest()
            if status != 200 or mark == sent[place]:
                continue
            sent[place] = mark
            await _write(send, _event(place, ".".join(sent), body))
        return True

    async def _look(self) -> None:
        """Wake the streams when the worker has committed something; ends with the last one."""
        while self._streams:
            version = await asyncio.to_thread(self._committed)
            if version != self._version:
                self._version = version
                held, self._changed = self._changed, asyncio.Event()
                held.set()
            await asyncio.sleep(_LOOK_SECONDS)

    def _committed(self) -> object:
        """A value that changes with every batch."""
        try:
            status = json.loads((self._config.run_folder / "worker.json").read_bytes())
        except (OSError, ValueError):
            return None
        return status.get("batches")


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def _fragments(query: bytes) -> list[str]:
    """The addresses that the page names; none if one of them is no path."""
    if len(query) > _MOST_CHARACTERS:
        return []
    try:
        found = parse_qs(query.decode("latin-1"), max_num_fields=_MOST_FRAGMENTS + 1).get("src", [])
    except ValueError:
        return []  # more parameters than any page asks with
    is_good = len(found) <= _MOST_FRAGMENTS and all(
        one.startswith("/") and not one.startswith("//") for one in found
    )
    return found if is_good else []


def _resumed(last_id: bytes, count: int) -> list[str]:
    """What the browser says it has seen last, by fragment."""
    marks = last_id.decode("latin-1").split(".")
    return marks if len(marks) == count else [""] * count


def _event(place: int, mark: str, body: bytes) -> bytes:
    lines = body.replace(b"\r", b"").split(b"\n")
    data = b"".join(b"data: %b\n" % line for line in lines)
    return b"event: %d\nid: %b\n%b\n" % (place, mark.encode(), data)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def renderer(handler: Any, prefix: str) -> Render:
    """Answers a fragment through the whole of Django, as if the browser had asked for it.

    `handler` is Django's WSGI handler. Routes that are not marked `is_live` are not there.
    """
    import io

    from django.core.handlers.wsgi import WSGIRequest
    from django.urls import Resolver404, resolve

    from vedette.web.routing import live_routes

    def render(source: str, headers: dict[bytes, bytes]) -> tuple[int, bytes]:
        path, _, query = source.partition("?")
        path = path.removeprefix(prefix)
        try:
            name = resolve(path).url_name
        except Resolver404:
            return 404, b""
        if name not in live_routes():
            return 404, b""
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "live",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            "HTTP_HOST": headers.get(b"host", b"localhost").decode("latin-1"),
            "HTTP_COOKIE": headers.get(b"cookie", b"").decode("latin-1"),
            "HTTP_HX_REQUEST": "true",
        }
        response = handler.get_response(WSGIRequest(environ))
        try:
            return response.status_code, response.content
        finally:
            response.close()

    return render
