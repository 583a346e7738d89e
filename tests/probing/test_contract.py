"""What every kind of probe promises, for each file in the drawer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import uvloop
from aiosmtpd.smtp import SMTP
from websockets.asyncio.server import ServerConnection, serve

from tests.probing.looking import LOOPBACK, said
from tests.probing.servers import postgres, redis, turn
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority, pairs
from tests.probing.servers.names import NameServer
from tests.probing.servers.programs import open_sockets
from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, ProbeKind, probes
from vedette.probing.result import MOST_EVIDENCE_BYTES, Outcome, Result

Settings: TypeAlias = dict[str, Any]
Loop: TypeAlias = Callable[[], asyncio.AbstractEventLoop]
SECRET = "never-to-be-shown"
on_both_loops = pytest.mark.parametrize(
    "loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
each = pytest.mark.parametrize("kind", probes().values(), ids=probes().keys())


def run(
    kind: ProbeKind, settings: Settings, around: Around, loop: Loop = asyncio.new_event_loop
) -> Result:
    """One run; it ends by itself, in one of the declared ways."""
    with asyncio.Runner(loop_factory=loop) as runner:
        result = runner.run(asyncio.wait_for(kind.prepare(settings)(around), 30))
    assert (result.outcome is Outcome.OK) == (result.reason == "")
    assert not result.reason or result.reason in kind.reasons
    assert bool(result.text) == bool(result.reason)
    assert len(str(result.evidence.get("body", "")).encode()) <= MOST_EVIDENCE_BYTES * 3
    return result


@each
def test_a_kind_declares_itself(kind: ProbeKind) -> None:
    """Names, labels and help for people; the sample is one that can be used."""
    names = [field.name for field in kind.fields]
    assert len(set(names)) == len(names)
    assert all(field.label for field in kind.fields)
    assert any(field.is_needed for field in kind.fields) or kind.name == "third_party"
    assert any(field.is_address for field in kind.fields)
    for field in kind.fields:
        assert (field.form == "choice") == bool(field.choices)
        assert not (field.is_secret and field.example)
    assert kind.label
    assert kind.help.endswith(".")
    assert {"dns", "timeout", "config_error", "internal"} <= kind.reasons
    sample = kind.sample()
    kind.prepare(sample)
    assert kind.target(sample)
    assert kind.hosts(sample)


@each
def test_what_cannot_be_used_is_refused_in_words(kind: ProbeKind) -> None:
    """Whatever stands in a field, a probe is made or the field is named; nothing else is raised."""
    with pytest.raises(BadSettings):
        kind.prepare({})
    for field in kind.fields:
        for value in (None, 7, -1, 1e300, "x" * 30_000, "\x00", ["a"], {"a": 1}, True, "]", "é.ü"):
            words = _words(kind, kind.sample() | {field.name: value})
            assert set(words) <= {one.name for one in kind.fields}
            assert all(words.values())


def _words(kind: ProbeKind, settings: Settings) -> dict[str, str]:
    try:
        kind.prepare(settings)
    except BadSettings as error:
        return error.words
    return {}


@each
def test_no_secret_is_in_the_target(kind: ProbeKind) -> None:
    """Lists show the target to whoever sees the list."""
    secrets = {field.name: SECRET for field in kind.fields if field.is_secret}
    assert SECRET not in kind.target(kind.sample() | secrets)


@contextmanager
def _web(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    del background, folder
    yield {"http://127.0.0.1:8080": at}


@contextmanager
def _tls(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    port = background.serve(wait, pairs()["good"].server(folder))
    yield {"port": port, "authorities": authority().pem}


@contextmanager
def _mail(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    context = pairs()["good"].server(folder)

    async def start() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SMTP(object(), hostname=NAME, tls_context=context), "127.0.0.1", 0
        )

    server = background.do(start())
    yield {"port": server.sockets[0].getsockname()[1], "authorities": authority().pem}
    background.loop.call_soon_threadsafe(server.close)


@contextmanager
def _port(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        await reader.read()

    yield {"port": background.serve(greet)}


@contextmanager
def _names(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    yield {"port": background.datagrams(NameServer())}


@contextmanager
def _socket(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    async def echo(held: ServerConnection) -> None:
        async for message in held:
            await held.send(message)

    async def start() -> Any:
        return await serve(echo, "127.0.0.1", 0)

    server = background.do(start())
    port = next(iter(server.sockets)).getsockname()[1]
    yield {"ws://127.0.0.1:8080": f"ws://127.0.0.1:{port}"}


@contextmanager
def _turn(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    with turn.coturn(folder, "allow-loopback-peers", ports=(24000, 24099)) as server:
        yield {"port": server.port, "secret": turn.SECRET}


@contextmanager
def _stun(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    with turn.coturn(folder, ports=(24100, 24199)) as server:
        yield {"port": server.port}


@contextmanager
def _redis(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    with redis.redis(folder) as server:
        yield {"port": server.port, "password": redis.PASSWORD}


@contextmanager
def _postgres(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    with postgres.initialised() as cluster, postgres.start(cluster, cluster / "data") as server:
        yield {"port": server.port, "password": postgres.PASSWORD}


@contextmanager
def _grpc(background: Background, at: str, folder: Path) -> Iterator[Settings]:
    pytest.importorskip("grpc")
    from tests.probing.servers.grpc import serving

    with serving() as server:
        yield {"port": server.port}


Server: TypeAlias = Callable[[Background, str, Path], AbstractContextManager[Settings]]
SERVERS: dict[str, Server] = {
    **dict.fromkeys(("http", "health", "readiness", "third_party"), _web),
    "tls": _tls,
    "smtp": _mail,
    "tcp": _port,
    "dns": _names,
    "websocket": _socket,
    "turn": _turn,
    "stun": _stun,
    "redis": _redis,
    "postgres": _postgres,
    "grpc": _grpc,
    "ping": lambda *_: nullcontext({}),
}


def _moved(sample: Settings, changes: Settings) -> Settings:
    """The sample, at the server that runs: addresses begin otherwise, fields are others."""
    moved = dict(sample)
    for old, new in changes.items():
        if "://" in old:
            for name, value in moved.items():
                moved[name] = value.replace(old, new) if isinstance(value, str) else value
        else:
            moved[old] = new
    return moved


@on_both_loops
@each
def test_the_sample_passes_against_a_real_server(
    kind: ProbeKind, background: Background, at: str, tmp_path: Path, loop: Loop
) -> None:
    """What the kind gives as an example works, and is refused where the network is not allowed."""
    with SERVERS[kind.name](background, at, tmp_path) as changes:
        settings = _moved(kind.sample(), changes)
        found = run(kind, settings, Around(seconds=10, allowed=LOOPBACK), loop)
        if kind.name == "ping" and found.outcome is Outcome.UNKNOWN:
            pytest.skip("this system lets nobody ping")
        assert said(found) == (Outcome.OK, ""), found
        assert found.duration_ms > 0
        assert found.phases
        inside = run(kind, settings, Around(seconds=10), loop)
        assert said(inside) == (Outcome.UNKNOWN, "config_error")
        assert "not public" in inside.text


def _silent(kind: ProbeKind, background: Background) -> tuple[Settings, int]:
    """The sample at a port where somebody listens and says nothing."""

    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    port = background.serve(wait)
    background.datagrams(lambda _: None, port)
    return _at_port(kind, port), port


def _at_port(kind: ProbeKind, port: int) -> Settings:
    """The sample with secrets, at a port of loopback."""
    secrets = {field.name: SECRET for field in kind.fields if field.is_secret}
    secrets.pop("key", None)
    for name in ("secret_headers", "metadata"):
        if name in secrets:
            secrets[name] = f"X-Key: {SECRET}"
    if kind.name == "turn":
        secrets.pop("password")
    if kind.name in ("http", "health", "readiness", "third_party", "websocket"):
        secrets.pop("password")
    if kind.name == "smtp":
        secrets["user"] = "alice"
    changes: Settings = {
        f"{one}://127.0.0.1:8080": f"{one}://127.0.0.1:{port}" for one in ("http", "ws")
    }
    if any(field.name == "port" for field in kind.fields):
        changes["port"] = port
    if kind.name == "ping":
        changes["host"] = "no-such-name.invalid"
    return _moved(kind.sample(), changes) | secrets


@on_both_loops
@each
def test_silence_ends_with_the_deadline_and_gives_no_secret_away(
    kind: ProbeKind, background: Background, loop: Loop
) -> None:
    """A target that says nothing is a failure in time, without a secret in the result."""
    settings, port = _silent(kind, background)
    found = run(kind, settings, Around(seconds=0.4, allowed=LOOPBACK), loop)
    assert said(found) == (Outcome.FAIL, "dns" if kind.name == "ping" else "timeout")
    assert SECRET not in repr(found)
    assert open_sockets(port) == open_sockets(port, "udp") == 0


@each
def test_no_time_at_all_is_a_timeout(kind: ProbeKind, background: Background) -> None:
    """However little time there is, there is a result."""
    settings, _ = _silent(kind, background)
    found = run(kind, settings, Around(seconds=0.0, allowed=LOOPBACK))
    assert said(found) == (Outcome.FAIL, "timeout")


@on_both_loops
@each
def test_a_probe_can_be_cancelled(kind: ProbeKind, background: Background, loop: Loop) -> None:
    """It ends at once, raises what cancellation raises, and leaves no socket."""
    settings, port = _silent(kind, background)
    probe = kind.prepare(settings)

    async def main() -> None:
        task = asyncio.ensure_future(probe(Around(seconds=30, allowed=LOOPBACK)))
        await asyncio.sleep(0.05)
        if kind.name == "ping" and task.done():
            return
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())
    assert open_sockets(port) == open_sockets(port, "udp") == 0


GARBAGE = [
    b"",
    b"\x00" * 300,
    b"\xff" * 300,
    random.Random(1).randbytes(4000),
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    b"$-1\r\n" * 5,
    b"*1000\r\n" * 10,
    b"220 \xff\xfe\r\n" * 10,
    b"250-\r\n" * 100,
    b"\x01\x01\x00\x08\x21\x12\xa4\x42" + b"x" * 12 + b"\x00\x20\x00\x04abcd",
    b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" * 20,
    b"N" + b"R\x00\x00\x00\x08\x00\x00\x00\x63",
    b"S" * 50,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
@each
def test_nothing_that_a_server_says_breaks_a_probe(
    kind: ProbeKind, background: Background, garbage: bytes
) -> None:
    """Whatever comes back is a failure of the target with a reason, never one of the probe."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):
            writer.write(garbage)
            await writer.drain()
            await reader.read(4096)
        writer.close()
        await writer.wait_closed()

    port = background.serve(talk)
    background.datagrams(lambda data: data[:2] + garbage[2:], port)
    settings = _at_port(kind, port)
    found = run(kind, settings, Around(seconds=0.3, allowed=LOOPBACK))
    assert found.reason != "internal"
    assert found.outcome is not Outcome.UNKNOWN or found.reason == "config_error"
