"""The door in this process: requests in, answers and spooled records out, no worker."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from vedette.config import Config
from vedette.ingest.app import Door
from vedette.ingest.budgets import Standing
from vedette.ingest.keys import Key
from vedette.spool.meta import Meta, Refusal, decode_meta, decode_refusals
from vedette.spool.reader import SpoolReader
from vedette.wire.encodings import inflate
from vedette.wire.envelope import build_envelope, read_headers, walk_items

T = TypeVar("T")
KEY = "a" * 32
OTHER_KEY = "b" * 32
EVENT = build_envelope(
    {"event_id": "c" * 32}, [({"type": "event"}, b'{"message":"the lamp fell"}')]
)


class Answer(NamedTuple):
    """What the client sees."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Doorway:
    """A door with two keys: KEY opens project 42, OTHER_KEY project 43."""

    def __init__(self, folder: Path, runner: asyncio.Runner, **settings: Any) -> None:
        self.keys: dict[str, Key] = {KEY: Key(42), OTHER_KEY: Key(43)}
        self.config = dataclasses.replace(Config(data=folder), **settings)
        self.config.spool_folder.mkdir(parents=True)
        self.config.body_folder.mkdir(parents=True)
        self._runner = runner
        self.standing = Standing()
        self.door = Door(self.config, lambda: dict(self.keys), lambda: self.standing)
        self.run(self.door.start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the door's loop."""
        return self._runner.run(work)

    def know(self, standing: Standing) -> None:
        """Let the door read how budgets stand."""
        self.standing = standing
        self.run(self.door.budgets.refresh())

    def send(
        self,
        path: str = "/api/42/envelope/",
        body: bytes | list[bytes] = EVENT,
        *,
        auth: bool = True,
        headers: dict[str, str] | None = None,
        query: str = "",
        method: str = "POST",
    ) -> Answer:
        """One request; a list of bytes is a chunked body. With `auth` the key of project 42."""
        held = {key.lower(): value for key, value in (headers or {}).items()}
        if auth:
            held.setdefault("x-sentry-auth", f"Sentry sentry_key={KEY}, sentry_version=7")
        return self.run(self._send(path, body, held, query, method))

    async def _send(
        self, path: str, body: bytes | list[bytes], headers: dict[str, str], query: str, method: str
    ) -> Answer:
        chunks = [body] if isinstance(body, bytes) else list(body)
        if isinstance(body, bytes):
            headers.setdefault("content-length", str(len(body)))
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(k.strip().encode(), v.encode("latin-1")) for k, v in headers.items()],
            "client": ("127.0.0.1", 1234),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        route = self.door.route(path)
        assert route is not None, path
        await self.door(scope, receive, send, route)
        start, end = sent
        names = {key.decode(): value.decode() for key, value in start["headers"]}
        return Answer(start["status"], names, end["body"])

    def records(self) -> list[tuple[Meta, bytes]]:
        """What lies in the spool, decoded, in the order in which it came."""
        found = []
        for name in ("web-0", "web-tied-0"):
            reader = SpoolReader(self.config.spool_folder / name, 0)
            for record in reader.read(10_000, 1 << 30):
                meta = decode_meta(record.meta)
                found.append((meta, inflate(record.body, meta.encoding.encode(), 1 << 28)))
        return sorted(found, key=lambda one: one[0].received)

    def items(self) -> list[tuple[str, bytes]]:
        """Type and payload of every spooled item."""
        found = []
        for meta, body in self.records():
            if meta.kind == "envelope":
                _, offset = read_headers(body)
                found += [(i.header.type, i.payload(body)) for i in walk_items(body, offset)]
        return found

    def refusals(self) -> list[Refusal]:
        """What the door has turned away and counted."""
        self.run(self.door._spool_counts())
        return [
            refusal
            for meta, body in self.records()
            if meta.kind == "outcomes"
            for refusal in decode_refusals(body)
        ]


@contextmanager
def doorway(folder: Path, **settings: Any) -> Iterator[Doorway]:
    """A door that is closed at the end."""
    with asyncio.Runner() as runner:
        held = Doorway(folder, runner, **settings)
        try:
            yield held
        finally:
            held.run(held.door.stop())
