"""The ASGI root: an ingest path goes to the door, /-/ to the status, the rest to the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from vedette.ingest.app import Door

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Server:
    """Routes requests; starts the door with the server and stops it after the last request."""

    def __init__(self, door: Door, pages: App, status: App, *, prefix: str = "") -> None:
        self._door = door
        self._pages = pages
        self._status = status
        self._prefix = prefix

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One ASGI call."""
        if scope["type"] == "http":
            route = self._door.route(scope["path"])
            if route is not None:
                await self._door(scope, receive, send, route)
            elif "/-/" in scope["path"]:
                await self._status(scope, receive, send)
            else:
                await self._pages(self._below_prefix(scope), receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    def _below_prefix(self, scope: dict[str, Any]) -> dict[str, Any]:
        """The request as the pages know it, whether or not the proxy took the prefix off."""
        path = scope["path"]
        if self._prefix and path.startswith(self._prefix + "/"):
            return {**scope, "path": path[len(self._prefix) :]}
        return scope

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            await self._door.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._door.stop()
        await send({"type": "lifespan.shutdown.complete"})
