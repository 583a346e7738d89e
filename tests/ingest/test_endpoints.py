"""Everything that is not an envelope becomes one, and answers as its clients expect."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib

import msgspec
import pytest

from tests.ingest.doorway import KEY, Doorway
from vedette.wire.envelope import build_envelope

EVENT = {"event_id": "c" * 32, "message": "the lamp fell"}
JSON = json.dumps(EVENT).encode()
PACKED = base64.b64encode(zlib.compress(JSON))
CSP = {
    "csp-report": {
        "document-uri": "https://shop.example/",
        "violated-directive": "img-src 'self'",
        "blocked-uri": "https://ads.example/x.png",
        "line-number": "1",
    }
}
CAMEL = [
    {
        "type": "csp-violation",
        "url": "https://shop.example/",
        "body": {"blockedURL": "inline", "effectiveDirective": "script-src"},
    }
] * 2


def form(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, dict[str, str]]:
    """A multipart body and its headers; a part is name, file name and data."""
    lines = b""
    for name, filename, data in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        head = f'--limit\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        lines += head.encode() + data + b"\r\n"
    return lines + b"--limit--\r\n", {"content-type": "multipart/form-data; boundary=limit"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (JSON, {}),
        (JSON, {"Content-Type": "application/json"}),
        (JSON, {"Content-Type": "text/plain;charset=UTF-8"}),
        (gzip.compress(JSON, mtime=0), {"Content-Encoding": "gzip"}),
        (zlib.compress(JSON), {"Content-Encoding": "deflate"}),
        (PACKED, {}),
        (PACKED.replace(b"+", b" "), {"Content-Type": "application/octet-stream"}),
        (base64.b64encode(JSON), {}),
    ],
)
def test_the_legacy_store_takes_every_form(
    door: Doorway, body: bytes, headers: dict[str, str]
) -> None:
    """Plain, compressed, and packed into base64 without saying so."""
    answer = door.send("/api/42/store/", body, headers=headers)
    assert (answer.status, answer.json()) == (200, {"id": "c" * 32})
    assert door.items() == [("event", JSON)]


def test_the_legacy_store_takes_an_envelope_and_a_transaction(door: Doorway) -> None:
    """By content type and by the payload's own type."""
    held = {"Content-Type": "application/x-sentry-envelope"}
    door.send("/api/42/store/", build_envelope({}, [({"type": "session"}, b"{}")]), headers=held)
    door.send("/api/42/store/", b'{"type":"transaction"}')
    assert [kind for kind, _ in door.items()] == ["session", "transaction"]


def test_the_pixel_answers_with_an_image(door: Doorway) -> None:
    """A GET with everything in the query."""
    data = PACKED.decode().replace("+", "%2B")
    query = f"sentry_data={data}&sentry_key={KEY}&sentry_version=7"
    answer = door.send("/api/42/store/", b"", method="GET", auth=False, query=query)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert door.items() == [("event", JSON)]


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"eJw=", b"{", b'"x"', b"[" * 100_000])
def test_what_is_no_event_is_refused(door: Doorway, body: bytes) -> None:
    """400 with a reason, also for nesting without end."""
    assert door.send("/api/42/store/", body).status == 400
    assert door.items() == []


def test_numbers_that_json_does_not_know_are_let_in(door: Doorway) -> None:
    """Old SDKs write NaN; the pipeline makes null of it."""
    assert door.send("/api/42/store/", b'{"extra":{"a":NaN,"b":-Infinity}}').status == 200


@pytest.mark.parametrize("path", ["security", "csp-report"])
@pytest.mark.parametrize(
    ("content_type", "report", "count"),
    [
        ("application/csp-report", CSP, 1),
        ("application/json", CSP, 1),
        ("application/reports+json; charset=utf-8", CAMEL, 2),
        ("application/expect-ct-report+json", {"expect-ct-report": {"hostname": "h"}}, 1),
        ("application/json", [], 0),
    ],
)
def test_security_reports_of_browsers(
    door: Doorway, path: str, content_type: str, report: object, count: int
) -> None:
    """One or a list; release and environment come in the query; the answer is empty."""
    answer = door.send(
        f"/api/42/{path}/",
        json.dumps(report).encode(),
        auth=False,
        headers={"Content-Type": content_type},
        query=f"sentry_key={KEY}&sentry_release=shop%401&sentry_environment=test",
    )
    assert (answer.status, answer.body) == (200, b"")
    assert [kind for kind, _ in door.items()] == ["raw_security"] * count
    if count:
        _, body = door.records()[0]
        assert b'"sentry_release":"shop@1"' in body


@pytest.mark.parametrize("content_type", ["", "text/html", "application/xml"])
def test_other_content_types_are_no_security_reports(door: Doorway, content_type: str) -> None:
    """415, as browsers are told elsewhere."""
    held = {"Content-Type": content_type} if content_type else {}
    answer = door.send("/api/42/security/", json.dumps(CSP).encode(), headers=held)
    assert answer.status == 415


def test_network_errors_come_as_list_or_alone(door: Doorway) -> None:
    """NEL."""
    report = {"type": "network-error", "age": 10, "body": {"type": "tcp.refused"}}
    for body in (report, [report, report]):
        answer = door.send("/api/42/nel/", json.dumps(body).encode())
        assert (answer.status, answer.body) == (200, b"")
    assert [kind for kind, _ in door.items()] == ["nel"] * 3


ODD = [b'{"a":"\\ud800"}', b'{"a":%d}' % 10**30, b'{"a":NaN}', b"[[1]]", b"null", b'"x"', b"7"]


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("path", ["/api/42/security/", "/api/42/nel/", "/api/42/cron/x/"])
def test_odd_json_is_no_fault_of_ours(door: Doorway, path: str, body: bytes) -> None:
    """Lone surrogates, huge numbers, values of the wrong shape: an answer below 500."""
    answer = door.send(path, body, headers={"Content-Type": "application/json"})
    assert answer.status < 500
    deep = door.send(path, b"[" * 50_000, headers={"Content-Type": "application/json"})
    assert deep.status == 400


def test_a_minidump_comes_with_everything_in_its_form(door: Doorway) -> None:
    """The answer is the hyphenated id as plain text."""
    body, headers = form(
        ("upload_file_minidump", "a.dmp", gzip.compress(b"MDMP" + b"\0" * 30)),
        ("sentry[release]", None, b"shop@1"),
        ("sentry[tags][colour]", None, b"red"),
        ("note", None, b"hello"),
        ("log", "../../app.log", b"line"),
        ("__sentry-event", "__sentry-event", msgspec.msgpack.encode({"environment": "test"})),
        ("__sentry-breadcrumb1", "b", msgspec.msgpack.encode([{"message": "opened"}])),
    )
    answer = door.send("/api/42/minidump", body, headers=headers)
    assert answer.status == 200
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.body.decode())
    items = door.items()
    assert [kind for kind, _ in items] == ["event", "attachment", "attachment"]
    event = json.loads(items[0][1])
    assert event["event_id"] == answer.body.decode().replace("-", "")
    assert (event["release"], event["environment"]) == ("shop@1", "test")
    assert event["tags"] == {"colour": "red"}
    assert event["extra"] == {"note": "hello"}
    assert event["breadcrumbs"] == [{"message": "opened"}]
    assert items[1][1].startswith(b"MDMP")


def test_an_event_that_is_split_over_text_fields_is_joined(door: Doorway) -> None:
    """`sentry__1`, `sentry__2`, … in any order."""
    text = json.dumps({"event_id": "c" * 32, "tags": {"shop": "berlin"}}).encode()
    body, headers = form(
        ("sentry__2", None, text[20:]),
        ("upload_file_minidump", "a.dmp", b"MDMP"),
        ("sentry__1", None, text[:20]),
    )
    answer = door.send("/api/42/minidump/", body, headers=headers)
    assert answer.body.decode().replace("-", "") == "c" * 32
    assert json.loads(door.items()[0][1])["tags"] == {"shop": "berlin"}


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/x-dmp", ""])
def test_a_bare_minidump_is_enough(door: Doorway, content_type: str) -> None:
    """Without a form."""
    held = {"Content-Type": content_type} if content_type else {}
    assert door.send("/api/42/minidump/", b"MDMP\x93\xa7", headers=held).status == 200


@pytest.mark.parametrize(
    "part",
    [
        ("upload_file_minidump", "a.dmp", b"no dump"),
        ("upload_file_minidump", "a.dmp", b"\x1f\x8bbroken"),
        ("upload_file_minidump", "a.dmp", b"\xfd7zXZ\x00broken"),
        ("other", "a.dmp", b"MDMP"),
    ],
)
def test_what_is_no_minidump_is_refused(door: Doorway, part: tuple[str, str, bytes]) -> None:
    """400; half a form too."""
    body, headers = form(part)
    assert door.send("/api/42/minidump/", body, headers=headers).status == 400
    assert door.send("/api/42/minidump/", body[:50], headers=headers).status == 400


def test_odd_msgpack_is_no_fault_of_ours(door: Doorway) -> None:
    """Keys and values that JSON does not know."""
    for value in ({1: 2, b"k": b"v"}, {"a": msgspec.msgpack.Ext(5, b"x")}, {"a": {None: 1}}):
        body, headers = form(
            ("upload_file_minidump", "a.dmp", b"MDMP"),
            ("__sentry-event", "e", msgspec.msgpack.encode(value)),
        )
        assert door.send("/api/42/minidump/", body, headers=headers).status == 200


def test_an_unreal_crash_is_kept(door: Doorway) -> None:
    """The key is in the path, the user in the query."""
    answer = door.send(f"/api/42/unreal/{KEY}/", b"CR1...", auth=False, query="UserID=alice")
    assert answer.status == 200
    assert answer.body.count(b"-") == 4
    items = door.items()
    assert json.loads(items[0][1])["user"] == {"id": "alice"}
    assert items[1] == ("attachment", b"CR1...")


def test_late_attachments_answer_201(door: Doorway) -> None:
    """They belong to the event in the path, dashed or not."""
    body, headers = form(("file", "a.txt", b"one"), ("file2", "b.txt", b"two"))
    for event_id in ("c" * 32, "cccccccc-cccc-cccc-cccc-cccccccccccc"):
        answer = door.send(f"/api/42/events/{event_id}/attachments/", body, headers=headers)
        assert answer.status == 201
    assert {meta.event_id for meta, _ in door.records()} == {"c" * 32}
    assert [data for _, data in door.items()] == [b"one", b"two"] * 2
    for bad in ("..", "x" * 32, "%2e%2e"):
        path = f"/api/42/events/{bad}/attachments/"
        assert door.send(path, body, headers=headers).status == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_check_in_needs_no_body(door: Doorway, method: str) -> None:
    """The key in the path, everything else in the query."""
    answer = door.send(
        f"/api/42/cron/backup/{KEY}/",
        b"",
        method=method,
        auth=False,
        query="status=in_progress&duration=1.5&environment=test",
    )
    assert answer.status == 202
    kind, payload = door.items()[0]
    check_in = json.loads(payload)
    assert (kind, check_in["monitor_slug"], check_in["status"]) == (
        "check_in",
        "backup",
        "in_progress",
    )
    assert check_in["duration"] == 1.5


def test_a_check_in_needs_no_project(door: Doorway) -> None:
    """Older instructions have a zero there: the key says which project it is."""
    path = f"/api/0/cron/backup/{KEY}/"
    assert door.send(path, b"", method="GET", auth=False, query="status=ok").status == 202
    assert [meta.project_id for meta, _ in door.records()] == [42]


def test_the_slug_of_the_path_wins(door: Doorway) -> None:
    """A JSON check-in is completed by the path."""
    door.send("/api/42/cron/backup/", b'{"monitor_slug":"other","status":"error"}')
    check_in = json.loads(door.items()[0][1])
    assert (check_in["monitor_slug"], check_in["status"]) == ("backup", "error")


@pytest.mark.parametrize(
    ("path", "status", "note"),
    [
        ("", "ok", "done"),
        ("/success/", "ok", "done"),
        ("/start", "in_progress", "done"),
        ("/fail", "error", "done"),
        ("/log", "log", "done"),
        ("/0", "ok", "done"),
        ("/3", "error", "exit code 3\ndone"),
    ],
)
def test_a_heartbeat_is_an_address(door: Doorway, path: str, status: str, note: str) -> None:
    """What happened is the last part of its path; an end belongs to the run begun last."""
    answer = door.send(f"/api/42/heartbeat/backup/{KEY}{path}", b"done", auth=False)
    assert answer.status == 202
    check_in = json.loads(door.items()[0][1])
    assert (check_in["monitor_slug"], check_in["status"]) == ("backup", status)
    assert check_in["note"] == note
    assert (check_in["check_in_id"] == "0" * 32) == (status != "in_progress")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_heartbeat_may_be_asked_for(door: Doorway, method: str) -> None:
    """With the id of its run, by whatever a job has at hand."""
    run = "ab" * 16
    path = f"/api/42/heartbeat/backup/{KEY}"
    answer = door.send(path, b"", method=method, auth=False, query=f"run={run}&environment=test")
    assert (answer.status, answer.body) == (202, b"")
    check_in = json.loads(door.items()[0][1])
    assert (check_in["check_in_id"], check_in["environment"]) == (run, "test")


@pytest.mark.parametrize("path", ["otlp/v1/traces", "integration/otlp/v1/logs/"])
def test_opentelemetry_is_kept(door: Doorway, path: str) -> None:
    """As it came, with its content type; others get 415."""
    for content_type in ("application/x-protobuf", "application/json"):
        held = {"Content-Type": content_type}
        assert door.send(f"/api/42/{path}", b"\x0a\x00", headers=held).status in (200, 202)
    assert door.send(f"/api/42/{path}", b"x", headers={"Content-Type": "text/x"}).status == 415
    assert [data for _, data in door.items()] == [b"\x0a\x00"] * 2


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/traces/", "//v1/logs"])
def test_opentelemetrys_own_paths_find_their_project_by_the_key(door: Doorway, path: str) -> None:
    """Exporters are configured with a base address and a header; nothing says a project."""
    held = {"Content-Type": "application/json", "X-Sentry-Auth": f"sentry sentry_key={KEY}"}
    answer = door.send(path, b'{"resourceSpans":[]}', headers=held)
    assert (answer.status, answer.json()) == (200, {})
    assert door.records()[0][0].project_id == 42
    held["X-Sentry-Auth"] = f"sentry sentry_key={'f' * 32}"
    assert door.send(path, b"{}", headers=held).status == 403
    assert door.send(path, b"{}", auth=False).status == 401


def test_an_export_is_answered_in_its_own_form(door: Doorway) -> None:
    """An empty message of protobuf is no byte; anything else would be read as one."""
    held = {"Content-Type": "application/x-protobuf"}
    answer = door.send("/api/42/integration/otlp/v1/traces/", b"", headers=held)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
