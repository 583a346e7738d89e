"""Echo requests of ICMP (RFC 792, RFC 4443) through a socket that the system allows."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time

from vedette.probing.running import misconfigured

_HEAD = struct.Struct("!BBHHH")
_SIZE = 32


class Pinger:
    """Sends requests to one address and hears the answers. Closed by `close`."""

    def __init__(self, address: str) -> None:
        self._is_six = ":" in address
        self._address = address
        self._socket, self._is_raw = _open(self._is_six)
        self._id = int.from_bytes(os.urandom(2))
        self._key = os.urandom(_SIZE - 2)
        self.answers: dict[int, float] = {}  # milliseconds by number
        self.unreachable = ""
        self._sent: dict[int, float] = {}
        self._heard = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def close(self) -> None:
        """Give the socket back."""
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def send(self, number: int) -> None:
        """One request. Raises OSError."""
        payload = struct.pack("!H", number) + self._key
        kind = 128 if self._is_six else 8
        head = _HEAD.pack(kind, 0, 0, self._id, number)
        total = 0 if self._is_six else _checksum(head + payload)
        self._sent[number] = time.perf_counter()
        data = _HEAD.pack(kind, 0, total, self._id, number) + payload
        self._socket.sendto(data, (self._address, 0))

    async def wait(self, wanted: int) -> None:
        """Until so many answers are there, or the system says that nobody is reached."""
        while len(self.answers) < wanted and not self.unreachable:
            self._heard.clear()
            await self._heard.wait()

    def _read(self) -> None:
        now = time.perf_counter()
        try:
            data = self._socket.recv(2048)
        except BlockingIOError:
            return
        except OSError as error:
            self.unreachable = error.strerror or str(error)
            self._heard.set()
            return
        if self._is_raw and not self._is_six:
            data = data[(data[0] & 15) * 4 :]  # the head of IPv4 comes along
        if len(data) < _HEAD.size + 2 or data[0] != (129 if self._is_six else 0):
            return
        payload = data[_HEAD.size :]
        number = int.from_bytes(payload[:2])
        if payload[2:] == self._key and number in self._sent:
            self.answers.setdefault(number, (now - self._sent[number]) * 1000)
            self._heard.set()


def _open(is_six: bool) -> tuple[socket.socket, bool]:
    """The kind of socket that needs no privilege, else the one that does. Raises Failed."""
    family = socket.AF_INET6 if is_six else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if is_six else socket.IPPROTO_ICMP
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            made = socket.socket(family, kind, protocol)
        except OSError:
            continue
        made.setblocking(False)
        return made, kind == socket.SOCK_RAW
    raise misconfigured(
        "this system lets the program send no ping: net.ipv4.ping_group_range has to include "
        "its group, or it needs CAP_NET_RAW"
    )


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
