"""The door: raw ASGI from an SDK's request to a record on disk, and only then 200.

Called by `vedette.server` for every path that `routes.match` knows. Owns the spool's writer,
the key table and the quota. Never raises to the server: every failure has an answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping

from vedette import clock
from vedette.config import Config
from vedette.ingest import answers
from vedette.ingest.admission import Admission
from vedette.ingest.endpoints import CONVERTERS, Incoming
from vedette.ingest.errors import IngestError, RateLimited
from vedette.ingest.inspection import Inspection, inspect
from vedette.ingest.keys import Key, KeyTable
from vedette.ingest.quota import Quota
from vedette.ingest.request import (
    Disconnected,
    Inflight,
    Receive,
    Scope,
    Send,
    read_body,
    read_headers,
    remote_address,
)
from vedette.ingest.routes import Route, match
from vedette.ingest.tally import Tally
from vedette.spool.meta import Meta, encode_meta, encode_refusals
from vedette.spool.writer import SpoolError, SpoolWriter, SpoolWriters
from vedette.wire.auth import Credentials
from vedette.wire.encodings import EncodingError, inflate
from vedette.wire.limits import RateLimit

log = logging.getLogger("vedette.ingest")

_LARGE_BYTES = 1 << 18
_TALLY_SECONDS = 2.0
_NEVER_LIMITED = frozenset({"minidump", "unreal", "cron"})  # their clients send again at once
_POST_ONLY = frozenset({"envelope", "security", "nel", "minidump", "unreal", "attachments", "otlp"})


class Door:
    """The ingest application of one process."""

    def __init__(
        self,
        config: Config,
        load_keys: Callable[[], Mapping[str, Key]],
    ) -> None:
        self._config = config
        self._prefix = config.path_prefix
        self.keys = KeyTable(load_keys)
        self.quota = Quota(
            spool_folder=config.spool_folder,
            spool_max_bytes=config.spool_max_bytes,
            disk_free_min_bytes=config.disk_free_min_bytes,
        )
        self.spool = SpoolWriters(
            SpoolWriter(
                config.spool_folder / f"web-{index}",
                segment_bytes=config.spool_segment_bytes,
                notify=config.bell(index),
            )
            for index in range(config.digester_count)
        )
        self.inflight = Inflight(config.max_inflight_bytes)
        self.statuses: Counter[int] = Counter()
        self._tally = Tally()
        self._admission = Admission(self.keys, self._tally)
        self._large = asyncio.Semaphore(1)
        self._timer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the keys and begin to accept. Raises what the key loader raises."""
        self.spool.start(asyncio.get_running_loop())
        await self.keys.start()
        self.quota.look()
        self._timer = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Write down the counts, commit what is waiting and close the spool."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        await self.keys.stop()
        await self._spool_refusals()
        await self.spool.stop()

    def route(self, path: str) -> Route | None:
        """The door's route for a path, or None if the path is somebody else's."""
        return match(path, self._prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """Answer one request."""
        method = scope["method"]
        if method == "OPTIONS":
            await answers.answer(send, 200, b"")
            return
        try:
            if not _is_allowed(route.endpoint, method):
                raise IngestError(f"method {method} is not allowed", status=405, reason="method")
            event_id, limits = await self._accept(scope, receive, route)
            self.statuses[200] += 1
            await answers.answer_accepted(send, route.endpoint, method, event_id, limits)
        except IngestError as error:
            self.statuses[error.status] += 1
            await answers.answer_error(send, error)
        except SpoolError:
            log.exception("an envelope could not be spooled and was refused")
            self.statuses[503] += 1
            await answers.answer_error(
                send, IngestError("cannot write to disk", status=503, reason="disk")
            )
        except Disconnected:
            self.statuses[499] += 1
        except Exception:
            log.exception("a request to %s could not be answered", route.endpoint)
            self.statuses[500] += 1
            await answers.answer_error(
                send, IngestError("internal error", status=500, reason="internal")
            )

    async def _accept(
        self, scope: Scope, receive: Receive, route: Route
    ) -> tuple[str, list[RateLimit]]:
        headers = read_headers(scope)
        credentials = self._admission.credentials(route, headers, scope["query_string"])
        key: Key | None = None
        if credentials is not None:  # refuse strangers before their body is read
            key = await self._admission.find_key(credentials, route, headers)
        try:
            return await self._receive(scope, receive, headers, route, credentials)
        except IngestError as error:
            if key is not None and not error.is_counted:
                self._tally.count(key.project_id, "default", error.outcome, error.reason, 1)
            raise

    async def _receive(
        self,
        scope: Scope,
        receive: Receive,
        headers: dict[bytes, bytes],
        route: Route,
        credentials: Credentials | None,
    ) -> tuple[str, list[RateLimit]]:
        """Read the body and accept it."""
        body = await read_body(
            receive,
            headers,
            self.inflight,
            most_bytes=self._config.max_envelope_bytes,
            timeout_seconds=self._config.body_timeout_seconds,
        )
        try:
            return await self._accept_body(scope, headers, route, credentials, body)
        finally:
            self.inflight.give_back(len(body))

    async def _accept_body(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        route: Route,
        credentials: Credentials | None,
        body: bytes,
    ) -> tuple[str, list[RateLimit]]:
        if len(body) <= _LARGE_BYTES:
            opened = self._open(scope, headers, route, body)
            return await self._accept_opened(scope, headers, route, credentials, body, opened)
        async with self._large:
            opened = await asyncio.to_thread(self._open, scope, headers, route, body)
            return await self._accept_opened(scope, headers, route, credentials, body, opened)

    def _open(
        self, scope: Scope, headers: dict[bytes, bytes], route: Route, body: bytes
    ) -> tuple[bytes, Inspection]:
        """Decode the body, make it an envelope and inspect it. Runs in a thread if it is large."""
        encoding = headers.get(b"content-encoding", b"")
        limit = (
            self._config.max_inflated_bytes if encoding.strip() else self._config.max_envelope_bytes
        )
        try:
            plain = inflate(body, encoding, limit)
        except EncodingError as error:
            raise IngestError(str(error), status=error.status, reason="encoding") from None
        if route.endpoint != "envelope":
            plain = CONVERTERS[route.endpoint](
                Incoming(
                    body=plain,
                    method=scope["method"],
                    content_type=headers.get(b"content-type", b"").decode("latin-1"),
                    query=scope["query_string"],
                    argument=route.argument,
                    most_bytes=self._config.max_inflated_bytes,
                )
            )
        return plain, inspect(plain, max_event_bytes=self._config.max_event_bytes)

    async def _accept_opened(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        route: Route,
        credentials: Credentials | None,
        body: bytes,
        opened: tuple[bytes, Inspection],
    ) -> tuple[str, list[RateLimit]]:
        plain, seen = opened
        credentials, key = await self._admission.agree(route, headers, credentials, seen)
        limits, refused = self._refuse(credentials.public_key, key, seen.categories)
        if len(refused) == len(seen.categories):
            return self._turn_away(route, key, seen, limits, refused)
        is_envelope = route.endpoint == "envelope"
        meta = Meta(
            key.project_id,
            clock.timestamp(),
            headers.get(b"content-encoding", b"").decode("latin-1") if is_envelope else "",
            seen.event_id,
            remote_address(scope, headers, self._config.trusted_proxies),
            credentials.client,
            headers.get(b"user-agent", b"")[:512].decode("latin-1"),
            refused,
        )
        await self.spool.append(encode_meta(meta), body if is_envelope else plain)
        return seen.event_id, limits

    def _turn_away(
        self,
        route: Route,
        key: Key,
        seen: Inspection,
        limits: list[RateLimit],
        refused: dict[str, str],
    ) -> tuple[str, list[RateLimit]]:
        """Count and answer an envelope of which nothing is left; the pipeline never sees it."""
        for category, error in seen.errors:
            self._tally.count(key.project_id, category, error.outcome, error.reason, 1)
        for category, reason in refused.items():
            self._tally.count(
                key.project_id, category, "rate_limited", reason, seen.categories[category]
            )
        if limits and route.endpoint not in _NEVER_LIMITED:
            answer: IngestError = RateLimited(limits)
        elif seen.errors:
            answer = seen.errors[0][1]
        else:
            return seen.event_id, []
        answer.is_counted = True
        raise answer

    def _refuse(
        self, public_key: str, key: Key, categories: dict[str, int]
    ) -> tuple[list[RateLimit], dict[str, str]]:
        limits: list[RateLimit] = []
        refused: dict[str, str] = {}
        for category, quantity in categories.items():
            limit = self.quota.refuse(public_key, key, category, quantity)
            if limit is not None:
                limits.append(limit)
                refused[category] = limit.reason
        return limits, refused

    async def _spool_refusals(self) -> None:
        rows = self._tally.take()
        if not rows:
            return
        meta = Meta(0, clock.timestamp(), kind="outcomes")
        try:
            await self.spool.append(encode_meta(meta), encode_refusals(rows))
        except SpoolError:
            self._tally.put_back(rows)

    async def _tick(self) -> None:
        """Look at the pressure twice a second; write the counts of refusals every few seconds."""
        written = time.monotonic()
        while True:
            await asyncio.sleep(self.quota.look_seconds)
            try:
                self.quota.look()
            except OSError:
                log.exception("backlog and disk cannot be measured; the old verdict stays")
            if time.monotonic() - written > _TALLY_SECONDS:
                written = time.monotonic()
                await self._spool_refusals()


def _is_allowed(endpoint: str, method: str) -> bool:
    if method == "POST":
        return True
    return method == "GET" and endpoint not in _POST_ONLY
