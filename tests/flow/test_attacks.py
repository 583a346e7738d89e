"""Hostile requests: an answer in time, bounded memory, and the next good event gets in."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner
from tests.flow.watch import MIB, Watch
from vedette.wire.envelope import build_envelope


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Impatient with slow senders, otherwise as it comes."""
    folder = tmp_path_factory.mktemp("attacked") / "data"
    with Product(folder, body_timeout_seconds="3") as running:
        yield running


@pytest.fixture
def watch(product: Product, project: dict[str, str]) -> Iterator[Watch]:
    """After every attack: the same processes, no dead letters, and a good event is stored."""
    held = Watch(product)
    held.begin()
    yield held
    held.check_alive()
    good = uuid.uuid4().hex[:8]
    assert product.send(project, event(message=f"still-here {good}"))[0] == 200
    product.wait_for_issue(project, f"still-here {good}")
    assert json.loads(product.post("/-/health", b"", method="GET")[2])["dead_records"] == 0
    assert "Traceback" not in product.log()


def event(**fields: Any) -> bytes:
    """An envelope with one event."""
    return wrap(json.dumps(fields).encode())


def wrap(payload: bytes, kind: str = "event") -> bytes:
    return build_envelope({"event_id": uuid.uuid4().hex}, [({"type": kind}, payload)])


def path_of(project: dict[str, str], endpoint: str = "envelope") -> str:
    return f"/api/{project['id']}/{endpoint}/?sentry_key={project['public_key']}"


def repeated(piece: bytes, times: int, window: int) -> bytes:
    """A deflate stream of `piece` over and over, made without inflating it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block + again * (times - 1) + b"\x03\x00"


ZEROS = b"\0" * MIB
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "10 GB of gzip": ("gzip", lambda: repeated(ZEROS, 10_000, 31)),
    "1 GB of gzip": ("gzip", lambda: repeated(ZEROS, 1024, 31)),
    "1 GB of deflate": ("deflate", lambda: repeated(ZEROS, 1024, 15)),
    "1 GB of raw deflate": ("deflate", lambda: repeated(ZEROS, 1024, -15)),
    "300 MB of spaces in brotli": (
        "br",
        lambda: brotli.compress(b"{}\n" + b" " * (300 * MIB), quality=1),
    ),
    "many gzip members": ("gzip", lambda: gzip.compress(ZEROS) * 300),
    "brotli without output": ("br", lambda: b"\x06" * 200_000),
    "metadata blocks of brotli": ("br", lambda: b"\x81" + b"\x16\x00\x00" * 70_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_meets_its_limit(
    product: Product, project: dict[str, str], watch: Watch, name: str
) -> None:
    """4xx within seconds, and little memory is taken (SEC-01, 02, 03, 06, 07)."""
    encoding, make = BOMBS[name]
    body = make()
    started = time.monotonic()
    status, _, _ = product.post(path_of(project), body, {"Content-Encoding": encoding})
    assert status in (400, 413)
    assert time.monotonic() - started < 5
    assert watch.growth_bytes("door") < 74 * MIB


def test_nothing_is_inflated_twice(product: Product, project: dict[str, str], watch: Watch) -> None:
    """A bomb in a bomb stays packed; unknown encodings are named; SEC-08."""
    good = event(message="packed")
    double = gzip.compress(gzip.compress(good))
    assert product.post(path_of(project), double, {"Content-Encoding": "gzip"})[0] == 400
    for name in ("x-foo", "gzip, gzip", "gzip, br"):
        assert product.post(path_of(project), good, {"Content-Encoding": name})[0] == 415
    held = {"Content-Encoding": "identity"}
    assert product.post(path_of(project), gzip.compress(good), held)[0] == 400


def connect(product: Product) -> socket.socket:
    held = socket.create_connection(("127.0.0.1", product.port), timeout=15)
    held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return held


def head(project: dict[str, str], *lines: str) -> bytes:
    text = [f"POST {path_of(project)} HTTP/1.1", "Host: x", *lines, "", ""]
    return "\r\n".join(text).encode()


def read_all(connection: socket.socket) -> bytes:
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def test_slow_senders_are_cut_off_and_hinder_nobody(
    product: Product, project: dict[str, str], watch: Watch
) -> None:
    """200 sockets that say nothing more, a length of 10 GiB, a body without end (SEC-10)."""
    slow = [connect(product) for _ in range(200)]
    for number, connection in enumerate(slow):
        whole = head(project, "Content-Length: 1000")
        connection.sendall(whole if number % 2 else whole[:30])
    huge = connect(product)
    huge.sendall(head(project, "Content-Length: 10737418240"))
    assert b" 413 " in huge.recv(65536)
    huge.close()
    endless = connect(product)
    endless.sendall(head(project, "Transfer-Encoding: chunked"))
    for _ in range(3):
        started = time.monotonic()
        assert product.send(project, event(message="meanwhile"))[0] == 200
        assert time.monotonic() - started < 1
        endless.sendall(b"5\r\nhello\r\n")
    answers = [read_all(connection) for connection in slow[1:20:2]]
    assert all(b" 408 " in answer for answer in answers)
    assert b" 408 " in read_all(endless)
    for connection in [*slow, endless]:
        connection.close()


def test_a_client_that_goes_away_leaves_nothing(
    product: Product, project: dict[str, str], watch: Watch
) -> None:
    """No half event, no fault in the log (SEC-11)."""
    body = event(message="half of it")
    for part in (0, 10, len(body) - 1):
        connection = connect(product)
        connection.sendall(head(project, f"Content-Length: {len(body)}") + body[:part])
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
    assert product.send(project, event(message="whole"))[0] == 200
    product.wait_for_issue(project, "whole")
    assert not product.issues(project, '"half of it"')


def test_bodies_come_in_every_shape_of_http(
    product: Product, project: dict[str, str], watch: Watch
) -> None:
    """Chunked without a length, 100-continue, no content type, pipelined on one connection."""
    body = event(message="by hand")
    connection = connect(product)
    connection.sendall(head(project, f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert b"100 Continue" in connection.recv(65536)
    connection.sendall(body)
    assert b" 200 " in connection.recv(65536)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:]))
    twice = head(project, "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"
    last = head(project, f"Content-Length: {len(body)}", "Connection: close") + body
    connection.sendall(twice + last)
    assert read_all(connection).count(b" 200 OK") == 2
    connection.close()


DEEP = {
    "arrays": b'{"extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "objects": b'{"extra":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
    "not closed": b"[" * 500_000,
    "a long number": b'{"extra":' + b"9" * 500_000 + b"}",
    "many keys": b'{"tags":{' + b",".join(b'"k%d":"v"' % n for n in range(60_000)) + b"}}",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_json_is_an_error_not_a_crash(
    product: Product, project: dict[str, str], watch: Watch, name: str
) -> None:
    """Refused or stored, without a traceback (SEC-12)."""
    for endpoint in ("envelope", "store"):
        body = wrap(DEEP[name]) if endpoint == "envelope" else DEEP[name]
        status, _, answer = product.post(path_of(project, endpoint), body)
        assert status in (200, 400)
        assert b"Traceback" not in answer


def frame(number: int) -> dict[str, Any]:
    return {"function": f"step{number}", "filename": "a.py", "lineno": number, "in_app": True}


VOLUME: dict[str, dict[str, Any]] = {
    "breadcrumbs": {"breadcrumbs": [{"message": "m" * 30} for _ in range(100_000)]},
    "frames": {
        "exception": [
            {"type": "E", "value": "v", "stacktrace": {"frames": [frame(n) for n in range(20_000)]}}
        ]
    },
    "exceptions": {"exception": [{"type": f"E{n}", "value": "v" * 50} for n in range(5_000)]},
    "threads": {
        "threads": [{"id": n, "stacktrace": {"frames": [frame(1)] * 20}} for n in range(2_000)]
    },
    "a cycle of exceptions": {
        "exception": [
            {"type": t, "value": "v", "mechanism": {"exception_id": i, "parent_id": p}}
            for t, i, p in (("A", 0, 1), ("B", 1, 0), ("C", 2, 2))
        ]
    },
}


@pytest.mark.parametrize("name", VOLUME)
def test_too_much_of_one_thing_is_trimmed(
    product: Product, project: dict[str, str], watch: Watch, name: str
) -> None:
    """Digested and shown within three seconds each (SEC-16, 17)."""
    alice = sign_in_owner(product)
    started = time.monotonic()
    assert product.send(project, event(**VOLUME[name]))[0] == 200
    issue = product.wait_for_issue(project)
    assert time.monotonic() - started < 4
    started = time.monotonic()
    assert alice.open(f"/issues/{issue['id']}/").status == 200
    assert time.monotonic() - started < 3


IDS: list[Any] = [
    "../../tmp/pwn",
    "/etc/passwd",
    "a\x00b",
    "a" * 5000,
    "١" * 32,  # noqa: RUF001 - digits of another script
    7,
    None,
    ["x"],
    "0" * 32,
]


@pytest.mark.parametrize("number", range(len(IDS)))
def test_an_id_is_never_a_path(
    product: Product, project: dict[str, str], watch: Watch, number: int
) -> None:
    """Replaced by a fresh one; nothing is written outside the folder (SEC-21)."""
    before = {path.name for path in product.folder.parent.iterdir()}
    body = json.dumps({"event_id": IDS[number], "message": "which id"}).encode()
    status, _, answer = product.post(path_of(project, "store"), body)
    assert status == 200
    given = json.loads(answer)["id"]
    assert len(given) == 32
    envelope = build_envelope({"event_id": IDS[number]}, [({"type": "event"}, body)])
    assert product.send(project, envelope)[0] == 200
    product.wait_for_issue(project, '"which id"')
    assert {path.name for path in product.folder.parent.iterdir()} == before
    assert not Path("/tmp/pwn").exists()  # noqa: S108


def test_broken_minidumps_are_kept_without_being_read(
    product: Product, project: dict[str, str], watch: Watch
) -> None:
    """A count of 2^32-1 streams is only a number (SEC-29)."""
    for dump in (b"MDMP", b"MDMP" + struct.pack("<IIII", 42899, 0xFFFFFFFF, 0xFFFFFFF0, 0)):
        status, _, answer = product.post(
            path_of(project, "minidump"), dump, {"Content-Type": "application/x-dmp"}
        )
        assert status == 200, answer
    product.wait_for_issue(project)


NEAR = {
    "e-mail": "a" * 250_000 + "@" + "a." * 120_000,
    "card": "4111 1111 1111 111x " * 25_000,
    "key": "-----BEGIN RSA PRIVATE KEY-----" * 16_000,
    "address": "1.1.1.1.1." * 50_000,
    "url": "https://" + "a:" * 250_000 + "@",
    "token": "bearer " * 70_000,
    "number": "1" * 500_000,
}


@pytest.mark.parametrize("name", NEAR)
def test_near_misses_of_patterns_cost_little(
    product: Product, project: dict[str, str], watch: Watch, name: str
) -> None:
    """Half a megabyte that nearly matches does not hold up the queue (SEC-52)."""
    started = time.monotonic()
    product.send(project, event(message=NEAR[name], extra={"note": NEAR[name]}))
    product.send(project, event(message="right-behind"))
    product.wait_for_issue(project, "right-behind")
    assert time.monotonic() - started < 3


def test_a_huge_user_agent_is_cut(product: Product, project: dict[str, str], watch: Watch) -> None:
    """80 kB are not parsed (SEC-55)."""
    agent = "Mozilla/5.0 (" + "(;" * 40_000
    request = {"url": "https://shop.example/", "headers": {"User-Agent": agent}}
    started = time.monotonic()
    product.send(project, event(message="which browser", request=request))
    product.wait_for_issue(project, '"which browser"')
    assert time.monotonic() - started < 2


def test_a_message_cannot_forge_a_line_of_the_log(
    product: Product, project: dict[str, str], watch: Watch
) -> None:
    """Control characters are escaped wherever a client's words are logged (SEC-49)."""
    forged = "x\n2026-01-01T00:00:00 web ERROR vedette: forged\x1b[31m"
    product.send(project, event(message=forged, release=forged, event_id=forged))
    product.post(path_of(project), b"{" + forged.encode())
    product.post(f"/api/{project['id']}/envelope/?sentry_key=x%0aforged", b"x")
    product.post(path_of(project), b"x", {"Content-Encoding": "x\x1bforged"})
    product.wait_for_issue(project)
    log = product.log()
    assert "\x1b" not in log
    assert not any(line.startswith("2026-01-01T00:00:00") for line in log.splitlines())
