"""Outgoing requests against real servers on loopback."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from vedette.outgoing import addresses
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.errors import OutgoingError, Refused, TimedOut, Unreachable
from vedette.outgoing.fetcher import Fetcher, Request

LOOPBACK = Fetcher(read_networks("127.0.0.1"))


class Handler(http.server.BaseHTTPRequestHandler):
    """Redirects, large bodies, slow bodies, and an echo."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass  # the fetcher has had enough
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(200):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass  # the fetcher has had enough
        elif self.path in ("/many-headers", "/bomb"):
            self._exaggerate()
        else:
            self._echo()

    def do_POST(self) -> None:
        if self.path.startswith("/to/"):
            self.do_GET()
        else:
            self._echo()

    def _exaggerate(self) -> None:
        """More headers than anybody reads, or a body that is much more inflated."""
        if self.path == "/bomb":
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(b"\0" * (64 << 20)))
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            for number in range(100_000):
                self.wfile.write(b"X-%d: y\r\n" % number)
            self.wfile.write(b"Content-Length: 0\r\n\r\n")
        except OSError:
            pass  # the fetcher has had enough

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = f"{self.command} {self.path} {self.headers.get('Authorization')} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    held = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=held.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{held.server_port}"
    held.shutdown()
    held.server_close()


def test_a_request_goes_out_and_its_answer_comes_back(server: str) -> None:
    """With method, headers and body, to an allowed address."""
    request = Request(
        url=f"{server}/hook", method="POST", body=b"{}", headers={"Authorization": "Bearer x"}
    )
    answer = LOOPBACK.fetch(request)
    assert (answer.status, answer.body) == (200, b"POST /hook Bearer x {}")
    assert answer.address == "127.0.0.1"
    assert not answer.is_cut


def test_addresses_inside_are_refused_before_anything_is_sent(server: str) -> None:
    """By number, by name, and in the spellings that resolvers understand."""
    port = server.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]"):
        with pytest.raises(OutgoingError):
            Fetcher().fetch(Request(url=f"http://{host}:{port}/hook"))


def test_a_redirect_is_judged_like_the_first_address(server: str) -> None:
    """An allowed server cannot lead inside, nor to another scheme."""
    for target in ("http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://x"):
        with pytest.raises(Refused):
            LOOPBACK.fetch(Request(url=f"{server}/to/{target}"))


def test_redirects_end(server: str) -> None:
    """A circle is left after a few rounds; none are followed when none are wanted."""
    url = f"{server}/to//to/" + "/to/" * 20 + "/x"
    with pytest.raises(Refused, match="redirects"):
        LOOPBACK.fetch(Request(url=url, most_redirects=2))
    answer = LOOPBACK.fetch(Request(url=f"{server}/to//x", most_redirects=0))
    assert answer.status == 302


def test_credentials_stay_with_their_server(server: str) -> None:
    """A redirect to another origin does not carry them along."""
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        target = f"http://127.0.0.1:{other.server_port}/x"
        answer = LOOPBACK.fetch(
            Request(url=f"{server}/to/{target}", headers={"Authorization": "Bearer x"})
        )
        assert answer.body == b"GET /x None "
    finally:
        other.shutdown()
        other.server_close()


def test_a_body_is_cut_at_its_bound(server: str) -> None:
    """An endless answer costs its bound and no more (SEC-56)."""
    answer = LOOPBACK.fetch(Request(url=f"{server}/endless", most_bytes=100_000))
    assert answer.is_cut
    assert len(answer.body) == 100_000


def test_an_answer_is_never_inflated(server: str) -> None:
    """A bomb stays packed, and has the bound of its packed bytes (SEC-56)."""
    answer = LOOPBACK.fetch(Request(url=f"{server}/bomb", most_bytes=1 << 20))
    assert len(answer.body) <= 1 << 20
    assert answer.body[:2] == b"\x1f\x8b"


def test_a_head_has_its_bound(server: str) -> None:
    """A hundred thousand headers are an error in words (SEC-56)."""
    with pytest.raises(OutgoingError):
        LOOPBACK.fetch(Request(url=f"{server}/many-headers"))


def test_a_dripping_answer_ends_with_the_deadline(server: str) -> None:
    """Each piece comes in time, the whole does not (SEC-56)."""
    with pytest.raises(TimedOut):
        LOOPBACK.fetch(Request(url=f"{server}/drip", seconds=0.3))


def test_a_server_that_never_answers_ends_with_the_deadline() -> None:
    """Not even a head."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(TimedOut):
            LOOPBACK.fetch(Request(url=f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.3))


def test_nobody_there_is_said_in_words() -> None:
    """A closed port and a name that does not exist."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable):
        LOOPBACK.fetch(Request(url=f"http://127.0.0.1:{port}/"))
    with pytest.raises(Unreachable, match="resolved"):
        LOOPBACK.fetch(Request(url="http://no-such-name.invalid/"))


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://a/", "http://", "http://[", "http://a:99999/", "http://a:0/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """In words, whatever it is."""
    with pytest.raises(OutgoingError):
        LOOPBACK.fetch(Request(url=url))


def test_a_name_is_resolved_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its mind between the judgement and the connection gains nothing (SEC-32).

    The server still hears the name.
    """
    asked = []
    port = int(server.rpartition(":")[2])
    real = socket.getaddrinfo

    def answer(host: str, *rest: object, **named: object) -> list[object]:
        if host != "rebound.example":
            return real(host, *rest, **named)  # type: ignore[arg-type, return-value]
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", answer)
    assert LOOPBACK.fetch(Request(url=f"http://rebound.example:{port}/x")).status == 200
    assert asked.count("rebound.example") == 1


@pytest.mark.parametrize("target", ["http://[", "http://a:99999/", "http://a:b/", "//[x/"])
def test_a_redirect_to_no_address_is_refused(server: str, target: str) -> None:
    """Whoever asks knows errors of requests and no others: a stranger's answer makes none."""
    with pytest.raises(OutgoingError):
        LOOPBACK.fetch(Request(url=f"{server}/to/{target}"))
