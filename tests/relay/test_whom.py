"""For whom a relay works, and where it goes: never anywhere but to its upstream."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.relay.relaying import KEY, OTHER_KEY, Relaying, event, free_port
from tests.relay.upstream import Upstream


def with_dsn(dsn: str) -> bytes:
    """An envelope that says in its first line whose it is, as one through a tunnel does."""
    first, _, rest = event().partition(b"\n")
    return json.dumps({**json.loads(first), "dsn": dsn}).encode() + b"\n" + rest


def test_only_listed_projects_and_keys_are_taken(tmp_path: Path, upstream: Upstream) -> None:
    """Everybody else hears a 403 and nothing is kept for him."""
    options = ("--project", "42", "--project", "43", "--key", KEY)
    with Relaying(tmp_path / "data", upstream.base, *options) as relay:
        assert relay.send(event()) == 200
        assert relay.send(event(), project=43) == 200
        assert relay.send(event(), project=44) == 403
        assert relay.send(event(), key=OTHER_KEY) == 403
        relay.wait(lambda: len(upstream.seen) == 2)


@pytest.mark.parametrize("path", ["/tunnel", "/tunnel/", "/tunnel?x=1", "/api/42/envelope/tunnel"])
def test_browsers_send_through_a_tunnel(relay: Relaying, upstream: Upstream, path: str) -> None:
    """The first line of the envelope says whose it is; the answer may be read by any page."""
    body = with_dsn(f"http://{KEY}@127.0.0.1:{upstream.port}/42")
    status, headers, _ = relay.post(path, body, {"Content-Type": "text/plain;charset=UTF-8"})
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    (seen,) = relay.wait(lambda: upstream.seen)
    assert (seen.path, seen.body) == ("/api/42/envelope/", body)
    assert f"sentry_key={KEY}" in seen.headers["x-sentry-auth"]


@pytest.mark.parametrize(
    ("dsn", "status"),
    [
        (f"http://{KEY}@elsewhere.example.com/42", 403),
        (f"http://{KEY}@169.254.169.254/42", 403),
        (f"http://{OTHER_KEY}@127.0.0.1/42", 403),
        (f"http://{KEY}@127.0.0.1/44", 403),
        (f"http://{KEY}@127.0.0.1/../../secret", 400),
        ("file:///etc/passwd", 400),
        ("", 401),
    ],
)
def test_a_tunnel_leads_nowhere_else(
    tmp_path: Path, upstream: Upstream, dsn: str, status: int
) -> None:
    """Not to another host, nor for a project or key that is not listed."""
    options = ("--project", "42", "--key", KEY)
    with Relaying(tmp_path / "data", upstream.base, *options) as relay:
        assert relay.post("/tunnel", with_dsn(dsn))[0] == status
        assert relay.health()["backlog"]["bytes"] == 0
    assert upstream.seen == []


def test_a_name_of_the_upstream_can_be_given(tmp_path: Path, upstream: Upstream) -> None:
    """Where browsers know the upstream by another name than the relay does."""
    options = ("--tunnel-host", "errors.example.com", "--tunnel-path", "/monitoring")
    with Relaying(tmp_path / "data", upstream.base, *options) as relay:
        body = with_dsn(f"https://{KEY}@errors.example.com/42")
        assert relay.post("/monitoring", body)[0] == 200
        assert relay.post("/tunnel", body)[0] == 404
        relay.wait(lambda: upstream.seen)


def test_a_redirect_is_not_followed(relay: Relaying, upstream: Upstream) -> None:
    """It is said instead, for somebody to name the right address; nothing is lost."""
    with Upstream() as elsewhere:
        upstream.say = lambda seen: (302, {"Location": elsewhere.base + seen.path})
        relay.send(event())
        problem = relay.wait(lambda: relay.health()["upstream"]["last_error"])
        assert elsewhere.base in problem["text"]
        upstream.say = lambda seen: (200, {})
        relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0)
        assert elsewhere.seen == []


def test_addresses_of_clients_are_told_when_it_is_said(tmp_path: Path, upstream: Upstream) -> None:
    """The proxy before the relay is believed as far as the setting says."""
    settings = {"VEDETTE_TRUSTED_PROXIES": "1"}
    with Relaying(tmp_path / "data", upstream.base, "--tell-addresses", **settings) as relay:
        headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
        relay.post(f"/api/42/envelope/?sentry_key={KEY}", event(), headers)
        (seen,) = relay.wait(lambda: upstream.seen)
        assert seen.headers["x-forwarded-for"] == "203.0.113.9"


def test_a_path_of_the_upstream_stands_before_all(tmp_path: Path, upstream: Upstream) -> None:
    """An upstream below a path is reached there."""
    with Relaying(tmp_path / "data", upstream.base + "/errors/") as relay:
        relay.send(event())
        (seen,) = relay.wait(lambda: upstream.seen)
        assert seen.path == f"/errors/api/42/envelope/?sentry_key={KEY}"


def test_a_proxy_is_asked_for_the_upstream(tmp_path: Path) -> None:
    """The way out of a closed network, from the environment; the proxy's password is not told."""
    with Upstream() as proxy:
        place = proxy.base.removeprefix("http://")
        settings = {"HTTP_PROXY": f"http://lamp:shade@{place}", "NO_PROXY": "x.example.com"}
        with Relaying(tmp_path / "data", "http://errors.example.com", **settings) as relay:
            relay.send(event())
            (seen,) = relay.wait(lambda: proxy.seen)
            assert seen.path == f"http://errors.example.com/api/42/envelope/?sentry_key={KEY}"
            assert seen.headers["host"] == "errors.example.com"
            assert seen.headers["proxy-authorization"] == "Basic bGFtcDpzaGFkZQ=="
            assert "shade" not in relay.log() + str(relay.health())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    whole = folder / "both.pem"
    whole.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return whole


def secured(upstream: Upstream, certificate: Path) -> Upstream:
    """The same with TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    upstream.secure(context)
    return upstream


def test_a_certificate_is_checked(tmp_path: Path, certificate: Path) -> None:
    """One that nobody vouches for is no upstream; a file can vouch for it."""
    with secured(Upstream(), certificate) as upstream:
        address = f"https://localhost:{upstream.port}"
        with Relaying(tmp_path / "data", address) as relay:
            relay.send(event())
            problem = relay.wait(lambda: relay.health()["upstream"]["last_error"])
            assert "certificate" in problem["text"].lower()
        options = ("--ca-file", str(certificate.parent / "cert.pem"))
        with Relaying(tmp_path / "data", address, *options) as relay:
            relay.wait(lambda: len(upstream.seen) == 1)
        wrong = f"https://127.0.0.1:{upstream.port}"
        with Relaying(tmp_path / "other", wrong, *options) as relay:
            relay.send(event())
            relay.wait(lambda: relay.health()["upstream"]["last_error"])
            assert len(upstream.seen) == 1


def test_tls_goes_through_a_proxy_untouched(tmp_path: Path, certificate: Path) -> None:
    """The proxy is asked to connect and sees neither keys nor events."""
    port, asked = free_port(), []
    with (
        secured(Upstream(), certificate) as upstream,
        socket.create_server(("127.0.0.1", port)) as listening,
    ):
        threading.Thread(
            target=_connect_through, args=(listening, upstream.port, asked), daemon=True
        ).start()
        options = ("--ca-file", str(certificate.parent / "cert.pem"))
        proxy = ("--proxy", f"http://127.0.0.1:{port}")
        address = f"https://localhost:{upstream.port}"
        with Relaying(tmp_path / "data", address, *options, *proxy) as relay:
            relay.send(event())
            relay.send(event())
            relay.wait(lambda: len(upstream.seen) == 2)
        assert asked == [f"CONNECT localhost:{upstream.port} HTTP/1.1"]


def _connect_through(listening: socket.socket, port: int, asked: list[str]) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(1)
        asked.append(head.split(b"\r\n")[0].decode())
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        server = socket.create_connection(("127.0.0.1", port))
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(1 << 16):
            other.sendall(data)
    except OSError:
        return
    finally:
        other.close()


@pytest.mark.parametrize(
    "options",
    [
        ("--upstream", "ftp://x"),
        ("--upstream", "https://x/?a=b"),
        ("--upstream", "https://x:0"),
        ("--upstream", "http://127.0.0.1:9599"),
        ("--upstream", "https://x", "--most-bytes", "many"),
        ("--upstream", "https://x", "--most-bytes", "10"),
        ("--upstream", "https://x", "--at-once", "0"),
        ("--upstream", "https://x", "--ca-file", "/nowhere"),
        ("--upstream", "https://x", "--proxy", "socks://x"),
    ],
)
def test_a_wrong_option_is_said_before_anything_starts(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """With status 2 and the option's name."""
    done = subprocess.run(
        [sys.executable, "-m", "vedette", "relay", "--data", str(tmp_path / "data"),
         "--listen", "127.0.0.1:9599", *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert options[-2].removeprefix("--").split("-")[0] in done.stderr
    assert not (tmp_path / "data" / "relay").exists()


def test_two_relays_do_not_share_a_folder(relay: Relaying, upstream: Upstream) -> None:
    """The second ends with a clear word, and the first goes on."""
    second = Relaying(relay.folder, upstream.base)
    with pytest.raises(AssertionError, match="another process owns"):
        second.start()
    assert relay.send(event()) == 200


def test_a_chain_of_relays_keeps_name_and_time(relay: Relaying, upstream: Upstream) -> None:
    """What the first sends twice, as it does after a kill, is one thing to the upstream; how long
    both have had it is told."""
    before = {"Idempotency-Key": "c" * 32, "X-Vedette-Held-Seconds": "5000"}
    for _ in range(2):
        assert relay.post(f"/api/42/envelope/?sentry_key={KEY}", event(), before)[0] == 200
    relay.wait(lambda: len(upstream.seen) == 2)
    assert {seen.headers["idempotency-key"] for seen in upstream.seen} == {"c" * 32}
    assert all(5000 <= int(seen.headers["x-vedette-held-seconds"]) < 5100 for seen in upstream.seen)


def test_a_relay_that_leads_to_itself_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    """Nothing goes round, by whatever name the address has, and nothing is lost."""
    relay = Relaying(tmp_path / "data", "")
    relay.upstream = f"http://localhost:{relay.port}"
    with relay:
        assert relay.send(event()) == 200
        report = relay.wait(lambda: (r := relay.health())["problems"] and r)
        assert "leads back to itself" in report["problems"][0]
        assert report["backlog"]["bytes"] > 0
        assert report["delivered"] <= 1


def test_the_report_dialog_comes_from_a_relay_too(relay: Relaying) -> None:
    """Its script needs no upstream: it says nothing of keys or events."""
    status, headers, body = relay.post("/api/embed/error-page/?dsn=x&eventId=y", method="GET")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert b"showModal" in body
