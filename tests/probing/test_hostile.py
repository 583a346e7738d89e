"""Targets and settings that mean harm: one of them never holds up the loop of all others."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
import time
from collections.abc import Callable
from typing import Any

import dns.message
import dns.rrset
import msgspec
import pytest
import uvloop

from tests.probing.looking import LOOPBACK, look, said
from tests.probing.servers.background import Background
from tests.probing.servers.web import Web
from vedette.probing.around import Around
from vedette.probing.conditions import BadCondition, Mismatch, Seen, compile_condition
from vedette.probing.kinds import probes
from vedette.probing.result import Outcome, Result
from vedette.uptime.checks import Check, decode_checks, encode_checks

_HELD_UP_SECONDS = 0.4  # far more than any piece of work takes, far less than the attacks did
_SLOW_PATTERN = "/\\w{900}z/"  # 2,705 instructions, which RE2 tries one by one
_LONG = b"abcdefgh" * (1 << 17)


def _beside(kind: str, settings: dict[str, Any], seconds: float = 2.0) -> tuple[Result, float]:
    """One run, and the longest time for which whatever else runs in its loop was held up."""
    probe = probes()[kind].prepare(settings)

    async def main() -> tuple[Result, float]:
        worst = 0.0

        async def turn() -> None:
            nonlocal worst
            while True:
                began = time.perf_counter()
                await asyncio.sleep(0.01)
                worst = max(worst, time.perf_counter() - began - 0.01)

        turning = asyncio.create_task(turn())
        result = await probe(Around(seconds=seconds, allowed=LOOPBACK))
        await asyncio.sleep(0.02)
        turning.cancel()
        return result, worst

    return uvloop.run(main())


async def _pour(writer: asyncio.StreamWriter, data: bytes, pause: float = 0.05) -> None:
    """Say it again and again."""
    while True:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(pause)


def _socket_that_pours(data: bytes) -> Callable[..., Any]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        key = next(value for name, value in lines.items() if name.lower() == b"sec-websocket-key")
        known = key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(known).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
        writer.write(b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        await _pour(writer, data)

    return talk


@pytest.mark.parametrize(
    "frame", [b"\x8a\x00", b"\x89\x00", b"\x81\x00"], ids=["pongs", "pings", "messages"]
)
def test_a_socket_that_pours_out_frames_is_left(background: Background, frame: bytes) -> None:
    """The smallest frames cost the most: they are counted."""
    port = background.serve(_socket_that_pours(frame * 100_000))
    found, held_up = _beside("websocket", {"url": f"ws://127.0.0.1:{port}/"})
    assert said(found) == (Outcome.FAIL, "protocol"), found
    assert held_up < _HELD_UP_SECONDS


def test_a_server_of_grpc_that_pours_out_frames_is_left(background: Background) -> None:
    """Frames that carry nothing are counted."""
    settings = b"\0\0\0\x04\0\0\0\0\0"

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _pour(writer, settings * 28_000)

    where = {"host": "127.0.0.1", "port": background.serve(talk), "tls": False}
    found, held_up = _beside("grpc", where)
    assert said(found) == (Outcome.FAIL, "protocol"), found
    assert held_up < _HELD_UP_SECONDS


def test_a_name_server_that_pours_out_answers_is_left(background: Background) -> None:
    """Answers to other questions are not read for ever, nor are those that are far too long."""
    other = dns.message.make_response(dns.message.make_query("other.example", "A"))
    names = [f"{number}.other.example" for number in range(1200)]
    other.answer = [dns.rrset.from_text(f"{one}.", 60, "IN", "A", "192.0.2.1") for one in names]
    long = other.to_wire(max_size=65535)

    class Pouring(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            for _ in range(120):
                self.transport.sendto(data[:2] + long[2:], addr)

    async def listen() -> int:
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_datagram_endpoint(Pouring, local_addr=("127.0.0.1", 0))
        port: int = made.get_extra_info("sockname")[1]
        return port

    where = {"name": "shop.example", "server": "127.0.0.1", "port": background.do(listen())}
    found, held_up = _beside("dns", where)
    assert found.outcome is Outcome.FAIL
    assert held_up < _HELD_UP_SECONDS


def test_an_answer_without_an_end_is_left(background: Background) -> None:
    """What comes behind the body counts, too: it ends long before the deadline."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")
        await _pour(writer, b"a:b\r\n" * 50_000, pause=0)

    found, _ = _beside("http", {"url": f"http://127.0.0.1:{background.serve(talk)}/"}, 20.0)
    assert said(found) == (Outcome.FAIL, "protocol"), found


def test_data_that_nobody_waits_for_is_not_kept(background: Background) -> None:
    """A relay that sends before it was asked to fills no memory."""
    from vedette.probing.turn.session import Credentials, Session

    class Pouring:
        is_reliable = True
        local = ("127.0.0.1", 1)
        left = 1000

        def send(self, data: bytes) -> None:
            pass

        async def receive(self) -> bytes:
            self.left -= 1
            if not self.left:
                raise EOFError
            return struct.pack("!HH", 0x4000, 60_000) + bytes(60_000)

    session = Session(Pouring(), Credentials("user", "password"))
    with pytest.raises(EOFError):
        asyncio.run(session.allocate())
    assert sum(map(len, session._data)) < 1 << 22


def test_patterns_that_take_too_long_are_the_conditions_fault(web: Web, at: str) -> None:
    """The answer is not judged by them, and nobody waits for it."""
    del web
    seen = Seen(body=_LONG)
    began = time.process_time()
    with pytest.raises(Mismatch, match="too long"):
        compile_condition(f"body ~ {_SLOW_PATTERN}").judge(seen)
    assert time.process_time() - began < 1


def test_patterns_over_a_long_answer_hold_nobody_up(background: Background) -> None:
    """What takes part of a second is done beside the loop, and the result is the same."""
    body = _LONG[: 1 << 15]  # with the pattern it is a fifth of a second of work

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    conditions = [f"body !~ {_SLOW_PATTERN}", "status == 200"]
    where = {"url": f"http://127.0.0.1:{background.serve(talk)}/", "conditions": conditions}
    found, held_up = _beside("http", {**where, "capture": ["size = len(body)"]}, 5.0)
    assert said(found) == (Outcome.OK, ""), found
    assert found.captured == {"size": float(len(body))}
    assert held_up < found.duration_ms / 2000


def test_a_conversation_has_so_much_time_for_patterns_as_an_answer(
    background: Background,
) -> None:
    """A port that drips makes the same pattern look again and again: that is bounded."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(80):  # less than a probe holds, in however few parts it arrives
            writer.write(b"a" * 512)
            await writer.drain()
            await asyncio.sleep(0.001)
        await reader.read()

    where = {"host": "127.0.0.1", "port": background.serve(talk), "expect": _SLOW_PATTERN}
    found, held_up = _beside("tcp", where, 5.0)
    assert said(found) == (Outcome.UNKNOWN, "config_error"), found
    assert held_up < _HELD_UP_SECONDS


@pytest.mark.parametrize("written", ['body ~ "\\ud800"', '$["\\ud800"] == 1', 'body == "\\ud800"'])
def test_half_a_character_is_refused_in_words(written: str) -> None:
    """An escape that stands for half a character is no text."""
    with pytest.raises(BadCondition, match="escape"):
        compile_condition(written)


@pytest.mark.parametrize("said_by", ["nan", "inf", "-inf", "1e999", "9" * 400, "9" * 5000])
def test_figures_that_are_none_are_not_kept(background: Background, said_by: str) -> None:
    """One check that cannot be read again would take those beside it along."""
    info = f"used_memory:{said_by}\r\nredis_version:7\r\n".encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"+PONG\r\n")
        await reader.read(1000)
        writer.write(b"$%d\r\n%s\r\n" % (len(info), info))
        await writer.drain()

    where = {"host": "127.0.0.1", "port": background.serve(talk)}
    found = look("redis", **where, capture=["memory = $.used_memory"])
    assert said(found) == (Outcome.OK, "")
    assert found.captured == {}
    assert decode_checks(encode_checks([_check(found)])).checks[0].outcome == "ok"


def test_what_a_server_says_of_itself_is_short(background: Background) -> None:
    """However long it is, the check can be kept, with what is short of it."""
    info = b"redis_version:v" + b"7" * 500_000 + b"\r\nconnected_clients:3\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"+PONG\r\n")
        await reader.read(1000)
        writer.write(b"$%d\r\n%s\r\n" % (len(info), info))
        await writer.drain()

    found = look("redis", host="127.0.0.1", port=background.serve(talk))
    assert found.facts["connected_clients"] == 3
    assert len(msgspec.json.encode(found.facts)) <= 4096


def test_a_number_without_end_is_the_targets_fault(background: Background) -> None:
    """It is no answer of Redis, and no fault of the probe."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b":" + b"9" * 5000 + b"\r\n")
        await writer.drain()

    found = look("redis", host="127.0.0.1", port=background.serve(talk))
    assert said(found) == (Outcome.FAIL, "protocol")


def test_what_a_target_says_can_be_written_into_every_database(
    background: Background,
) -> None:
    """PostgreSQL takes no NUL, and with it none of the checks that are judged together."""

    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"status": "a\\u0000b", "\\u0000": 1}\x00\x00'
        head = b"HTTP/1.1 503 Away\r\nContent-Length: %d\r\nX-Odd: ab\r\n\r\n" % len(body)
        writer.write(head + body)
        await writer.drain()
        writer.close()

    url = f"http://127.0.0.1:{background.serve(odd)}/"
    for condition in ("status == 200", '$.status == "ok"', 'body contains "ok"'):
        found = look("http", url=url, conditions=[condition], capture=["x = $.status"])
        assert found.outcome is Outcome.FAIL
        assert r"\x00" not in repr(found)


def _check(found: Result) -> Check:
    return Check(
        monitor=1,
        slug="shop",
        kind="redis",
        due=1e9,
        at=1e9,
        outcome=str(found.outcome),
        captured=found.captured,
        facts=found.facts,
        evidence=found.evidence,
    )
