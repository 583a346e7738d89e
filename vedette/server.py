"""The ASGI root: an ingest path goes to the door, /-/ to the status, the rest to the pages."""

from __future__ import annotations

from vedette.http.asgi import App, Receive, Scope, Send
from vedette.http.exchange import Exchange
from vedette.http.lag import Lag
from vedette.ingest.app import Door
from vedette.ingest.routes import is_of_pages


class Server:
    """Routes requests; starts the door with the server and stops it after the last request."""

    def __init__(self, door: Door, pages: App, status: App, lag: Lag) -> None:
        self._door = door
        self._lag = lag
        self._pages = pages
        self._status = status

    def answer_now(self, exchange: Exchange) -> bool:
        """Take an ordinary envelope that is here whole; False if it needs `__call__`."""
        route = self._door.route(exchange.scope["path"])
        return route is not None and self._door.accept_now(exchange, route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] == "http":
            route = self._door.route(scope["path"])
            if route is not None and not is_of_pages(route, scope["method"]):
                await self._door(scope, receive, send, route)
            elif "/-/" in scope["path"]:
                await self._status(scope, receive, send)
            else:
                await self._pages(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._door.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        self._lag.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._lag.stop()
        await self._door.stop()
        await send({"type": "lifespan.shutdown.complete"})
