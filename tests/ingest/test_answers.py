"""What every answer carries, and which status says what."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.ingest.doorway import EVENT, KEY, Doorway, doorway
from vedette.ingest.keys import Key
from vedette.wire.envelope import build_envelope

CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-expose-headers": "x-sentry-error,x-sentry-rate-limits,retry-after",
    "access-control-max-age": "3600",
    "cross-origin-resource-policy": "cross-origin",
}


def envelope(*kinds: str) -> bytes:
    return build_envelope({}, [({"type": kind}, b"{}") for kind in kinds])


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (200, {}),
        (200, {"method": "OPTIONS", "auth": False}),
        (400, {"body": b"no envelope"}),
        (400, {"body": b""}),
        (400, {"body": gzip.compress(EVENT)[:-9], "headers": {"Content-Encoding": "gzip"}}),
        (400, {"body": build_envelope({}, [({"type": "event"}, b'{"message":')])}),
        (400, {"body": b'{}\n{"type":"event","length":99}\n{}'}),
        (400, {"body": b'{}\n{"type":"event","length":-1}\n{}'}),
        (400, {"body": b'{}\n{"type":"event","length":18446744073709551616}\n{}'}),
        (401, {"auth": False}),
        (403, {"path": "/api/43/envelope/"}),
        (405, {"method": "GET"}),
        (405, {"method": "PUT"}),
        (405, {"method": "DELETE", "path": "/api/42/store/"}),
        (413, {"body": b"x" * 3000}),
        (413, {"body": [b"x" * 1500, b"x" * 1500]}),
        (413, {"body": gzip.compress(b" " * 5000), "headers": {"Content-Encoding": "gzip"}}),
        (413, {"headers": {"Content-Length": "10737418240"}}),
        (413, {"body": build_envelope({}, [({"type": "event"}, b" " * 1500)])}),
        (415, {"headers": {"Content-Encoding": "x-foo"}}),
        (415, {"headers": {"Content-Encoding": "gzip, gzip"}}),
        (415, {"path": "/api/42/security/", "headers": {"Content-Type": "text/html"}}),
    ],
)
def test_every_answer_can_be_read_by_a_browser(
    tmp_path: Path, status: int, request_of: dict[str, object]
) -> None:
    """The CORS headers are on errors too; an error says what and why; no redirects ever."""
    with doorway(
        tmp_path / "data", max_envelope_bytes=2000, max_inflated_bytes=4000, max_event_bytes=1000
    ) as door:
        answer = door.send(**request_of)  # type: ignore[arg-type]
    assert answer.status == status
    assert CORS.items() <= answer.headers.items()
    assert "x-sentry-auth" in answer.headers["access-control-allow-headers"]
    assert "location" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers
    if status >= 400:
        assert answer.json()["detail"]
        assert answer.headers["x-sentry-error"]
        assert answer.headers["content-type"] == "application/json"


def test_a_flaw_is_counted_under_its_project(door: Doorway) -> None:
    """What is refused is not stored, but it is seen: once each."""
    door.send(body=b"no envelope")
    door.send(body=build_envelope({}, [({"type": "event"}, b"{")]))
    found = sorted(
        (r.project_id, r.category, r.outcome, r.reason, r.quantity) for r in door.refusals()
    )
    assert found == [
        (42, "default", "invalid", "malformed_envelope", 1),
        (42, "error", "invalid", "invalid_json", 1),
    ]


def test_one_bad_item_never_costs_its_envelope(door: Doorway) -> None:
    """The whole envelope goes on; the pipeline counts the bad item."""
    body = build_envelope(
        {"event_id": "c" * 32}, [({"type": "event"}, b"{"), ({"type": "attachment"}, b"notes")]
    )
    assert door.send(body=body).status == 200
    assert len(door.items()) == 2
    assert door.refusals() == []


def test_a_rate_limit_speaks_both_dialects(door: Doorway) -> None:
    """Whole seconds, every alias of a category, and Retry-After beside them."""
    door.keys[KEY] = Key(42, events_per_minute=2)
    door.run(door.door.keys._refresh())
    for kind in ("event", "trace_metric", "profile_chunk", "feedback"):
        body = envelope(kind)
        assert [door.send(body=body).status for _ in range(3)] == [200, 200, 429], kind
        answer = door.send(body=body)
        seconds, names, scope, reason = answer.headers["x-sentry-rate-limits"].split(":")
        assert 0 < int(seconds) <= 60
        assert int(answer.headers["retry-after"]) == int(seconds)
        assert (scope, reason) == ("key", "key_quota")
        expected = {"event": {"error"}, "trace_metric": {"trace_metric", "metric"}}.get(kind)
        assert expected is None or set(names.split(";")) == expected
    counted = {(r.category, r.outcome): r.quantity for r in door.refusals()}
    assert counted[("error", "rate_limited")] == 2


def test_an_envelope_full_of_events_takes_as_many_tokens(door: Doorway) -> None:
    """Packing many into one request is no way around a limit."""
    door.keys[KEY] = Key(42, events_per_minute=5)
    door.run(door.door.keys._refresh())
    assert door.send(body=envelope(*["event"] * 20)).status == 200
    assert door.send(body=envelope("event")).status == 429


def test_what_is_not_limited_gets_in_beside_what_is(door: Doorway) -> None:
    """A mixed envelope is accepted with a limit in the answer; refused items are marked."""
    door.keys[KEY] = Key(42, events_per_minute=1)
    door.run(door.door.keys._refresh())
    door.send(body=envelope("event"))
    answer = door.send(body=envelope("event", "attachment"))
    assert answer.status == 200
    assert ":error:key:" in answer.headers["x-sentry-rate-limits"]
    meta, _ = door.records()[-1]
    assert meta.refused == {"error": "key_quota"}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/api/42/minidump/", b"MDMP" + b"\0" * 40, {"content-type": "application/x-dmp"}, 200),
        (f"/api/42/unreal/{KEY}/", b"crash", {}, 200),
        ("/api/42/cron/backup/", b"", {}, 202),
    ],
)
def test_crash_reporters_and_check_ins_never_hear_429(
    door: Doorway, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    """They would send again at once; they are limited in silence, and counted."""
    door.keys[KEY] = Key(42, events_per_minute=1)
    door.run(door.door.keys._refresh())
    answers = [door.send(path, body, headers=headers).status for _ in range(3)]
    assert answers == [status] * 3
    assert any(r.outcome == "rate_limited" for r in door.refusals())


def test_bulky_kinds_go_first_and_errors_last(tmp_path: Path) -> None:
    """A backlog refuses by weight; the answer says for how long and why."""
    bulk = {"attachment": envelope("attachment"), "transaction": envelope("transaction")}

    def weight(kind: str, size: int) -> bytes:
        return build_envelope({}, [({"type": kind}, json.dumps({"m": "x" * size}).encode())])

    with doorway(tmp_path / "data", spool_max_bytes=100_000) as door:
        assert door.send(body=weight("attachment", 51_000)).status == 200
        door.door.quota.look()
        assert [door.send(body=bulk[k]).status for k in bulk] == [200, 429]
        assert door.send(body=weight("attachment", 25_000)).status == 200
        door.door.quota.look()
        assert door.send(body=bulk["attachment"]).status == 429
        assert door.send(body=envelope("event")).status == 200
        assert door.send(body=weight("event", 26_000)).status == 200
        door.door.quota.look()
        answer = door.send(body=envelope("event"))
        assert answer.status == 429
        assert answer.headers["x-sentry-rate-limits"] == "30:error:organization:backlog"


def test_a_full_disk_is_said_clearly(tmp_path: Path) -> None:
    """Nothing is accepted that could not be kept."""
    with doorway(tmp_path / "data", disk_free_min_bytes=1 << 60) as door:
        answer = door.send()
        assert answer.status == 429
        assert "disk_full" in answer.headers["x-sentry-rate-limits"]
        assert "disk_full" in answer.json()["detail"]
        assert door.items() == []


def test_a_spool_that_cannot_be_written_answers_503(
    door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No 200 without a record on disk."""

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("vedette.spool.writer._sync", fail)
        answer = door.send()
    assert answer.status == 503
    assert answer.headers["access-control-allow-origin"] == "*"
    assert door.send().status == 200


def test_a_fault_of_our_own_is_an_answer_too(
    door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 with CORS headers and without a word about the inside."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr("vedette.ingest.opening.inspect", fail)
    answer = door.send()
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert answer.headers["access-control-allow-origin"] == "*"
