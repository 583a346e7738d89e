"""Repositories, code mappings, owners and suspect commits over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.code import ADDRESS, CHECKOUT, NAME, OTHER, PLACING, report_code
from tests.web.walk import bearer
from tests.web.world import World
from vedette.issues.models import Assignment

ORGANIZATION = "/api/0/organizations/lantern/"
REPOSITORIES = f"{ORGANIZATION}repos/"
MAPPINGS = f"{ORGANIZATION}code-mappings/"
SHOP = "/api/0/projects/lantern/shop/"
JSON = "application/json"
ALL = ["org:read", "project:read", "project:write", "project:releases", "event:write", "event:read"]


@pytest.fixture
def token(world: World) -> Client:
    """A client with a token of Alice, who owns the organisation."""
    return bearer(world.organization, world.alice, ALL)


def test_a_repository_is_added_changed_and_removed(world: World, token: Client) -> None:
    """In Sentry's shape; the provider follows the address unless it is named."""
    made = token.post(REPOSITORIES, {"name": "a/b", "url": "https://gitlab.com/a/b.git"}, JSON)
    assert made.status_code == 201
    shape = made.json()
    assert shape["url"] == "https://gitlab.com/a/b"
    assert shape["provider"] == {"id": "vedette:gitlab", "name": "GitLab"}
    assert shape["status"] == "active"
    one = f"{REPOSITORIES}{shape['id']}/"
    body = {"url": "https://git.example/a/b", "provider": "integrations:gitea"}
    changed = token.put(one, body, JSON).json()
    assert (changed["name"], changed["provider"]["id"]) == ("a/b", "vedette:gitea")
    assert [held["id"] for held in token.get(REPOSITORIES, {"query": "a/"}).json()] == [shape["id"]]
    assert token.delete(one).status_code == 204
    assert token.get(one).status_code == 404
    assert token.get(REPOSITORIES).json() == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "a/b", "url": "javascript:alert(1)"},
        {"name": "a/b", "url": "https://git.example/a"},
        {"name": "a/b", "url": "https://git.example/a", "provider": "svn"},
        {"name": "a/b", "url": "https://git.example/a", "provider": "template", "template": "{x}"},
    ],
)
def test_a_repository_that_leads_nowhere_is_refused(body: dict[str, Any], token: Client) -> None:
    """With the reason."""
    answer = token.post(REPOSITORIES, body, JSON)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_repository_s_commits_are_those_of_visible_releases(world: World, token: Client) -> None:
    """The newest first, in pages."""
    code = report_code(world)
    here = f"{REPOSITORIES}{code.repository.pk}/commits/"
    assert {one["id"] for one in token.get(here).json()} == {OTHER, CHECKOUT, PLACING}
    page = token.get(here, {"per_page": 2})
    assert len(page.json()) == 2
    assert 'rel="next"; results="true"; cursor="o:2"' in page["Link"]
    code.release.in_projects.all().delete()
    assert token.get(here).json() == []


def test_a_code_mapping_goes_through_its_life(world: World, token: Client) -> None:
    """And says where a frame leads."""
    code = report_code(world)
    body = {"projectId": str(world.shop.pk), "repositoryId": str(code.repository.pk)}
    body |= {"stackRoot": "/srv/", "sourceRoot": "src/", "defaultBranch": "trunk"}
    made = token.post(MAPPINGS, body, JSON)
    assert made.status_code == 201
    shape = made.json()
    assert (shape["repoName"], shape["projectSlug"], shape["stackRoot"]) == (NAME, "shop", "/srv/")
    assert token.post(MAPPINGS, body, JSON).status_code == 400
    link = f"{SHOP}stacktrace-link/"
    assert token.get(link, {"file": "/srv/a.py"}).json()["error"] == "no_repository_address"
    token.put(f"{REPOSITORIES}{code.repository.pk}/", {"url": ADDRESS}, JSON)
    found = token.get(link, {"file": "/srv/a.py", "lineNo": 3}).json()
    assert found["sourceUrl"] == f"{ADDRESS}/blob/trunk/src/a.py#L3"
    found = token.get(link, {"file": "/srv/a.py", "release": code.release.version}).json()
    assert found["sourceUrl"] == f"{ADDRESS}/blob/{OTHER}/src/a.py"
    assert token.get(link, {"file": "/usr/a.py"}).json()["error"] == "stack_root_mismatch"
    one = f"{MAPPINGS}{shape['id']}/"
    assert token.put(one, {"sourceRoot": "lib"}, JSON).json()["sourceRoot"] == "lib"
    assert len(token.get(MAPPINGS, {"project": "shop"}).json()) == 1
    assert token.get(MAPPINGS, {"project": "web"}).json() == []
    assert token.delete(one).status_code == 204
    assert token.get(link, {"file": "/srv/a.py"}).json()["error"] == "no_code_mappings"


def test_mappings_are_put_many_at_once(world: World, token: Client) -> None:
    """Those with a known stack root are changed; one that is wrong loses no other."""
    report_code(world)
    body: dict[str, Any] = {"project": "shop", "repository": NAME, "defaultBranch": "trunk"}
    body["mappings"] = [{"stackRoot": "/a/", "sourceRoot": "x"}, {"stackRoot": "/b/"}]
    made = token.post(f"{MAPPINGS}bulk/", body, JSON)
    assert made.status_code == 200
    assert (made.json()["created"], made.json()["updated"]) == (2, 0)
    body["mappings"] += [{"stackRoot": "/c/", "sourceRoot": "../d"}]
    again = token.post(f"{MAPPINGS}bulk/", body, JSON)
    assert again.status_code == 207
    assert [one["status"] for one in again.json()["mappings"]] == ["updated", "updated", "error"]
    assert {one["defaultBranch"] for one in token.get(MAPPINGS).json()} == {"trunk"}
    for name in ("project", "repository"):
        assert token.post(f"{MAPPINGS}bulk/", {**body, name: "no"}, JSON).status_code == 404


def test_committers_and_owners_of_an_event(world: World, token: Client) -> None:
    """The suspects by author with their reasons; members are told apart from strangers."""
    report_code(world)
    rules = {"raw": "path:shop/** alice@example.com #till\n", "autoAssignment": True}
    held = token.put(f"{SHOP}ownership/", rules, JSON).json()
    assert (held["raw"], held["autoAssignment"]) == (
        rules["raw"],
        "Auto Assign to Suspect Commits",
    )
    event = f"{SHOP}events/{samples.CHECKOUT['event_id'][:-1]}1/"
    found = token.get(f"{event}committers/").json()["committers"]
    assert [one["author"]["email"] for one in found] == ["bob@example.com", "alice@example.com"]
    assert found[0]["author"]["id"] == str(world.bob.pk)
    assert [one["id"] for one in found[0]["commits"]] == [PLACING]
    assert found[0]["commits"][0]["score"] == 1
    assert "placing.py" in found[0]["commits"][0]["reason"]
    issue = world.issues["checkout"].pk
    assert token.get(f"/api/0/issues/{issue}/committers/").json()["committers"] == found
    owners = token.get(f"{event}owners/").json()
    assert [one["name"] for one in owners["owners"]] == ["Bob", "Alice", "till"]
    assert owners["rule"] == ["path", "shop/**"]
    wrong = token.put(f"{SHOP}ownership/", {"raw": "nonsense"}, JSON)
    assert "Line 1" in wrong.json()["detail"]


@pytest.mark.parametrize("name", ["bob@example.com", "user:{bob}", "{bob}"])
def test_an_issue_is_assigned_over_the_api(name: str, world: World, token: Client) -> None:
    """By address or id; to nobody again; and lists say whose it is."""
    one = f"/api/0/issues/{world.issues['checkout'].pk}/"
    shape = token.put(one, {"assignedTo": name.format(bob=world.bob.pk)}, JSON).json()
    assert shape["assignedTo"]["email"] == "bob@example.com"
    assert shape["status"] == "unresolved"
    listed = token.get(f"{ORGANIZATION}issues/", {"query": "assigned:bob@example.com"}).json()
    assert [row["assignedTo"]["id"] for row in listed] == [str(world.bob.pk)]
    assert token.get(f"{ORGANIZATION}issues/", {"query": "assigned:me"}).json() == []
    token.put(one, {"status": "resolved"}, JSON)
    assert token.get(one).json()["assignedTo"]["email"] == "bob@example.com"
    assert token.put(one, {"assignedTo": ""}, JSON).json()["assignedTo"] is None
    assert Assignment.objects.get().by == world.alice


def test_nobody_from_outside_is_assigned(world: World, token: Client) -> None:
    """A team, a stranger, or who does not see the project."""
    one = f"/api/0/issues/{world.issues['checkout'].pk}/"
    for name in ("charlie@example.com", f"user:{world.charlie.pk}", "team:1", "x"):
        assert token.put(one, {"assignedTo": name}, JSON).status_code == 400
    assert not Assignment.objects.exists()


def test_a_build_s_token_reads_and_changes_nothing(world: World) -> None:
    """`org:ci` reports commits; where frames lead is the organisation's to say."""
    code = report_code(world)
    build = bearer(world.organization, None, ["org:ci"])
    assert [one["name"] for one in build.get(REPOSITORIES).json()] == [NAME]
    one = f"{REPOSITORIES}{code.repository.pk}/"
    assert build.put(one, {"url": ADDRESS}, JSON).status_code == 403
    assert build.delete(one).status_code == 403
    assert build.post(MAPPINGS, {}, JSON).status_code == 403
