"""Changes of bodies: wrong types anywhere in JSON and forms, cuts, broken compressed streams."""

from __future__ import annotations

import copy
import gzip
import json
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

import brotli
import zstandard

from benchmarks.mutation.changes import ODD, value
from benchmarks.mutation.request import Request

_WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1 << 31, 1 << 63, 1 << 64, -(1 << 63) - 1, 10**400, 1e308, -0.0),
    *("", [], {}, [[]], [None], {"": None}, [{}], {"values": None}, {"values": [None, 7, []]}),
    *([1] * 3000, {str(n): n for n in range(500)}, {"a": {"b": {"c": [{"d": []}]}}}),
    *(float("nan"), float("inf"), "x" * 20_000),
)
_FEW_PLACES = 300
_DEEP = (
    *(b"[" * 200_000, b'{"a":' * 5000, b"[" * 400 + b"]" * 400, b"{}", b"[]", b"null", b"NaN"),
    *(b'{"event_id":' + b"9" * 5000 + b"}", b'{"\xed\xa0\x80":"\xed\xa0\x80"}', b"\xff\xfe{\0}\0"),
)
_COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 1),
    "deflate": lambda body: zlib.compress(body, 1),
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}


def wrong_types(chance: Random, payload: Any, times: int) -> Any:
    """The JSON with some of its values, keys or lists replaced, repeated or left out."""
    for _ in range(times):
        places = list(_places(payload, 0))
        if not places:
            return copy.deepcopy(chance.choice(_WRONG))
        holder, key = chance.choice(places)
        kind = chance.random()
        if kind < 0.75:
            wrong = chance.choice(_WRONG) if kind < 0.4 else chance.choice(ODD)
            holder[key] = copy.deepcopy(wrong)
        elif kind < 0.85:
            del holder[key]
        elif isinstance(holder, dict):
            holder[value(chance)] = holder[key]
        else:
            # Not again and again: a thousand times a thousand values are gigabytes.
            most = (1, 30, 1000) if len(places) < _FEW_PLACES else (1,)
            holder[key:key] = [holder[key]] * chance.choice(most)
    return payload


def dumped(payload: Any) -> bytes:
    """JSON bytes, in which a lone surrogate stays one."""
    return json.dumps(payload).encode("utf-8", "surrogatepass")


def envelope(chance: Random, headers: dict[str, Any], items: list[Any]) -> bytes:
    """An envelope of changed items; now and then with headers that lie."""
    if chance.random() < 0.2:
        headers = wrong_types(chance, headers, 1)
    built = [(dict(header), body) for header, body in items]
    for header, _ in built:
        if chance.random() < 0.15:
            wrong_types(chance, header, 1)
    if chance.random() < 0.1:
        built *= chance.choice((2, 30))
    lines = [dumped(headers)]
    for header, body in built:
        lines += [dumped({"length": len(body), **header}), body]
    whole = b"\n".join(lines) + b"\n"
    if chance.random() < 0.1:
        whole = whole.replace(b'"length": ', b'"length": ' + chance.choice((b"9", b"-", b"1e")), 1)
    return whole


def spoil(chance: Random, request: Request) -> None:
    """Cut the body, put bytes into it, or replace it."""
    body, kind = request.body, chance.random()
    if kind < 0.4 or not body:
        request.body = chance.choice(_DEEP) if kind < 0.1 or not body else body[: _in(chance, body)]
    elif kind < 0.8:
        place = _in(chance, body)
        piece = chance.choice((b"\0", b"\xff", b"\n", b'"', b"\n\n{}\n", b"\xed\xa0\x80", b"--"))
        request.body = body[:place] + piece + body[place + chance.randint(0, 3) :]
    else:
        request.body = chance.randbytes(chance.randint(1, 300))


def swell(chance: Random, request: Request) -> None:
    """A body of some megabytes, which is held on disk on its way."""
    request.body += chance.choice((b" ", b"x", b"&a=b", b"\n{}")) * chance.randint(
        300_000, 1_500_000
    )


def compress(chance: Random, request: Request) -> None:
    """Send the body compressed, now and then by another name, cut or spoilt."""
    name = chance.choice(tuple(_COMPRESSED))
    request.body = _COMPRESSED[name](request.body)
    if chance.random() < 0.4:
        spoil(chance, request)
    request.header("Content-Encoding", name if chance.random() < 0.85 else chance.choice(ODD[:20]))
    request.is_whole = request.is_whole and request.headers[-1][1].isprintable()


def _in(chance: Random, body: bytes) -> int:
    return chance.randrange(len(body) + 1)


def _places(node: Any, depth: int) -> Any:
    """Every (container, key) of a JSON value."""
    if depth > 60 or not isinstance(node, dict | list):
        return
    for key in list(node) if isinstance(node, dict) else range(min(len(node), 100)):
        yield node, key
        yield from _places(node[key], depth + 1)
