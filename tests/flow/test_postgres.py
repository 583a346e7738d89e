"""The whole product with its metadata in PostgreSQL."""

from __future__ import annotations

import json
import os
import random
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.test_uploads import assert_a_build_serves_its_events
from tests.flow.visitor import sign_in_owner
from vedette.wire.envelope import build_envelope

BINARIES = find_binaries()
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed"),
]


@pytest.fixture(scope="module")
def product(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product") / "data"
    with Product(folder, database_url=postgres.database()) as running:
        yield running
        assert not (folder / "vedette.sqlite3").exists()


def error(kind: str, **fields: Any) -> bytes:
    """An envelope with an exception of this type."""
    event = {
        "exception": {"values": [{"type": kind, "value": "cannot lift the lamp"}]},
        "platform": "python",
        **fields,
    }
    return build_envelope(
        {"event_id": uuid.uuid4().hex}, [({"type": "event"}, json.dumps(event).encode())]
    )


def test_errors_become_issues_that_count(product: Product, project: dict[str, str]) -> None:
    """New issues, known issues, releases: the same as with the file."""
    for release in ("shop@1", "shop@2"):
        for _ in range(3):
            assert product.send(project, error("LampError", release=release))[0] == 200
    product.send(project, error("ChairError"))
    product.wait(lambda: sum(int(i["count"]) for i in product.issues(project)) == 7)
    issues = product.issues(project)
    assert {issue["title"].partition(":")[0] for issue in issues} == {"LampError", "ChairError"}
    assert product.outcomes(project) == {("error", "accepted", ""): 7}
    lamp = next(issue for issue in issues if issue["title"].startswith("Lamp"))
    assert product.latest(project, lamp)["eventID"]
    for query in ("is:unresolved", "LampError", "release:shop@2", "is:unhandled", "level:error"):
        product.issues(project, query)
    for query in ("firstRelease:SHOP@*", "firstRelease:*h*p@1", "!firstRelease:*a*a*a*a*a*b"):
        assert "LampError" in str(product.issues(project, query))
    assert product.issues(project, "firstRelease:s_op*") == []
    assert len(product.issues(project, "lamperror")) == len(product.issues(project, "LampError"))


def test_a_build_serves_the_events_before_it_and_after_it(
    product: Product, project: dict[str, str]
) -> None:
    """Uploads, lookups, counts and repair: the same as with the file."""
    assert_a_build_serves_its_events(product, project)


def test_odd_texts_are_stored_all_the_same(product: Product, project: dict[str, str]) -> None:
    """NUL, lone surrogates, very long names: PostgreSQL is stricter than a file."""
    odd = [
        error("Nul\x00Error", release="a\x00b", environment="x" * 500, transaction="y\x00" * 300),
        error("E" * 3000, release="r" * 999, logger="l\x00" * 99, level="\x00", platform="p" * 99),
        error("S\ud800rrogate", message="\udfff", culprit="c" * 999, server_name="\ud800"),
        error("Type", type="t" * 99, dist="d" * 99, logentry={"formatted": "\x00" * 9999}),
    ]
    for envelope in odd:
        assert product.send(project, envelope)[0] == 200
    product.wait(lambda: len(product.issues(project)) == len(odd))
    assert b'"dead_records": 0' in product.post("/-/health", b"", method="GET")[2]


def test_a_resolved_issue_regresses(product: Product, project: dict[str, str]) -> None:
    """Status changes by the API and by the pipeline."""
    product.send(project, error("LampError"))
    issue = product.wait_for_issue(project)
    alice = sign_in_owner(product)
    alice.open("/issues/")
    alice.submit("/issues/status/", {"status": "resolved", "issue": issue["id"]})
    assert product.issues(project, "is:unresolved") == []
    product.send(project, error("LampError"))
    again = product.wait_for_issue(project, "is:unresolved")
    assert (again["id"], again["substatus"]) == (issue["id"], "regressed")


def test_pages_and_sign_in_work(product: Product, project: dict[str, str]) -> None:
    """List, issue and its event as pages, for the owner."""
    product.send(project, error("LampError"))
    issue = product.wait_for_issue(project)
    alice = sign_in_owner(product)
    assert "LampError" in alice.open(f"/issues/?project={project['id']}").text
    assert "LampError" in alice.open(f"/issues/{issue['id']}/").text
    assert alice.open("/outcomes/").status == 200


def test_nothing_is_lost_while_the_database_is_away(
    product: Product, postgres: Postgres, project: dict[str, str]
) -> None:
    """The door goes on with the keys it knows, also when it is restarted; nobody is buried."""
    product.send(project, error("LampError"))
    product.wait_for_issue(project)
    product.wait(
        lambda: project["public_key"].encode() in (product.folder / "keys.copy").read_bytes()
    )
    postgres.stop()
    for _ in range(4):
        assert product.send(project, error("LampError"))[0] == 200
    door = product.child("door")
    os.kill(door, signal.SIGKILL)
    product.wait(lambda: not Path(f"/proc/{door}").exists() and product.is_answering(), seconds=30)
    assert product.send(project, error("LampError"))[0] == 200
    product.wait(lambda: "the metadata cannot be reached" in product.log())
    postgres.start()
    product.wait(lambda: [i for i in product.issues(project) if i["count"] == "6"], seconds=30)
    assert b'"dead_records": 0' in product.post("/-/health", b"", method="GET")[2]


def test_a_restart_continues(product: Product, project: dict[str, str]) -> None:
    """Positions and issues are where they were, and the spool is free at once, although the
    database has been away meanwhile.
    """
    product.send(project, error("LampError"))
    product.wait_for_issue(project)
    assert product.stop() == 0
    assert "the spool is free only after a while" not in product.log()
    product.start()
    product.send(project, error("LampError"))
    product.wait(lambda: [i for i in product.issues(project) if i["count"] == "2"])
    assert product.outcomes(project) == {("error", "accepted", ""): 2}


def test_releases_have_their_order_and_odd_commits(
    product: Product, project: dict[str, str]
) -> None:
    """Bytes sort as versions do whatever the language of the database; NUL and halves are gone."""
    for release in ("lamp@1.10.0", "lamp@1.9.0", "lamp@1.10.0-rc.1"):
        product.send(project, error("LampError", release=release))
    product.wait(lambda: sum(int(i["count"]) for i in product.issues(project)) == 3)
    assert len(product.issues(project, "release:latest release:lamp@1.10.0")) == 1
    assert product.issues(project, "release:latest release:lamp@1.9.0") == []
    assert len(product.issues(project, "release.version:<1.10 release:lamp@1.10.0-rc.1")) == 1
    assert product.issues(project, "release.version:>1.10") == []
    address = f"/api/0/organizations/{project['organization']}/releases/lamp@2.0/"
    commit = {"id": "a" * 40, "message": "x\x00", "author_name": "\x00" + "é" * 300}
    commit |= {"patch_set": [{"path": "p" * 3000, "type": "A"}, {"path": "\x00", "type": "M"}]}
    headers = {
        "Authorization": f"Bearer {product.token()}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"projects": [project["project"]], "commits": [commit]}).encode()
    for _ in range(2):
        status, _, answer = product.post(address, body, headers, method="PUT")
        assert status == 200, answer
    half = body.replace(b'"x\\u0000"', b'"\\ud800"')
    assert product.post(address, half, headers, method="PUT")[0] in (200, 400)
    found = product.api(f"projects/{project['organization']}/{project['project']}/releases/")
    assert {one["version"] for one in found} >= {"lamp@2.0", "lamp@1.9.0"}
    issue = product.issues(project)[0]
    details = {"status": "resolved", "statusDetails": {"inNextRelease": True}}
    path = f"/api/0/issues/{issue['id']}/"
    assert product.post(path, json.dumps(details).encode(), headers, method="PUT")[0] == 200
    product.send(project, error("LampError", release="lamp@1.9.0"))
    product.wait(lambda: int(product.issues(project)[0]["count"]) == 4)
    assert product.issues(project)[0]["status"] == "resolved"
    product.send(project, error("LampError", release="lamp@3.0"))
    product.wait(lambda: product.issues(project)[0]["status"] == "unresolved")


def test_long_keys_of_a_rule_stop_nothing(product: Product, project: dict[str, str]) -> None:
    """Four tags of 800 bytes are no key that PostgreSQL indexes: what comes after is processed."""
    organization = project["organization"]
    scopes = ("--scope", "alerts:write")
    token = json.loads(product.command("token", "create", "--json", *scopes))["token"]
    rule = {"name": "four", "measure": "count", "window": "1m", "levels": ">0",
            "per": ["tag:a", "tag:b", "tag:c", "tag:d"]}  # fmt: skip
    status, _, body = product.post(
        f"/api/0/organizations/{organization}/configuration/rules/{project['project']}/four/",
        json.dumps(rule).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        "PUT",
    )
    assert status == 201, body
    product.send(project, error("FirstError", tags={"a": "1"}))
    product.wait_for_issue(project, "error.type:FirstError")
    for number in range(3):
        drawn = random.Random(number)
        tags = {key: "".join(chr(drawn.randrange(0x20000, 0x2A6D0)) for _ in range(200))
                for key in "abcd"}  # fmt: skip
        product.send(project, error("LongError", tags=tags))
    product.send(project, error("LastError"))
    product.wait_for_issue(project, "error.type:LastError")
    assert product.wait_for_issue(project, "error.type:LongError")["count"] == "3"
