"""What good envelopes are made of: samples of every kind, and what real clients have sent."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.mutation import bodies
from vedette import items
from vedette.wire.envelope import read_headers, walk_items

_MOST_SEED_BYTES = 60_000
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="upload_file_minidump"; filename="x"\r\n\r\n'
    b'MDMP\r\n--b\r\nContent-Disposition: form-data; name="sentry"\r\n\r\n{"tags":{"a":"b"}}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n'
)


@dataclass(frozen=True)
class Seed:
    """A good envelope: its headers and items, and the event among them, if there is one."""

    headers: dict[str, Any]
    items: tuple[tuple[dict[str, Any], bytes], ...]
    event: bytes = b""

    def envelope(self, chance: Random) -> bytes:
        """With an id of its own, mostly, and some values of JSON items changed."""
        headers = json.loads(json.dumps(self.headers))
        held = list(self.items)
        if chance.random() < 0.9 and "event_id" in headers:
            fresh = uuid.UUID(int=chance.getrandbits(128)).hex
            old = str(headers["event_id"]).encode()
            headers["event_id"] = fresh
            held = [(header, body.replace(old, fresh.encode())) for header, body in held]
        changed = []
        for header, body in held:
            if body[:1] in (b"{", b"[") and chance.random() < 0.7:
                try:
                    payload = bodies.wrong_types(chance, json.loads(body), chance.randint(1, 6))
                    body = bodies.dumped(payload)
                except (ValueError, RecursionError):
                    pass  # not JSON after all: it goes as it is
            changed.append((header, body))
        return bodies.envelope(chance, headers, changed)


def read_seeds() -> list[Seed]:
    """The samples of every kind of item, and what real clients sent where that is at hand."""
    seeds = [_read(kind.sample()) for kind in items.kinds().values()]
    for folder in (Path("tests/samples"), Path(os.environ.get("TEST_FIXTURES", "/none"))):
        for path in sorted(folder.glob("**/*.envelope")):
            body = path.read_bytes()
            if len(body) <= _MOST_SEED_BYTES:
                seeds.append(_read(body))
        for path in sorted(folder.glob("events/*/*.json")):
            event = path.read_bytes()
            if len(event) <= _MOST_SEED_BYTES and event.lstrip()[:1] == b"{":
                seeds.append(Seed({}, (({"type": "event"}, event),), event))
    return [seed for seed in seeds if seed.items]


def _read(body: bytes) -> Seed:
    _, offset = read_headers(body)
    headers = json.loads(body.partition(b"\n")[0])
    headers.pop("dsn", None)
    held = tuple(
        ({"type": item.header.type, **_header(item.header)}, bytes(item.payload(body)))
        for item in walk_items(body, offset)
    )
    event = next((data for header, data in held if header["type"] == "event"), b"")
    return Seed(headers, held, event)


def _header(header: Any) -> dict[str, Any]:
    names = ("filename", "content_type", "attachment_type")
    return {name: getattr(header, name) for name in names if getattr(header, name, None)}
