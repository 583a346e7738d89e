"""Good requests to the door: every endpoint, with a key."""

from __future__ import annotations

import json
import uuid
from random import Random

from benchmarks.mutation import bodies
from benchmarks.mutation.request import Request
from benchmarks.mutation.seeds import MULTIPART, Seed
from benchmarks.mutation.targets import Maker, Places

_REPORT = {"csp-report": {"document-uri": "https://a.example/", "violated-directive": "img-src"}}


def door_routes(places: Places, seeds: list[Seed]) -> list[Maker]:
    """The door's endpoints; envelopes and events weigh most."""
    number, key = places.project["id"], places.project["public_key"]
    keyed = [("sentry_key", key), ("sentry_version", "7")]

    def envelope(chance: Random) -> Request:
        path = f"/api/{number}/envelope/"
        request = Request("envelope", "POST", path, list(keyed))
        request.body = chance.choice(seeds).envelope(chance)
        return request

    def store(chance: Random) -> Request:
        payload = json.loads(chance.choice([s for s in seeds if s.event]).event)
        payload["event_id"] = uuid.UUID(int=chance.getrandbits(128)).hex
        payload = bodies.wrong_types(chance, payload, chance.randint(0, 6))
        path = chance.choice((f"/api/{number}/store/", "/api/store/"))
        return Request("store", "POST", path, list(keyed), body=bodies.dumped(payload))

    def other(path: str, kind: str, body: bytes, method: str = "POST") -> Maker:
        def make(chance: Random) -> Request:
            held = Request("door", method, path, list(keyed), [("Content-Type", kind)], body)
            if body and kind == "application/json" and chance.random() < 0.7:
                changed = bodies.wrong_types(chance, json.loads(body), chance.randint(1, 4))
                held.body = bodies.dumped(changed)
            return held

        return make

    base, json_type = f"/api/{number}", "application/json"
    log = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]}
    security = json.dumps(_REPORT).encode()
    nel = [{"type": "network-error", "url": "https://a.example/", "body": {"type": "dns"}}]
    multipart = "multipart/form-data; boundary=b"
    return [
        *[envelope] * 8,
        *[store] * 8,
        other(f"{base}/security/", json_type, security),
        other(f"{base}/csp-report/", "application/csp-report", security),
        other(f"{base}/nel/", json_type, json.dumps(nel).encode()),
        other(f"{base}/minidump/", multipart, MULTIPART),
        other(f"{base}/unreal/{key}/", "application/octet-stream", b"CR1" + b"\0" * 300),
        other(f"{base}/events/{'c' * 32}/attachments/", multipart, MULTIPART),
        other(f"{base}/cron/nightly/", json_type, b'{"status":"ok","duration":1.5}'),
        other(f"{base}/cron/nightly/{key}/", json_type, b"", "GET"),
        other(f"{base}/integration/otlp/v1/logs/", json_type, json.dumps(log).encode()),
        other(f"{base}/otlp/v1/traces", "application/x-protobuf", b"\n\x02\n\0" * 9),
        other(f"{base}/envelope/", "text/plain", b"", "OPTIONS"),
        other(f"{base}/store/", json_type, b"", "GET"),
    ]
