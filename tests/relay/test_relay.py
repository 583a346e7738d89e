"""A relay on the way to an upstream: what comes is kept, sent on as it came, and in order."""

from __future__ import annotations

import gzip
import os
import resource
import uuid

import pytest

from tests.relay.relaying import KEY, Relaying, event
from tests.relay.upstream import Upstream


def test_a_request_is_sent_on_as_it_came(relay: Relaying, upstream: Upstream) -> None:
    """Path, query, headers that matter and the compressed body, byte for byte."""
    body = gzip.compress(event())
    headers = {
        "X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_client=lamp/1",
        "Content-Encoding": "gzip",
        "Content-Type": "application/x-sentry-envelope",
        "User-Agent": "lamp/1",
        "Origin": "https://shop.example.com",
        "Cookie": "secret=1",
    }
    assert relay.post("/api/42/envelope/?x=%20y", body, headers)[0] == 200
    (seen,) = relay.wait(lambda: upstream.seen)
    assert (seen.method, seen.path, seen.body) == ("POST", "/api/42/envelope/?x=%20y", body)
    assert {name: seen.headers.get(name.lower()) for name in headers} == headers | {"Cookie": None}
    assert "x-forwarded-for" not in seen.headers
    assert len(seen.headers["idempotency-key"]) == 32


CSP, REPORTS = "application/csp-report", "application/reports+json"
ENDPOINTS = [
    ("POST", "/api/42/store/", b'{"message":"fell"}', "application/json", 200),
    ("GET", "/api/42/store/?sentry_data=eyJtZXNzYWdlIjoiYSJ9&sentry_version=7", b"", "", 200),
    ("POST", "/api/42/minidump/", b"MDMP" + bytes(500), "application/octet-stream", 200),
    ("POST", f"/api/42/unreal/{KEY}/", b"crash" * 99, "application/octet-stream", 200),
    ("POST", "/api/42/security/", b'{"csp-report":{"blocked-uri":"x"}}', CSP, 200),
    ("POST", "/api/42/nel/", b'[{"type":"network-error","body":{}}]', REPORTS, 200),
    ("POST", "/api/42/otlp/v1/traces", b'{"resourceSpans":[]}', "application/json", 200),
    ("POST", "/v1/logs", b'{"resourceLogs":[]}', "application/json", 200),
    ("GET", "/api/42/cron/nightly/?status=ok", b"", "", 202),
    ("HEAD", f"/api/0/heartbeat/nightly/{KEY}", b"", "", 202),
    ("POST", f"/api/42/heartbeat/nightly/{KEY}/3", b"it broke", "text/plain", 202),
]


@pytest.mark.parametrize(("method", "path", "body", "kind", "status"), ENDPOINTS)
def test_every_endpoint_of_the_door_is_relayed(
    relay: Relaying,
    upstream: Upstream,
    *,
    method: str,
    path: str,
    body: bytes,
    kind: str,
    status: int,
) -> None:
    """Answered as the door answers, and sent on with method, path and body unchanged."""
    headers = {"X-Sentry-Auth": f"Sentry sentry_key={KEY}"} | (
        {"Content-Type": kind} if kind else {}
    )
    assert relay.post(path, body, headers, method)[0] == status
    (seen,) = relay.wait(lambda: upstream.seen)
    assert (seen.method, seen.path, seen.body) == (method, path, body)


def test_a_large_body_is_streamed(relay: Relaying, upstream: Upstream) -> None:
    """Nine megabytes go through and leave nothing behind."""
    body = event(filler=9 << 20)
    assert relay.send(body) == 200
    (seen,) = relay.wait(lambda: upstream.seen)
    assert seen.body == body
    assert not list((relay.folder / "relay" / "bodies").iterdir())


def test_the_order_of_a_project_is_kept(relay: Relaying, upstream: Upstream) -> None:
    """Also when the upstream fails in between."""
    ids = [uuid.uuid4().hex for _ in range(60)]
    tries = 0

    def say(seen: object) -> tuple[int, dict[str, str]]:
        nonlocal tries
        tries += 1
        return (500 if tries % 20 == 7 else 200), {}

    upstream.say = say
    for event_id in ids:
        assert relay.send(event(event_id)) == 200
    relay.wait(lambda: len(set(upstream.ids)) == 60)
    assert list(dict.fromkeys(upstream.ids)) == ids
    assert upstream.connections <= 8


def test_what_is_broken_is_refused_as_the_door_does(relay: Relaying) -> None:
    """The client hears of it at once, with the headers that let a browser read the answer."""
    status, headers, body = relay.post(f"/api/42/envelope/?sentry_key={KEY}", b"not json\n")
    assert (status, headers["access-control-allow-origin"]) == (400, "*")
    assert b"invalid envelope header" in body
    assert relay.post("/api/42/envelope/", event())[0] == 401
    assert relay.post(f"/api/x/envelope/?sentry_key={KEY}", event())[0] == 400
    assert relay.post("/somewhere/else", b"")[0] == 404


def test_a_head_that_is_too_large_costs_nobody_else_anything(
    relay: Relaying, upstream: Upstream
) -> None:
    """It is refused alone, however it comes."""
    headers = dict.fromkeys(("User-Agent", "Origin", "Referer"), "x" * 15000)
    path = f"/api/42/envelope/?sentry_key={KEY}&x={'y' * 15_500}"
    assert relay.post(path, event(), headers)[0] == 431
    assert relay.send(event()) == 200
    relay.wait(lambda: len(upstream.seen) == 1)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of others are set on Linux")
def test_a_lack_of_file_handles_is_survived(relay: Relaying, upstream: Upstream) -> None:
    """What cannot be read for a while is sent when there are handles again, in order."""
    upstream.say = lambda seen: (503, {})
    ids = [uuid.uuid4().hex for _ in range(10)]
    for event_id in ids[:5]:
        assert relay.send(event(event_id)) == 200
    assert relay.process is not None
    pid = relay.process.pid
    held = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    most = min(set(range(9999)) - {int(name) for name in os.listdir(f"/proc/{pid}/fd")})
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, held[1]))
    relay.wait(lambda: "Too many open files" in relay.log())
    resource.prlimit(pid, resource.RLIMIT_NOFILE, held)
    upstream.say = lambda seen: (200, {})
    upstream.seen.clear()
    for event_id in ids[5:]:
        assert relay.send(event(event_id)) == 200
    relay.wait(lambda: len(upstream.seen) >= 10, seconds=40)
    assert upstream.ids == ids
