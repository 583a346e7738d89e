"""A web server with one path for each thing that can be wrong with one.

Usage: python -m tests.probing.servers.web
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import zlib
from typing import Any

HEALTH = {"status": "ok", "websocket": "connected", "sessions": 3}
READY = {"status": "ready", "websocket": "connected"}
PROVIDER = {"page": {"name": "Provider"}, "status": {"indicator": "none", "description": "Fine"}}


class Web:
    """Handles connections; `seen` has the head of each request, `elsewhere` another origin."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.bodies: list[bytes] = []
        self.elsewhere = ""
        self.indicator = "none"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return
        self.seen.append(head)
        length = _length(head)
        self.bodies.append(await reader.readexactly(length) if length else b"")
        path = head.split(" ")[1].partition("?")[0].strip("/").replace("/", "_") or "root"
        act = getattr(self, f"_{path.replace('-', '_').replace('.', '_')}", None)
        if act is None:
            await _answer(writer, 404, b"there is nothing")
        else:
            await act(writer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _root(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 200, b"all is well", {"X-Version": "v2.17", "Set-Cookie": "id=1"})

    async def _v1_models(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 200, b"[]")

    async def _api_health(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, HEALTH)

    async def _api_health_ready(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, READY)

    async def _no_sessions(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, HEALTH | {"sessions": 0})

    async def _degraded(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, HEALTH | {"status": "degraded"})

    async def _degraded_and_cut_off(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, {"status": "degraded", "websocket": "closed", "sessions": 0})

    async def _odd_types(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 200, HEALTH | {"sessions": "3"})

    async def _wrong_json(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 200, b'{"status": "ok"')

    async def _not_ready(self, writer: asyncio.StreamWriter) -> None:
        await _json(writer, 503, {"status": "starting", "websocket": "closed"})

    async def _broken(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 500, b"it broke: " + b"x" * 5000)

    async def _unauthorized(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 401, b"no")

    async def _quota(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 429, b"slow down", {"Retry-After": "30"})

    async def _api_v2_summary_json(self, writer: asyncio.StreamWriter) -> None:
        told = PROVIDER | {"status": {"indicator": self.indicator, "description": "So it is"}}
        await _json(writer, 200, told)

    async def _echo(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 500, self.seen[-1].encode() + self.bodies[-1])

    async def _slow(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await _answer(writer, 200, b"late")

    async def _hang(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async def _reset(self, writer: asyncio.StreamWriter) -> None:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async def _half(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it")

    async def _half_chunked(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf of it")

    async def _until_closed(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")

    async def _chunked(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in (b"all of", b" it"):
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async def _continued(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        await _answer(writer, 200, b"all of it")

    async def _garbage(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")

    async def _endless_head(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(3000):
            writer.write(b"X-%d: %s\r\n" % (number, b"x" * 1000))
            await writer.drain()

    async def _large(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 200, b'{"status": "ok", "fill": "' + b"x" * (2 << 20) + b'"}')

    async def _gzip(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 200, gzip.compress(b'{"status": "ok"}'), {"Content-Encoding": "gzip"})

    async def _deflate(self, writer: asyncio.StreamWriter) -> None:
        raw = zlib.compress(b'{"status": "ok"}')[2:-4]
        await _answer(writer, 200, raw, {"Content-Encoding": "deflate"})

    async def _bomb(self, writer: asyncio.StreamWriter) -> None:
        body = gzip.compress(b"x" * (200 << 20), 9)
        await _answer(writer, 200, body, {"Content-Encoding": "gzip"})

    async def _loop(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 302, b"", {"Location": "/loop"})

    async def _moved(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 301, b"", {"Location": "/api/health"})

    async def _posted(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 307, b"", {"Location": f"{self.elsewhere}/echo"})

    async def _away(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 302, b"", {"Location": f"{self.elsewhere}/echo"})

    async def _inside(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 302, b"", {"Location": "http://169.254.169.254/latest"})

    async def _file(self, writer: asyncio.StreamWriter) -> None:
        await _answer(writer, 302, b"", {"Location": "file:///etc/passwd"})


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


async def _json(writer: asyncio.StreamWriter, status: int, document: Any) -> None:
    await _answer(writer, status, json.dumps(document).encode())


async def _answer(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


async def main() -> None:
    """Listen in a process of its own, and say the port."""
    server = await asyncio.start_server(Web(), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
