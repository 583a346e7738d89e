"""The ASGI root of the pages' process: every request comes from the door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from vedette.http.asgi import App, Receive, Scope, Send
from vedette.http.forwarder import CLIENT_HEADER, LIVE_PATH
from vedette.store.waiting import Waiting, asked_by


class PagesRoot:
    """Gives a request the address of its client and the path the pages know."""

    def __init__(self, pages: App, live: App, *, prefix: str = "") -> None:
        self._pages = pages
        self._live = live
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] != "http":
            return
        request = self._from_door(scope)
        if request["method"] != "GET":
            await self._pages(request, receive, send)
        elif request["path"] == LIVE_PATH:
            await self._live(request, receive, send)
        else:
            async with _while_it_waits(receive) as replayed:
                await self._pages(request, replayed, send)

    def _from_door(self, scope: Scope) -> Scope:
        """The request as it was before the door forwarded it, below the proxy's path prefix."""
        headers = [pair for pair in scope["headers"] if pair[0] != CLIENT_HEADER]
        client = next((v for name, v in scope["headers"] if name == CLIENT_HEADER), b"")
        path = scope["path"]
        if self._prefix and path.startswith(self._prefix + "/"):
            path = path[len(self._prefix) :]
        address = (client.decode("latin-1"), 0)
        return {**scope, "headers": headers, "client": address, "path": path, "server": None}


@asynccontextmanager
async def _while_it_waits(receive: Receive) -> AsyncIterator[Receive]:
    """Ends what a page asks of the store when its reader has gone.

    A GET changes nothing, so none of it is missed. Gives the way on which the page receives.
    """
    first = await receive()
    if first.get("more_body"):
        yield _after(first, receive)
        return
    waiting = Waiting()

    async def watch() -> dict[str, Any]:
        event = await receive()
        waiting.go()
        return event

    watching = asyncio.ensure_future(watch())
    try:
        with asked_by(waiting):
            yield _after(first, lambda: asyncio.shield(watching))
    finally:
        watching.cancel()


def _after(first: dict[str, Any], receive: Receive) -> Receive:
    """Receives an event that was taken already, then the others."""
    taken = [first]

    async def replayed() -> dict[str, Any]:
        return taken.pop() if taken else await receive()

    return replayed
