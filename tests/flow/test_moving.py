"""Out and in again: everything of a product in another one, and clients that notice nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.importing import others
from vedette.wire.envelope import build_envelope, new_event_id

HOME = "my-organization"  # what a fresh installation has
_SEND = """
import sys
import sentry_sdk
sentry_sdk.init(dsn=sys.argv[1], traces_sample_rate=0)
try:
    {}["price"]
except KeyError as error:
    sentry_sdk.capture_exception(error)
sentry_sdk.flush(10)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Product]:
    """Another installation, which may ask services on loopback."""
    with Product(tmp_path / "other", outgoing_networks="127.0.0.0/8") as running:
        yield running


def send(product: Product, project: dict[str, str], kind: str, number: int, user: str) -> None:
    event = {
        "event_id": new_event_id(),
        "timestamp": time.time() - 3600 * number,
        "platform": "python",
        "user": {"id": user},
        "exception": {"values": [{"type": kind, "value": "is missing"}]},
    }
    envelope = build_envelope(
        {"event_id": event["event_id"]}, [({"type": "event"}, json.dumps(event).encode())]
    )
    assert product.send(project, envelope)[0] == 200


def resolve(product: Product, path: str) -> None:
    words = ("token", "create", "--json", "--scope", "event:write")
    token = json.loads(product.command(*words))["token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    status, _, said = product.post(
        f"/api/0/{path}", json.dumps({"status": "resolved"}).encode(), headers, "PUT"
    )
    assert status == 200, said


def told(product: Product, project: dict[str, str]) -> list[dict[str, Any]]:
    """What the API says of the project's issues, and the ids and times of their events."""
    names = ("shortId", "title", "status", "count", "userCount", "firstSeen", "lastSeen")
    found: list[dict[str, Any]] = []
    for query in ("is:unresolved", "is:resolved", "is:ignored"):
        for issue in product.issues(project, query):
            path = f"organizations/{project['organization']}/issues/{issue['id']}/events/"
            events = sorted((one["eventID"], one["dateCreated"]) for one in product.api(path))
            held = {name: issue[name] for name in names}
            held |= {"all": issue["lifetime"]["count"], "events": events}
            found.append(held)
    return sorted(found, key=lambda one: str(one["shortId"]))


def project_of(product: Product, organization: str, slug: str) -> dict[str, str]:
    """The project as the tests know projects."""
    found = product.api(f"organizations/{organization}/projects/")
    one = next(held for held in found if held["slug"] == slug)
    return {"organization": organization, "project": slug, "id": str(one["id"])}


def test_an_export_comes_back_the_same(
    product: Product, project: dict[str, str], other: Product, tmp_path: Path
) -> None:
    """Issues with their numbers, states, counts and users, events with ids and times; twice."""
    for number in range(4):
        send(product, project, "KeyError", number, f"u{number % 3}")
    send(product, project, "OSError", 1, "u1")
    product.wait(lambda: {one["count"] for one in product.issues(project)} == {"4", "1"})
    (resolved,) = product.issues(project, "error.type:OSError")
    path = f"organizations/{project['organization']}/issues/{resolved['id']}/"
    resolve(product, path)
    before = told(product, project)
    folder = tmp_path / "out"
    product.command("export", "--to", str(folder), "--project", project["project"])
    for is_first in (True, False):
        said = other.command("import", "vedette", str(folder))
        assert ("taken over:             5  events" in said) is is_first
        assert ("there already:          5  events" in said) is not is_first
        there = project_of(other, project["organization"], project["project"])
        other.wait(lambda there=there: told(other, there) == before)
    envelope = build_envelope({}, [({"type": "event"}, json.dumps({"message": "hi"}).encode())])
    assert other.send(project, envelope)[0] == 200, "the DSN of before must work"
    other.wait(lambda: len(other.issues(there)) == 2)


def test_an_import_that_is_killed_goes_on(other: Product, tmp_path: Path) -> None:
    """After kill -9 in the middle the same command takes the rest; no event is there twice."""
    events = 3000
    others.write_export(tmp_path / "many", events)
    words = ("import", "vedette", str(tmp_path / "many"), "--organization", HOME)
    command = [sys.executable, "-m", "vedette", *words]
    running = subprocess.Popen(command, env=other.environment)
    spool = other.folder / "spool" / "import"
    other.wait(lambda: any(path.stat().st_size > 100_000 for path in spool.glob("*")))
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    other.command(*words)
    project = project_of(other, HOME, "many")
    path = f"organizations/{HOME}/events/?field=count()&field=count_unique(id)&statsPeriod=7d"
    wanted = {"count()": events, "count_unique(id)": events}
    other.wait(lambda: other.api(f"{path}&project={project['id']}")["data"] == [wanted])
    (issue,) = other.issues(project)
    assert (issue["count"], issue["shortId"]) == (str(events), "MANY-9")


def test_a_client_of_sentry_notices_nothing(other: Product, tmp_path: Path) -> None:
    """After the import of Sentry's export an SDK with the DSN of before, but for the host, which
    is one name in any network, sends into the project that was taken over."""
    path = tmp_path / "sentry.json"
    path.write_text(json.dumps(others.sentry_file()))
    said = other.command("import", "sentry", str(path), "--organization", HOME)
    assert "taken over:             2  projects" in said
    dsn = f"http://{others.KEY}@127.0.0.1:{other.port}/{others.PROJECT}"
    subprocess.run([sys.executable, "-c", _SEND, dsn], check=True, timeout=60)
    issue = other.wait_for_issue(project_of(other, HOME, "shop"))
    assert issue["metadata"]["type"] == "KeyError"
    wrong = f"/api/{others.PROJECT + 5}/envelope/?sentry_key={others.KEY}"
    assert other.post(wrong, b"{}\n")[0] == 403


def test_issues_of_a_running_sentry_are_taken_over(other: Product) -> None:
    """With their counts and events; the next event of the kind belongs to the same issue."""
    with others.serving() as (base, _):
        words = ("--url", base, "--token", others.TOKEN, "--org", "acme")
        other.command("import", "sentry-api", *words, "--organization", HOME)
    project = project_of(other, HOME, "shop")
    (issue,) = other.wait(lambda: other.issues(project, "is:ignored"))
    assert issue["lifetime"]["count"] == "1234"
    assert issue["assignedTo"]["email"] == "olga@example.com"
    path = f"organizations/{HOME}/issues/{issue['id']}/events/"
    other.wait(lambda: len(other.api(path)) == 4)
    frame = others.shown_event(1)["entries"][0]["data"]["values"][0]
    event = {
        "platform": "python",
        "exception": {
            "values": [
                {
                    "type": frame["type"],
                    "value": frame["value"],
                    "stacktrace": {
                        "frames": [
                            {
                                "filename": "shop/till.py",
                                "abs_path": "/srv/shop/till.py",
                                "module": "shop.till",
                                "function": "pay",
                                "lineno": 7,
                                "in_app": True,
                                "context_line": "    return total / 0",
                            }
                        ]
                    },
                }
            ]
        },
    }
    envelope = build_envelope({}, [({"type": "event"}, json.dumps(event).encode())])
    key = {"id": str(others.PROJECT), "public_key": others.KEY}
    assert other.send(key, envelope)[0] == 200
    other.wait(lambda: len(other.api(path)) == 5)
    assert len(other.issues(project, "")) <= 1
