"""What real clients sent, and every kind's own sample: accepted, stored or counted, and shown."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner
from vedette import items
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope, read_headers, walk_items

CAPTURED_KEY = "abcdef0123456789abcdef0123456789"
SAMPLES = Path(__file__).parent.parent / "samples"
_SENT = ("x-sentry-auth", "authorization", "content-type", "user-agent", "origin")


class Capture(NamedTuple):
    """One captured request, made for another project."""

    name: str
    path: str
    headers: dict[str, str]
    body: bytes


def read_captures(folder: Path, project: dict[str, str]) -> list[Capture]:
    """Every POST of the folder's index, with this project's key and id."""
    found = []
    for line in (folder / "index.jsonl").read_text().splitlines():
        entry = json.loads(line)
        method, path = entry["line"].split(" ")[:2]
        if method != "POST" or not entry.get("file") or "/api/42/" not in path:
            continue
        body = (folder / entry["file"]).read_bytes()
        if b'"dsn"' in body[:500]:
            body = body.replace(CAPTURED_KEY.encode(), project["public_key"].encode())
            body = re.sub(rb'/42"', f'/{project["id"]}"'.encode(), body, count=1)
        headers = {
            name: value.replace(CAPTURED_KEY, project["public_key"])
            for name, value in entry["headers"].items()
            if name.lower() in _SENT
        }
        path = path.replace("/api/42/", f"/api/{project['id']}/")
        path = path.replace(CAPTURED_KEY, project["public_key"])
        found.append(Capture(entry["file"], path, headers, body))
    return found


def settled_outcomes(product: Product, project: dict[str, str]) -> dict[tuple[str, str, str], int]:
    """The outcomes once the spool is consumed."""
    product.wait(lambda: health(product)["spool"]["backlog_bytes"] == 0, seconds=60)
    return product.outcomes(project)


def health(product: Product) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(product.post("/-/health", b"", method="GET")[2])
    return report


def test_every_captured_request_is_accepted_and_accounted_for(
    product: Product, project: dict[str, str], fixtures: Path
) -> None:
    """No item of any client disappears: each is accepted, kept, a duplicate, or has a reason."""
    sent: Counter[str] = Counter()
    for capture in read_captures(fixtures / "captures", project):
        status, headers, body = product.post(capture.path, capture.body, capture.headers)
        assert status in (200, 202), (capture.name, status, body)
        assert headers["access-control-allow-origin"] == "*"
        if "/envelope" in capture.path:
            _, offset = read_headers(capture.body)
            sent.update(item.header.type for item in walk_items(capture.body, offset))
        else:
            sent["other"] += 1
    assert sent.total() > 200
    outcomes = settled_outcomes(product, project)
    unexplained = {key for key in outcomes if key[1] not in ("accepted", "kept") and not key[2]}
    assert not unexplained
    assert not {key for key in outcomes if key[1] in ("invalid", "dropped")}
    events = sum(n for (category, _, _), n in outcomes.items() if category == "error")
    assert events >= sent["event"]
    accepted = outcomes[("error", "accepted", "")]
    assert sum(int(issue["count"]) for issue in product.issues(project)) >= accepted
    assert health(product)["dead_records"] == 0


def test_every_real_event_is_accepted_and_its_page_opens(
    product: Product, project: dict[str, str], fixtures: Path
) -> None:
    """Issue API and issue page answer for each, within three seconds."""
    alice = sign_in_owner(product)
    folder = fixtures / "events"
    names = sorted(str(path.relative_to(folder)) for path in folder.glob("*/*.json"))
    assert len(names) > 100
    ids: dict[str, str] = {}
    for name in names:
        try:
            event = json.loads((folder / name).read_bytes())
        except ValueError:
            continue
        if not isinstance(event, dict):
            continue
        held = event.get("data")
        event = {
            **(held if isinstance(held, dict) else event),
            "event_id": uuid.uuid4().hex,
            "timestamp": time.time(),
        }
        status, _, body = product.post(
            f"/api/{project['id']}/store/?sentry_key={project['public_key']}",
            json.dumps(event).encode(),
        )
        assert status == 200, (name, body)
        ids[event["event_id"]] = name
    outcomes = settled_outcomes(product, project)
    stored = sum(n for (_, outcome, _), n in outcomes.items() if outcome in ("accepted", "kept"))
    assert stored == len(ids), outcomes
    assert health(product)["dead_records"] == 0
    groups = groups_of(product, project)
    slow: dict[str, float] = {}
    for event_id in {group: event_id for event_id, group in groups.items()}.values():
        started = time.monotonic()
        seen = product.api(f"organizations/{project['organization']}/eventids/{event_id}/")
        issue = seen["groupId"]
        product.api(f"organizations/{project['organization']}/issues/{issue}/events/latest/")
        page = alice.open(f"/issues/{issue}/")
        assert page.status == 200, ids[event_id]
        taken = time.monotonic() - started
        if taken > 3:
            slow[ids[event_id]] = taken
    assert not slow
    browsers = {
        groups[event_id]
        for event_id, name in ids.items()
        if re.search(r"javascript-xbrowser-(chrome|edge|firefox|safari)\.json", name)
    }
    assert len(browsers) == 1, "the same error in four browsers is one issue"


def groups_of(product: Product, project: dict[str, str]) -> dict[str, int]:
    """The group of every stored event by its id."""
    select = q.Select(
        table="errors",
        projects=VisibleProjects.of_system(),
        columns={"id": q.Field("event_id"), "group": q.Field("group_id")},
        where=[q.Compare(q.Field("project_id"), "=", int(project["id"]))],
        start=0,
        end=1 << 52,
        limit=10_000,
    )
    client = StoreClient(product.folder / "run" / "store.sock")
    return {row[0]: row[1] for row in client.query(select).rows}


@pytest.mark.parametrize(
    "name", sorted({kind.sample.__module__ for kind in items.kinds().values()})
)
def test_every_item_kind_is_accepted_stored_and_found(
    product: Product, project: dict[str, str], name: str
) -> None:
    """The contract of the drawer: the kind's own sample."""
    kind = next(kind for kind in items.kinds().values() if kind.sample.__module__ == name)
    status, _ = product.send(project, kind.sample())
    assert status == 200
    outcomes = product.wait(lambda: product.outcomes(project))
    if kind.is_own:
        assert {key[1] for key in outcomes} == {"invalid"}
        return
    assert {key[1] for key in outcomes} <= {"accepted", "kept", "client_discard"}
    table = kind.tables[0]
    select = q.Select(
        table=table.name,
        projects=VisibleProjects.of_system(),
        columns={"n": q.count()},
        where=[q.Compare(q.Field("project_id"), "=", int(project["id"]))],
        start=0,
        end=1 << 52,
    )
    client = StoreClient(product.folder / "run" / "store.sock")
    product.wait(lambda: client.query(select).rows[0][0] >= 1)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.envelope")), ids=lambda path: path.stem)
def test_our_own_samples_of_real_clients_arrive(
    product: Product, project: dict[str, str], path: Path
) -> None:
    """Small requests as Python, Node and browser SDKs send them."""
    body = path.read_bytes()
    status, _ = product.send(project, body)
    assert status == 200
    _, offset = read_headers(body)
    kinds = {item.header.type for item in walk_items(body, offset)}
    product.wait(lambda: product.outcomes(project))
    outcomes = product.outcomes(project)
    assert {key[1] for key in outcomes} <= {"accepted", "kept", "client_discard"}
    if "event" in kinds:
        assert product.latest(project, product.wait_for_issue(project))["eventID"]


def test_bodies_are_taken_in_every_encoding(product: Product, project: dict[str, str]) -> None:
    """gzip, deflate, br, zstd over real HTTP."""
    import gzip
    import zlib

    import brotli
    import zstandard

    raw = zlib.compressobj(wbits=-15)
    packers = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
        "identity": bytes,
        " GZIP ": gzip.compress,
    }
    path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
    for encoding, pack in packers.items():
        payload = json.dumps({"message": f"lamp {encoding.strip()}"}).encode()
        body = pack(build_envelope({}, [({"type": "event"}, payload)]))
        status, _, _ = product.post(path, body, {"Content-Encoding": encoding})
        assert status == 200, encoding
    payload = build_envelope({}, [({"type": "event"}, b'{"message":"raw"}')])
    packed = raw.compress(payload) + raw.flush()
    assert product.post(path, packed, {"Content-Encoding": "deflate"})[0] == 200
    product.wait(lambda: product.outcomes(project).get(("error", "accepted", "")) == 7)
