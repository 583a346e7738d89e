"""A build is uploaded to the running product: events before it and after it are read."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.artifacts.bundling import DEBUG_ID, bundle, sha1
from tests.artifacts.reading import CALL, FRAME, event
from tests.flow.product import Product
from vedette.wire.envelope import build_envelope


def upload(product: Product, project: dict[str, str], data: bytes) -> dict[str, Any]:
    """As clients do: what is missing, then the bundle."""
    base = f"/api/0/organizations/{project['organization']}"
    token = {"Authorization": f"Bearer {product.token()}"}
    checksum = sha1(data)
    wanted = {"checksum": checksum, "chunks": [checksum], "projects": [project["project"]]}
    body = json.dumps(wanted).encode()
    assemble = f"{base}/artifactbundle/assemble/"
    product.post(assemble, body, token)
    part = (
        b'--x\r\nContent-Disposition: form-data; name="file_gzip"; filename="%b"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%b\r\n--x--\r\n"
    ) % (checksum.encode(), gzip.compress(data))
    form = {**token, "Content-Type": "multipart/form-data; boundary=x"}
    assert product.post(f"{base}/chunk-upload/", part, form)[0] == 200
    state: dict[str, Any] = json.loads(product.post(assemble, body, token)[2])
    return state


def crash_frame(product: Product, project: dict[str, str]) -> dict[str, Any]:
    """The crash frame of the newest event of the project's only issue."""
    (issue,) = product.issues(project)
    found = product.latest(project, issue)
    entry = next(one for one in found["entries"] if one["type"] == "exception")
    frame: dict[str, Any] = entry["data"]["values"][0]["stacktrace"]["frames"][-1]
    return frame


def send(product: Product, project: dict[str, str]) -> None:
    """An event of the build."""
    sent = event(CALL, FRAME, debug_id=DEBUG_ID)
    item = ({"type": "event"}, json.dumps(sent).encode())
    product.send(project, build_envelope({"event_id": sent["event_id"]}, [item]))


def assert_a_build_serves_its_events(product: Product, project: dict[str, str]) -> None:
    """Whichever came first; there is one issue, and it counts both."""
    send(product, project)
    product.wait_for_issue(project)
    assert crash_frame(product, project)["function"] == "o"
    assert upload(product, project, bundle()) == {
        "state": "ok",
        "missingChunks": [],
        "detail": None,
    }
    product.wait(lambda: crash_frame(product, project)["function"] == "pay", seconds=60)
    assert crash_frame(product, project)["filename"] == "src/till.ts"
    send(product, project)
    product.wait(lambda: product.issues(project)[0]["count"] == "2")
    (issue,) = product.issues(project)
    assert "src/till.ts" in issue["culprit"] + str(issue["metadata"])
    assert crash_frame(product, project)["function"] == "pay"


def test_a_build_serves_the_events_before_it_and_after_it(
    product: Product, project: dict[str, str]
) -> None:
    """With the metadata in the folder."""
    assert_a_build_serves_its_events(product, project)
