"""The ASGI root of the pages' process: every request comes from the door."""

from __future__ import annotations

from vedette.http.asgi import App, Receive, Scope, Send
from vedette.http.forwarder import CLIENT_HEADER, LIVE_PATH


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
        is_live = request["path"] == LIVE_PATH and request["method"] == "GET"
        await (self._live if is_live else self._pages)(request, receive, send)

    def _from_door(self, scope: Scope) -> Scope:
        """The request as it was before the door forwarded it, below the proxy's path prefix."""
        headers = [pair for pair in scope["headers"] if pair[0] != CLIENT_HEADER]
        client = next((v for name, v in scope["headers"] if name == CLIENT_HEADER), b"")
        path = scope["path"]
        if self._prefix and path.startswith(self._prefix + "/"):
            path = path[len(self._prefix) :]
        address = (client.decode("latin-1"), 0)
        return {**scope, "headers": headers, "client": address, "path": path, "server": None}
