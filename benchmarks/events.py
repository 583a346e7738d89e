"""Realistic 10 KB error events for the benchmarks: many places, users, releases, one shape."""

from __future__ import annotations

import json
import random
import uuid
import zlib
from typing import Any

_WORDS = (
    "order", "cart", "price", "stock", "lamp", "chair", "basket", "voucher", "invoice", "parcel",
    "label", "shelf", "till",
)  # fmt: skip
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17 Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
)


def event(group: int, seed: int, timestamp: float) -> dict[str, Any]:
    """One event of about 10 KB that belongs to bug number `group`."""
    rng = random.Random(seed)
    place = random.Random(group)
    names = [place.choice(_WORDS) for _ in range(24)]
    frames = [
        _frame(place, rng, names[i], names[i + 1], i % 3 == 0 or i == 21, group) for i in range(22)
    ]
    number = rng.randrange(100_000)
    return {
        "event_id": uuid.UUID(int=rng.getrandbits(128)).hex,
        "timestamp": timestamp,
        "platform": "python",
        "level": "error",
        "server_name": f"web-{rng.randrange(4)}",
        "release": f"shop@1.{group % 7}.{rng.randrange(3)}",
        "environment": rng.choice(["production", "production", "staging"]),
        "transaction": f"/{names[0]}/<int:{names[1]}_id>/",
        "sdk": {"name": "sentry.python.django", "version": "2.75.0"},
        "tags": {"region": f"eu-{rng.randrange(3)}", "plan": rng.choice(["free", "team"])},
        "user": {"id": str(rng.randrange(5000)), "email": f"user{number}@example.com"},
        "request": {
            "url": f"https://shop.example/{names[0]}/{number}/",
            "method": "POST",
            "headers": {
                "User-Agent": rng.choice(_AGENTS),
                "Accept": "application/json",
                "Authorization": "Bearer abcdefghijklmnop",
                "Host": "shop.example",
            },
            "data": {"quantity": rng.randrange(9), "note": " ".join(rng.choices(_WORDS, k=12))},
        },
        "exception": {
            "values": [
                {
                    "type": f"{names[3].title()}Error",
                    "value": f"cannot {names[4]} {names[5]} number {number}",
                    "module": f"shop.{names[3]}",
                    "mechanism": {"type": "django", "handled": False},
                    "stacktrace": {"frames": frames},
                }
            ]
        },
        "breadcrumbs": {
            "values": [
                {
                    "timestamp": timestamp - 10 + i,
                    "category": rng.choice(["query", "http", "cart"]),
                    "message": f"SELECT * FROM {names[i]} WHERE id = {rng.randrange(10_000)}",
                    "level": "info",
                }
                for i in range(14)
            ]
        },
        "contexts": {
            "runtime": {"name": "CPython", "version": "3.12.4"},
            "trace": {
                "trace_id": uuid.UUID(int=rng.getrandbits(128)).hex,
                "span_id": f"{rng.getrandbits(64):016x}",
                "op": "http.server",
            },
        },
        "modules": {f"package-{word}": f"{len(word)}.1.0" for word in _WORDS},
        "extra": {"sys.argv": ["manage.py", "runserver"], "attempt": rng.randrange(5)},
    }


def _frame(
    place: random.Random, rng: random.Random, name: str, word: str, in_app: bool, group: int
) -> dict[str, Any]:
    module = f"shop.{name}.{word}" if in_app else f"django.{name}"
    return {
        "function": f"{word}_{name}_{group % 50}",
        "module": module,
        "filename": module.replace(".", "/") + ".py",
        "abs_path": f"/srv/app/{module.replace('.', '/')}.py",
        "lineno": place.randrange(10, 900),
        "in_app": in_app,
        "pre_context": [f"    {word} = load_{name}({word}_id)", "    if not found:"],
        "context_line": f"    return {word}.{name}(request, total)",
        "post_context": ["", f"def save_{word}(self):"],
        "vars": {
            word: f"<{word.title()}: {rng.randrange(9999)}>",
            "total": f"{rng.randrange(1, 99_999) / 100}",
        },
    }


class Gzipped:
    """Envelopes as gzip bodies, each with its own event id, made without compressing again.

    The envelope's header line is a stored block before a payload that was compressed once.
    """

    def __init__(self, payload: bytes) -> None:
        item = b'{"type":"event","length":%d}\n%b\n' % (len(payload), payload)
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        self._packed = packer.compress(item) + packer.flush()
        self._item = item

    def body(self, event_id: str) -> bytes:
        """A whole gzip member."""
        line = b'{"event_id":"%b"}\n' % event_id.encode()
        size = len(line)
        stored = b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + line
        crc = zlib.crc32(self._item, zlib.crc32(line))
        tail = crc.to_bytes(4, "little") + (size + len(self._item)).to_bytes(4, "little")
        return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + stored + self._packed + tail


def payload(group: int, seed: int, timestamp: float) -> bytes:
    """The event's JSON."""
    return json.dumps(event(group, seed, timestamp), separators=(",", ":")).encode()
