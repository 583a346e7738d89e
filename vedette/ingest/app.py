"""The door: raw ASGI from an SDK's request to a record on disk, and only then 200.

Called by `vedette.server` for every path that `routes.match` knows. Owns the spool's writers,
the key table, the quota and the slow lane. Never raises to the server: every failure has an
answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

from vedette import clock
from vedette.config import Config
from vedette.http.asgi import Receive, Scope, Send
from vedette.http.body import Body, BodyReader, Disconnected
from vedette.http.exchange import Exchange
from vedette.http.proxies import subscriber
from vedette.ingest import answers
from vedette.ingest.admission import Admission
from vedette.ingest.budget_table import BudgetTable
from vedette.ingest.budgets import Standing
from vedette.ingest.credentials import agree, credentials_of
from vedette.ingest.errors import IngestError
from vedette.ingest.keys import Key, KeyTable
from vedette.ingest.lane import Lane
from vedette.ingest.opening import Opened, dsn_of, open_at_once
from vedette.ingest.quota import Quota
from vedette.ingest.receiving import body_reader, read_body
from vedette.ingest.request import Request, job_of, meta_of
from vedette.ingest.routes import Route, match, takes
from vedette.ingest.shares import Holding, Shares
from vedette.ingest.tally import Tally
from vedette.ingest.turning_away import turn_away
from vedette.ingest.uses import Uses
from vedette.spool.identity import identity_of
from vedette.spool.meta import Meta, encode_meta, encode_refusals, encode_uses
from vedette.spool.writer import SpoolError
from vedette.spool.writers import SpoolWriters
from vedette.wire.auth import Credentials
from vedette.wire.limits import RateLimit

log = logging.getLogger("vedette.ingest")

_TALLY_SECONDS = 2.0
_USES_SECONDS = 5.0
_STRANGER_BYTES = 64 << 10


class Door:
    """The ingest application of one process."""

    def __init__(
        self,
        config: Config,
        load_keys: Callable[[], Mapping[str, Key]],
        load_budgets: Callable[[], Standing] = Standing,
    ) -> None:
        self._config = config
        self._prefix = config.path_prefix
        self.keys = KeyTable(load_keys)
        self.quota = Quota(
            spool_folder=config.spool_folder,
            spool_max_bytes=config.spool_max_bytes,
            disk_free_min_bytes=config.disk_free_min_bytes,
        )
        identity_of(config.spool_folder)  # before its writers
        self.spool = SpoolWriters.of_door(
            config.spool_folder,
            [config.bell(index) for index in range(config.digester_count)],
            segment_bytes=config.spool_segment_bytes,
        )
        self.budgets = BudgetTable(self.quota.budgets, load_budgets, self.spool.promised)
        self.memory = Shares(config.max_inflight_bytes)
        self.disk = Shares(config.max_inflight_disk_bytes)
        self.lane = Lane()
        self.statuses: Counter[int] = Counter()
        self._tally = Tally()
        self._uses = Uses()
        self._admission = Admission(self.keys, self._tally, self._uses)
        self._timer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the keys and begin to accept. Raises what the key loader raises."""
        self.spool.start(asyncio.get_running_loop())
        await self.keys.start()
        await self.budgets.start()
        self.quota.look()
        self._timer = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Write down the counts, commit what is waiting and close the spool."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        await self.keys.stop()
        await self.budgets.stop()
        await self.lane.stop()
        await self._spool_counts()
        await self._spool_uses()
        await self.spool.stop()

    def route(self, path: str) -> Route | None:
        """The door's route for a path, or None if the path is somebody else's."""
        return match(path, self._prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """Answer one request."""
        method = scope["method"]
        if await answers.answer_at_once(send, route, method):
            return
        try:
            if not takes(route.endpoint, method):
                raise IngestError(f"method {method} is not allowed", status=405, reason="method")
            request = Request(scope, route, self._config.trusted_proxies)
            event_id, limits = await self._accept(request, receive)
            self.statuses[200] += 1
            await answers.answer_accepted(send, request, event_id, limits)
        except IngestError as error:
            self.statuses[error.status] += 1
            await answers.answer_error(send, error, route)
        except SpoolError:
            log.exception("an envelope could not be spooled and was refused")
            self.statuses[503] += 1
            await answers.answer_error(
                send, IngestError("cannot write to disk", status=503, reason="disk"), route
            )
        except Disconnected:
            self.statuses[499] += 1
        except Exception:
            log.exception("a request to %s could not be answered", route.endpoint)
            self.statuses[500] += 1
            await answers.answer_error(
                send, IngestError("internal error", status=500, reason="internal"), route
            )

    def accept_now(self, exchange: Exchange, route: Route) -> bool:
        """Accept an ordinary envelope that is here whole, without a task of its own.

        It is answered once it is on disk. False, with nothing done, for whatever needs a
        longer look: that goes the way of `__call__`.
        """
        body = exchange.whole_body
        if body is None or route.endpoint != "envelope" or exchange.scope["method"] != "POST":
            return False
        request = Request(exchange.scope, route, self._config.trusted_proxies)
        try:
            found = self._look_at_once(request, body)
        except IngestError:
            return False
        if found is None:
            return False
        credentials, key, opened = found
        public_key = credentials.public_key
        self.quota.refuse_all(public_key, key, opened.seen)
        meta = meta_of(request, key, credentials, opened, {})

        def answer(error: SpoolError | None) -> None:
            self.memory.give_back(public_key, len(body))
            if error is not None:
                log.error("an envelope could not be spooled and was refused: %s", error)
            self.statuses[200 if error is None else 503] += 1
            answers.write_accepted(exchange, opened.seen.event_id, error)

        self.spool.append_with(encode_meta(meta), body, answer, tie=opened.seen.tie)
        self._uses.accepted(public_key, key, meta, opened.seen.sent_at)
        return True

    def _look_at_once(
        self, request: Request, body: bytes
    ) -> tuple[Credentials, Key, Opened] | None:
        """An ordinary envelope, whose bytes are then counted as held; None for any other."""
        credentials = credentials_of(request.route, request.headers, request.query)
        known = self.keys.known(credentials.public_key) if credentials else None
        if credentials is None or known is None or not known.is_open_to_all:
            return None
        key = self._admission.check_key(known, request.route, request.headers, request.address)
        opened = open_at_once(job_of(request, self._config), body)
        if opened is None or opened.seen.flaws or not opened.seen.categories:
            return None
        agree(request.route, credentials, opened.seen.dsn)
        if not self.quota.has_room(credentials.public_key, key, opened.seen.categories):
            return None
        self.memory.take(credentials.public_key, len(body))
        return credentials, key, opened

    async def _accept(self, request: Request, receive: Receive) -> tuple[str, list[RateLimit]]:
        """Whose it is, then the body, then the record. Raises IngestError."""
        route, headers = request.route, request.headers
        credentials = credentials_of(route, headers, request.query)
        key: Key | None = None
        if credentials is not None:  # refuse strangers before their body is read
            key = await self._admission.find_key(credentials, route, headers, request.address)
        body = Body(self._config.body_folder)
        owner = credentials.public_key if credentials else subscriber(request.address)
        holding = Holding(self.memory, self.disk, owner, is_stranger=key is None)
        try:
            reader = body_reader(
                request,
                receive,
                body,
                holding,
                most_bytes=self._config.max_envelope_bytes,
                grace_seconds=self._config.body_timeout_seconds,
            )
            if credentials is None:
                credentials = await self._meet(request, reader, body)
                key = await self._admission.find_key(credentials, route, headers, request.address)
                holding.become(credentials.public_key)
            await read_body(reader)
            assert key is not None
            return await self._accept_body(request, credentials, key, body)
        except IngestError as error:
            if key is not None and credentials is not None:
                self._uses.refused(credentials.public_key, key, error.reason)
                if not error.is_counted:
                    self._tally.count(key.project_id, "default", error.outcome, error.reason, 1)
            raise
        finally:
            holding.close()
            body.close()

    async def _meet(self, request: Request, reader: BodyReader, body: Body) -> Credentials:
        """The credentials in an envelope's first line; no more is read or inflated for them."""
        await read_body(reader, enough=_STRANGER_BYTES)
        prefix = body.in_memory[:_STRANGER_BYTES]
        return agree(request.route, None, dsn_of(prefix, request.encoding))

    async def _accept_body(
        self, request: Request, credentials: Credentials, key: Key, body: Body
    ) -> tuple[str, list[RateLimit]]:
        opened = await self._open(request, credentials, body)
        result = Body.of_file(opened.path) if opened.path else None
        try:
            seen = opened.seen
            agree(request.route, credentials, seen.dsn)
            limits, refused = self.quota.refuse_all(credentials.public_key, key, seen)
            if len(refused) == len(seen.categories):
                return turn_away(self._tally, request.route, key, seen, limits, refused)
            meta = meta_of(request, key, credentials, opened, refused)
            record = body if request.route.endpoint == "envelope" else result
            if record is None:
                await self.spool.append(encode_meta(meta), opened.envelope, tie=seen.tie)
            else:
                content = record.path or record.in_memory
                await self.spool.append(encode_meta(meta), content, tie=seen.tie)
            self._uses.accepted(credentials.public_key, key, meta, seen.sent_at)
            return seen.event_id, limits
        finally:
            if result is not None:
                result.close()

    async def _open(self, request: Request, credentials: Credentials, body: Body) -> Opened:
        job = job_of(request, self._config)
        if body.path is None:
            opened = open_at_once(job, body.in_memory)
            if opened is not None:
                return opened
        job.folder = str(self._config.body_folder)
        job.path = str(body.path or "")
        return await self.lane.open(job, body, credentials.public_key)

    async def _spool_counts(self) -> None:
        if not (rows := self._tally.take()):
            return
        meta = Meta(0, clock.timestamp(), kind="outcomes")
        try:
            await self.spool.append(encode_meta(meta), encode_refusals(rows))
        except SpoolError:
            self._tally.put_back(rows)

    async def _spool_uses(self) -> None:
        uses = self._uses.take()
        if uses:
            meta = Meta(0, clock.timestamp(), kind="uses")
            with suppress(SpoolError):  # what is lost of them is told by the next ones
                await self.spool.append(encode_meta(meta), encode_uses(uses))

    async def _tick(self) -> None:
        """Look at the pressure twice a second; write counts and uses every few seconds."""
        written = noted = time.monotonic()
        while True:
            await asyncio.sleep(self.quota.look_seconds)
            try:
                self.quota.look()
            except OSError:
                log.exception("backlog and disk cannot be measured; the old verdict stays")
            if time.monotonic() - written > _TALLY_SECONDS:
                written = time.monotonic()
                await self._spool_counts()
            if time.monotonic() - noted > _USES_SECONDS:
                noted = time.monotonic()
                await self._spool_uses()
