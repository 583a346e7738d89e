"""The relay's door: from a request to a record on disk, and only then its answer.

It takes what the product's own door takes and answers as that does; what is kept is the
request as it came. It knows no keys but those it is told: whose they are is the upstream's to say.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from pathlib import Path

from vedette import clock
from vedette.config import Config
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.body import Body, Disconnected
from vedette.http.exchange import Exchange
from vedette.http.proxies import subscriber
from vedette.ingest import answers
from vedette.ingest.credentials import agree, credentials_of
from vedette.ingest.errors import IngestError, RateLimited
from vedette.ingest.inspection import Inspection
from vedette.ingest.lane import Lane
from vedette.ingest.opening import Opened, dsn_of, open_at_once
from vedette.ingest.receiving import body_reader, read_body
from vedette.ingest.request import Request, job_of
from vedette.ingest.routes import Route, match, takes
from vedette.ingest.shares import Holding, Shares
from vedette.ingest.turning_away import NEVER_LIMITED
from vedette.relay.gate import TUNNEL, Gate
from vedette.relay.limits import Limits
from vedette.relay.losses import LIMITED, Losses
from vedette.relay.options import Options
from vedette.relay.record import (
    MOST_META_BYTES,
    Kept,
    Shelving,
    encode_kept,
    headers_of,
    target_of,
)
from vedette.relay.shelf import Shelf
from vedette.relay.shelves import Shelves
from vedette.spool.writer import SpoolError
from vedette.wire.auth import Credentials
from vedette.wire.envelope import new_event_id
from vedette.wire.limits import RateLimit

log = logging.getLogger("vedette.relay")

_STRANGER_BYTES = 64 << 10
_FULL_SECONDS = 30
_PLAIN_BYTES = 256 << 10


class RelayDoor:
    """The ingest application of a relay."""

    def __init__(
        self, config: Config, options: Options, shelves: Shelves, limits: Limits, losses: Losses
    ) -> None:
        self._config = config
        self._options = options
        self._shelves = shelves
        self._limits = limits
        self._losses = losses
        self._bodies = options.folder / "bodies"
        self._gate = Gate(options)
        self._shelving = Shelving()
        self._memory = Shares(config.max_inflight_bytes)
        self._disk = Shares(config.max_inflight_disk_bytes)
        self._lane = Lane()
        self.statuses: Counter[int] = Counter()
        self.is_disk_full = False

    async def stop(self) -> None:
        """End the process that opens large bodies."""
        await self._lane.stop()

    def look_at_disk(self) -> None:
        """See whether there is still room on the disk. Raises OSError."""
        free = shutil.disk_usage(self._options.folder).free
        self.is_disk_full = free < self._config.disk_free_min_bytes

    def route(self, path: str) -> Route | None:
        """The route of a path, or None if no SDK asks for it."""
        if path.rstrip("/") == self._options.tunnel_path:
            return TUNNEL
        return match(path)

    def accept_now(self, exchange: Exchange, route: Route) -> bool:
        """Take an ordinary envelope that is here whole, without a task of its own.

        It is answered once it is on disk. False, with nothing done, for whatever needs a
        longer look: that goes the way of `__call__`.
        """
        body = exchange.whole_body
        if body is None or route.endpoint != "envelope" or exchange.scope["method"] != "POST":
            return False
        request = Request(exchange.scope, route, self._config.trusted_proxies)
        delivery = request.delivery or new_event_id()
        try:
            self._gate.check_way(exchange.scope)
            credentials = credentials_of(route, request.headers, request.query)
            if credentials is None:
                return False
            self._gate.check(credentials, route)
            opened = self._open_at_once(request, body, delivery)
            if opened is None or opened.seen.flaws or not opened.seen.categories:
                return False
            agree(route, credentials, opened.seen.dsn)
            kept = self._kept(exchange.scope, request, credentials, opened.seen, delivery)
            meta = encode_kept(kept)
            if self._limits_of(kept) or not self._is_plain(len(meta), len(body)):
                return False
            self._memory.take(kept.key, len(body))
        except IngestError:
            return False

        def answer(error: SpoolError | None) -> None:
            self._memory.give_back(kept.key, len(body))
            if error is not None:
                log.error("a request could not be kept and was refused: %s", error)
            self.statuses[200 if error is None else 503] += 1
            answers.write_accepted(exchange, opened.seen.event_id, error)

        self._shelf(kept, route).append_with(meta, body, answer)
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """Answer one request."""
        method = scope["method"]
        if await answers.answer_at_once(send, route, method):
            return
        try:
            if not takes(route.endpoint, method):
                raise IngestError(f"method {method} is not allowed", status=405, reason="method")
            request = Request(scope, route, self._config.trusted_proxies)
            event_id, limits = await self._accept(scope, request, receive)
            self.statuses[200] += 1
            await answers.answer_accepted(send, request, event_id, limits)
        except IngestError as error:
            self.statuses[error.status] += 1
            await answers.answer_error(send, error)
        except SpoolError:
            log.exception("a request could not be kept and was refused")
            self.statuses[503] += 1
            refusal = IngestError("cannot write to disk", status=503, reason="disk")
            await answers.answer_error(send, refusal)
        except Disconnected:
            self.statuses[499] += 1
        except Exception:
            log.exception("a request to %s could not be answered", route.endpoint)
            self.statuses[500] += 1
            refusal = IngestError("internal error", status=500, reason="internal")
            await answers.answer_error(send, refusal)

    async def _accept(
        self, scope: Scope, request: Request, receive: Receive
    ) -> tuple[str, list[RateLimit]]:
        """Whose it is, then the body, then the record. Raises IngestError."""
        self._gate.check_way(scope)
        route = request.route
        credentials = credentials_of(route, request.headers, request.query)
        if credentials is not None and route is not TUNNEL:
            self._gate.check(credentials, route)
        body = Body(self._bodies)
        owner = credentials.public_key if credentials else subscriber(request.address)
        holding = Holding(self._memory, self._disk, owner, is_stranger=credentials is None)
        try:
            reader = body_reader(
                request,
                receive,
                body,
                holding,
                most_bytes=min(self._config.max_envelope_bytes, self._options.most_bytes // 2),
                grace_seconds=self._config.body_timeout_seconds,
            )
            if credentials is None or route is TUNNEL:
                await read_body(reader, enough=_STRANGER_BYTES)
                prefix = body.in_memory[:_STRANGER_BYTES] if body.path is None else b""
                credentials = self._gate.meet(request, dsn_of(prefix, request.encoding))
                holding.become(credentials.public_key)
            await read_body(reader)
            return await self._accept_body(scope, request, credentials, body)
        finally:
            holding.close()
            body.close()

    async def _accept_body(
        self, scope: Scope, request: Request, credentials: Credentials, body: Body
    ) -> tuple[str, list[RateLimit]]:
        delivery = request.delivery or new_event_id()  # one name along a chain of relays
        opened = await self._open(request, credentials, body, delivery)
        if opened.path:
            Path(opened.path).unlink(missing_ok=True)  # it is kept as it came
        seen = opened.seen
        agree(request.route, credentials, seen.dsn)
        if not seen.categories:
            if seen.flaws:
                first = seen.flaws[0]
                raise IngestError(first.detail, reason=first.reason, status=first.status)
            return seen.event_id, []
        kept = self._kept(scope, request, credentials, seen, delivery)
        limits = self._refuse(kept, request.route)
        meta = encode_kept(kept)
        if len(meta) > MOST_META_BYTES:
            raise IngestError("the request's head is too large", status=431, reason="too_large")
        size = len(meta) + body.size
        if not self._shelves.has_room(size) and not await self._shelves.make_room(size):
            raise self._full(kept)
        await self._shelf(kept, request.route).append(meta, body.path or body.in_memory)
        return seen.event_id, limits

    async def _open(
        self, request: Request, credentials: Credentials, body: Body, delivery: str
    ) -> Opened:
        if body.path is None:
            opened = self._open_at_once(request, body.in_memory, delivery)
            if opened is not None:
                return opened
        job = job_of(request, self._config)
        job.delivery = delivery
        job.folder = str(self._bodies)
        job.path = str(body.path or "")
        return await self._lane.open(job, body, credentials.public_key)

    def _open_at_once(self, request: Request, body: bytes, delivery: str) -> Opened | None:
        job = job_of(request, self._config)
        job.delivery = delivery
        return open_at_once(job, body)

    def _kept(
        self,
        scope: Scope,
        request: Request,
        credentials: Credentials,
        seen: Inspection,
        delivery: str,
    ) -> Kept:
        route, key = request.route, credentials.public_key
        address = request.address if self._options.tells_addresses else ""
        headers, target = headers_of(scope, address), target_of(scope)
        if scope["path"].rstrip("/").endswith("/tunnel") or route.argument == "tunnel":
            target = f"/api/{route.project}/envelope/".encode()
            signed = f"Sentry sentry_key={key}, sentry_version=7".encode()
            headers = [pair for pair in headers if pair[0] not in _SIGNING]
            headers.append((b"x-sentry-auth", signed))
        return Kept(
            delivery,
            clock.timestamp(),
            route.project,
            key,
            request.method,
            target,
            headers,
            seen.categories,
            request.held_seconds,
        )

    def _limits_of(self, kept: Kept) -> dict[str, RateLimit]:
        return self._limits.of(kept.group, kept.key, kept.categories)

    def _refuse(self, kept: Kept, route: Route) -> list[RateLimit]:
        """The upstream's limits for some of a request; raises RateLimited if none is left of it."""
        if self.is_disk_full:
            raise self._full(kept)
        found = self._limits_of(kept)
        if len(found) < len(kept.categories):
            return list(dict.fromkeys(found.values()))
        if route.endpoint in NEVER_LIMITED:
            return []  # their clients send again at once: it waits here
        self._losses.count((kept.project, kept.key), kept.categories, LIMITED)
        raise RateLimited(list(dict.fromkeys(found.values())))

    def _full(self, kept: Kept) -> IngestError:
        self._losses.count((kept.project, kept.key), kept.categories, "cache_overflow")
        return RateLimited([RateLimit(_FULL_SECONDS, (), "organization", "relay_full")])

    def _is_plain(self, meta_bytes: int, body_bytes: int) -> bool:
        """Whether so much can be taken as it comes."""
        if self.is_disk_full or meta_bytes > MOST_META_BYTES or body_bytes > _PLAIN_BYTES:
            return False
        return self._shelves.has_room(meta_bytes + body_bytes)

    def _shelf(self, kept: Kept, route: Route) -> Shelf:
        return self._shelves.by_name[self._shelving.shelf_of(route.endpoint, kept.categories)]


_SIGNING = frozenset({b"x-sentry-auth", b"authorization"})
