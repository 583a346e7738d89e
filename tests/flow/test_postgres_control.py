"""Settings, usage, storage, deletion, forgetting and export with the metadata in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner
from vedette.wire.envelope import build_envelope, new_event_id

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
]


@pytest.fixture(scope="module")
def product(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("control") / "data"
    with Product(folder, database_url=postgres.database(), digesters="2") as running:
        yield running


def send(product: Product, project: dict[str, str], kind: str, user: str, **more: Any) -> str:
    """An error of a person; its id."""
    event_id = new_event_id()
    error = {"values": [{"type": kind, "value": f"of {user}"}]}
    payload = {"exception": error, "user": {"email": user}, **more}
    body = build_envelope(
        {"event_id": event_id}, [({"type": "event"}, json.dumps(payload).encode())]
    )
    assert product.send(project, body)[0] == 200
    return event_id


def titles(product: Product, project: dict[str, str]) -> dict[str, int]:
    return {one["title"].partition(":")[0]: int(one["count"]) for one in product.issues(project)}


def test_all_pages_of_control_are_read(product: Product, project: dict[str, str]) -> None:
    """Each group of settings at each level, usage, storage, arrivals: none fails."""
    send(product, project, "LampError", "ada@example.com")
    product.wait_for_issue(project)
    visitor = sign_in_owner(product)
    slug, organization = project["project"], project["organization"]
    groups = ("intake", "quotas", "scrubbing", "filters", "sampling", "storage")
    places = [f"/projects/{slug}/settings", f"/settings/organizations/{organization}"]
    paths = [f"{place}/{group}/" for place in places for group in groups]
    paths += ["/settings/installation/disk/", "/settings/installation/backups/"]
    paths += ["/usage/", "/storage/", "/storage/largest/", f"/projects/{slug}/arrivals/"]
    paths += [f"/projects/{slug}/scrub-stored/", f"/organizations/{organization}/forget/"]
    for path in paths:
        assert visitor.open(path).status == 200, path


def test_what_is_set_holds_and_is_logged(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    """By a file: a filter drops, a limit is counted, and a second time changes nothing."""
    chosen = {
        "filters": {"environments": ["staging"]},
        "quotas": {"limits": {"error": {"month": 1000}}},
    }
    path = tmp_path / "settings.yaml"
    path.write_text(json.dumps({"settings": [{"project": project["project"], "set": chosen}]}))
    product.command("apply", str(path))
    product.command("apply", str(path))

    def is_filtered() -> bool:
        send(product, project, "StageError", "bob@example.com", environment="staging")
        found = product.outcomes(project)
        return ("error", "filtered", "environment") in found

    product.wait(is_filtered, seconds=30)
    visitor = sign_in_owner(product)
    assert "of 1,000 a month" in visitor.open("/usage/").text


def test_filters_that_are_set_at_once_are_all_set(
    product: Product, project: dict[str, str]
) -> None:
    """Each changes its own part of the same choices; none is undone by its neighbour."""
    names = ("browser-extensions", "localhost", "web-crawlers", "filtered-transaction")
    words = ("token", "create", "--json", "--scope", "project:admin")
    headers = {
        "Authorization": f"Bearer {json.loads(product.command(*words))['token']}",
        "Content-Type": "application/json",
    }
    place = f"projects/{project['organization']}/{project['project']}/filters/"

    def put(name: str, is_active: bool) -> None:
        body = json.dumps({"active": is_active}).encode()
        status, _, said = product.post(f"/api/0/{place}{name}/", body, headers, "PUT")
        assert status == 200, said

    for at in range(12):
        wanted = at % 2 == 0
        with ThreadPoolExecutor(len(names)) as people:
            list(people.map(lambda name: put(name, wanted), names))  # noqa: B023 - ends here
        found = {one["id"]: one["active"] for one in product.api(place)}
        assert {name: found[name] for name in names} == dict.fromkeys(names, wanted)


def test_an_issue_an_event_and_a_person_go(product: Product, project: dict[str, str]) -> None:
    """Each by its way, and nothing else; the counts are right afterwards."""
    kept = send(product, project, "ChairError", "carol@example.com")
    gone = send(product, project, "ChairError", "carol@example.com")
    send(product, project, "DoorError", "carol@example.com")
    send(product, project, "WindowError", "dora@example.com")
    product.wait(
        lambda: {"ChairError": 2, "DoorError": 1}.items() <= titles(product, project).items()
    )
    words = ("token", "create", "--json", "--scope", "event:admin")
    token = json.loads(product.command(*words))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    of_project = f"/api/0/projects/{project['organization']}/{project['project']}"
    door = next(one for one in product.issues(project) if one["title"].startswith("DoorError"))
    for path in (f"/api/0/issues/{door['id']}/", f"{of_project}/events/{gone}/"):
        status, _, said = product.post(path, b"", headers, "DELETE")
        assert status in (202, 204), said
    product.wait(lambda: titles(product, project).get("ChairError") == 1, seconds=30)
    product.wait(lambda: "DoorError" not in titles(product, project), seconds=30)
    assert product.api(f"projects/{project['organization']}/{project['project']}/events/{kept}/")
    product.command("forget", "--email", "dora@example.com", "--yes")
    product.wait(lambda: "WindowError" not in titles(product, project), seconds=60)
    assert titles(product, project)["ChairError"] == 1


def test_an_export_holds_everything(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    """Issues and errors, in both formats."""
    send(product, project, "TableError", "erin@example.com")
    product.wait(lambda: "TableError" in titles(product, project))
    for form in ("jsonl", "parquet"):
        product.command("export", "--to", str(tmp_path / form), "--format", form)
    lines = "".join(one.read_text() for one in (tmp_path / "jsonl").rglob("*.jsonl"))
    assert "TableError" in lines
    assert list((tmp_path / "parquet").rglob("*.parquet"))
