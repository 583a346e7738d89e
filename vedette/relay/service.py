"""One relay: door, shelves and connections to the upstream, in one process and one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from pathlib import Path

from vedette.config import Config
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.body import clean
from vedette.http.exchange import Exchange
from vedette.http.guard import Guard
from vedette.http.lag import Lag
from vedette.relay.door import RelayDoor
from vedette.relay.known import Known
from vedette.relay.limits import Limits
from vedette.relay.losses import Losses
from vedette.relay.options import Options
from vedette.relay.parcel import open_parcel
from vedette.relay.record import Shelving, encode_kept
from vedette.relay.sending import Sending
from vedette.relay.shelves import Shelves
from vedette.relay.standing import StatusPages
from vedette.spool.writer import SpoolError

log = logging.getLogger("vedette.relay")

_TICK_SECONDS = 1.0
_TELL_SECONDS = 10.0
_LEARN_SECONDS = 3.0
_NOT_FOUND = b"this is a relay: it takes what SDKs send, and tells how it is at /-/health\n"


class Relay:
    """The ASGI application of a relay. `again`: what was set aside is sent once more."""

    def __init__(
        self, config: Config, options: Options, guard: Guard, *, again: bool = False
    ) -> None:
        self._options = options
        self._again = again
        self._bodies = options.folder / "bodies"
        clean(self._bodies)
        losses, limits = Losses(), Limits()
        self._known = Known(options.folder)
        # whoever lists keys knows them
        known = None if options.keys else self._known.senders()
        self.shelves = Shelves(options, losses, self._ring, known)
        self.door = RelayDoor(config, options, self.shelves, limits, losses)
        self.sending = Sending(options, self.shelves, limits, losses, self._known, self._bodies)
        self._limits = limits
        self._lag = Lag()
        self._status = StatusPages(
            options,
            self.shelves,
            self.door,
            self.sending,
            losses=losses,
            limits=limits,
            guard=guard,
            lag=self._lag,
        )
        self._timer: asyncio.Task[None] | None = None

    def answer_now(self, exchange: Exchange) -> bool:
        """Take an ordinary envelope that is here whole; False if it needs `__call__`."""
        route = self.door.route(exchange.scope["path"])
        return route is not None and self.door.accept_now(exchange, route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            route = self.door.route(scope["path"])
            if route is not None:
                await self.door(scope, receive, send, route)
            elif "/-/" in scope["path"]:
                await self._status(scope, receive, send)
            else:
                await _refuse(send)

    async def start(self) -> None:
        """Begin to take and to send."""
        await self.shelves.start()
        self.door.look_at_disk()
        if self._again:
            await self._take_back()
        self.sending.start()
        self._lag.start()
        self._timer = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """End in reverse; what is kept stays for the next start."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        self._lag.stop()
        await self.sending.stop()
        await self._learn()
        await self.door.stop()
        with contextlib.suppress(SpoolError):  # a full disk: these counts are lost
            await self.shelves.tell()
        await self.shelves.stop()

    def _ring(self) -> None:
        self.sending.ring()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _tick(self) -> None:
        """Look after disk, files and counts once a second."""
        told = learnt = time.monotonic()
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                self.door.look_at_disk()
                self.shelves.tidy()
                if time.monotonic() - learnt > _LEARN_SECONDS:
                    learnt = time.monotonic()
                    await self._learn()
                if time.monotonic() - told > _TELL_SECONDS:
                    told = time.monotonic()
                    self._limits.forget_old()
                    await self.shelves.tell()
            except OSError:
                log.exception("files cannot be looked after; it is tried again")

    async def _learn(self) -> None:
        """Let those go first of whom the upstream has begun to take things, and note them."""
        await self.shelves.learn(self._known.take_news())
        content = self._known.content()
        if content is not None:
            await asyncio.to_thread(self._known.save, content)

    async def _take_back(self) -> None:
        """Put what was set aside among what waits."""
        refused, shelving = self.shelves.refused, Shelving()
        while entries := await refused.refill():
            for entry in entries:
                parcel = open_parcel(entry)
                with parcel.file:
                    body = await asyncio.to_thread(parcel.copy, self._bodies)
                name = shelving.shelf_of("", parcel.kept.categories)
                await self.shelves.by_name[name].append(encode_kept(parcel.kept), body)
                refused.finish(entry)
                if isinstance(body, Path):
                    body.unlink(missing_ok=True)
        refused.tidy()


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(_NOT_FOUND)),
    ]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_FOUND})
