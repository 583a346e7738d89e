"""A name server and an echo of WebSockets at one port, a mail server at the next: a process.

Usage: python -m tests.probing.servers.others
"""

from __future__ import annotations

import asyncio

from aiosmtpd.smtp import SMTP
from websockets.asyncio.server import ServerConnection, serve

from tests.probing.servers.background import answering
from tests.probing.servers.names import NameServer
from tests.probing.servers.programs import free_port


async def echo(held: ServerConnection) -> None:
    """Says again what it is told."""
    async for message in held:
        await held.send(message)


async def main() -> None:
    """Listen, and say the first port."""
    loop = asyncio.get_running_loop()
    port = free_port()
    await loop.create_datagram_endpoint(answering(NameServer()), local_addr=("127.0.0.1", port))
    await loop.create_server(lambda: SMTP(object(), hostname="mail.example"), "127.0.0.1", port + 1)
    async with serve(echo, "127.0.0.1", port):
        print(port, flush=True)
        await loop.create_future()


if __name__ == "__main__":
    asyncio.run(main())
