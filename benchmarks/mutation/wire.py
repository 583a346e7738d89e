"""Sends bytes and reads what comes back: the status, and whether the answer was whole."""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

WHOLE_SECONDS = 40.0
_BROKEN_SECONDS = 0.4
_MOST_BYTES = 64 << 20
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answer(NamedTuple):
    """`status` 0 means that none came; `fault` says what was wrong with the connection."""

    status: int
    body: bytes = b""
    fault: str = ""
    head: bytes = b""


async def ask(port: int, data: bytes, *, is_whole: bool = True, is_head: bool = False) -> Answer:
    """One request on a connection of its own."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS if is_whole else _BROKEN_SECONDS):
            return await _ask(port, data, is_head=is_head)
    except TimeoutError:
        return Answer(0, fault="no answer in time")
    except (OSError, EOFError, asyncio.LimitOverrunError) as error:
        return Answer(0, fault=f"{type(error).__name__}: {error}")


async def _ask(port: int, data: bytes, *, is_head: bool) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if is_head or status in (204, 304) or b"text/event-stream" in lower:
            return Answer(status, head=head)
        length = _LENGTH.search(head)
        if length:
            return Answer(status, await reader.readexactly(int(length[1])), head=head)
        if b"chunked" in lower:
            return Answer(status, await _chunks(reader), head=head)
        return Answer(status, await reader.read(_MOST_BYTES), head=head)
    finally:
        writer.transport.abort()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        found += (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            return bytes(found)
