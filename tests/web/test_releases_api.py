"""Releases over the API: reported, listed, changed, deployed, and gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.walk import bearer
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership, Organization
from vedette.accounts.roles import Role
from vedette.facts import ReleaseSeen
from vedette.releases.recording import record_releases

HERE = "/api/0/organizations/lantern/releases/"
JSON = "application/json"
COMMITS = [
    {
        "id": "b" * 40,
        "repository": "lantern/shop",
        "author_name": "Ann",
        "author_email": "ann@example.com",
        "message": "Charge once\n\nNot twice.",
        "timestamp": "2026-01-02T10:00:00+02:00",
        "patch_set": [{"path": "till.py", "type": "M"}, {"path": "old.py", "type": "D"}],
    },
    {"id": "a" * 40, "repository": "lantern/shop", "patch_set": [{"path": "x", "type": "A"}]},
]


@pytest.fixture
def token(world: World) -> Client:
    """A client with a token of the organisation."""
    return bearer(world.organization)


@pytest.fixture
def report(token: Client) -> Callable[..., Any]:
    """Report a release of the shop."""

    def run(version: str, **body: Any) -> Any:
        return token.post(HERE, {"version": version, "projects": ["shop"], **body}, JSON)

    return run


def test_a_release_is_reported_once(report: Callable[..., Any], token: Client) -> None:
    """201, then 208; the second adds what it says and loses nothing."""
    made = report("shop@9.0.0", url="https://x.example/r", dateStarted="2026-01-01T00:00:00Z")
    assert made.status_code == 201
    again = report("shop@9.0.0", ref="main")
    assert again.status_code == 208
    shape = token.get(f"{HERE}shop@9.0.0/").json()
    assert (shape["url"], shape["ref"]) == ("https://x.example/r", "main")
    assert shape["dateStarted"] == "2026-01-01T00:00:00.000000Z"
    assert shape["dateReleased"] is None
    assert [one["slug"] for one in shape["projects"]] == ["shop"]
    assert shape["versionInfo"]["package"] == "shop"
    assert shape["versionInfo"]["version"]["major"] == 9


def test_a_project_in_the_path_is_one_of_the_release(token: Client) -> None:
    """As sentry-cli 2 asks for one project."""
    address = "/api/0/projects/lantern/shop/releases/"
    assert token.post(address, {"version": "2.2", "projects": []}, JSON).status_code == 201
    assert token.get(f"{address}2.2/").json()["version"] == "2.2"
    assert token.get("/api/0/projects/lantern/web/releases/2.2/").status_code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"version": "a/b", "projects": ["shop"]}, "slash"),
        ({"version": "latest", "projects": ["shop"]}, "cannot be the name"),
        ({"version": "x" * 250, "projects": ["shop"]}, "characters"),
        ({"version": "1", "projects": ["nowhere"]}, "Invalid project"),
        ({"projects": ["shop"]}, "version"),
        ({"version": "1", "projects": ["shop"], "dateReleased": "soon"}, "dateReleased"),
        ({"version": "1", "projects": ["shop"], "status": "gone"}, "status"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    token: Client, body: dict[str, Any], words: str
) -> None:
    """A 400 that sentry-cli prints."""
    answer = token.post(HERE, body, JSON)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_a_release_is_finalized_to_the_nanosecond(
    report: Callable[..., Any], token: Client
) -> None:
    """By a PUT, which makes it where it is not there."""
    report("shop@9")
    for version in ("shop@9", "shop@10"):
        body = {"projects": ["shop"], "dateReleased": "2026-11-22T01:28:03.948944485Z"}
        shape = token.put(f"{HERE}{version}/", body, JSON).json()
        assert shape["dateReleased"] == "2026-11-22T01:28:03.948944Z"
    assert token.put(f"{HERE}shop@11/", {}, JSON).status_code == 404


def test_commits_are_kept_in_order_with_authors_and_files(
    report: Callable[..., Any], token: Client
) -> None:
    """Sent again they are the same; the release before is found for the next one."""
    report("shop@9.0.0")
    for _ in range(2):
        assert token.put(f"{HERE}shop@9.0.0/", {"commits": COMMITS}, JSON).status_code == 200
    commits = token.get(f"{HERE}shop@9.0.0/commits/").json()
    assert [one["id"] for one in commits] == ["b" * 40, "a" * 40]
    assert commits[0]["author"] == {"name": "Ann", "email": "ann@example.com"}
    assert commits[0]["dateCreated"] == "2026-01-02T08:00:00.000000Z"
    page = token.get(f"{HERE}shop@9.0.0/commits/", {"per_page": 1, "cursor": "o:1"})
    assert [one["id"] for one in page.json()] == ["a" * 40]
    assert 'rel="next"; results="false"' in page["Link"]
    files = token.get(f"{HERE}shop@9.0.0/commitfiles/").json()
    assert {(one["filename"], one["type"]) for one in files} == {
        ("till.py", "M"),
        ("old.py", "D"),
        ("x", "A"),
    }
    assert token.get(f"{HERE}shop@9.0.0/previous-with-commits/").json() == {}
    report("shop@9.1.0")
    before = token.get(f"{HERE}shop@9.1.0/previous-with-commits/").json()
    assert (before["version"], before["lastCommit"]["id"]) == ("shop@9.0.0", "b" * 40)
    assert before["commitCount"] == 2
    assert token.get("/api/0/organizations/lantern/repos/").json() == []


def test_deploys_are_listed_the_newest_first(report: Callable[..., Any], token: Client) -> None:
    """With their environment; the release names the last."""
    report("shop@9.0.0")
    for environment in ("staging", "production"):
        made = token.post(f"{HERE}shop@9.0.0/deploys/", {"environment": environment}, JSON)
        assert made.status_code == 201
    listed = token.get(f"{HERE}shop@9.0.0/deploys/").json()
    assert [one["environment"] for one in listed] == ["production", "staging"]
    shape = token.get(f"{HERE}shop@9.0.0/").json()
    assert shape["deployCount"] == 2
    assert shape["lastDeploy"]["environment"] == "production"


def test_a_release_is_archived_and_restored_by_name_alone(
    report: Callable[..., Any], token: Client
) -> None:
    """Without projects, as sentry-cli does; one that is not there is a 404."""
    report("shop@9.0.0")
    for status in ("archived", "open"):
        body = {"version": "shop@9.0.0", "projects": [], "status": status}
        assert token.post(HERE, body, JSON).json()["status"] == status
        held = token.get(HERE, {"status": status, "query": "9.0.0"}).json()
        assert [one["version"] for one in held] == ["shop@9.0.0"]
    assert token.post(HERE, {"version": "8", "status": "archived"}, JSON).status_code == 404


def test_a_list_is_in_pages(report: Callable[..., Any], token: Client) -> None:
    """The Link header leads on; by version, or the newest first."""
    for version in ("shop@10.0", "shop@9.0", "shop@11.0"):
        report(version)
    first = token.get(HERE, {"query": "shop@", "sort": "semver", "per_page": 2})
    assert [one["version"] for one in first.json()] == ["shop@11.0", "shop@10.0"]
    assert 'rel="next"; results="true"; cursor="o:2"' in first["Link"]
    rest = token.get(HERE, {"query": "shop@", "sort": "semver", "per_page": 2, "cursor": "o:2"})
    assert rest.json()[0]["version"] == "shop@9.0"
    newest = token.get(HERE, {"query": "shop@", "per_page": 1, "cursor": ""})
    assert newest.json()[0]["version"] == "shop@11.0"


def test_an_event_makes_a_release_with_its_new_issues(world: World, token: Client) -> None:
    """The issues whose first event was of this release."""
    shape = token.get(f"{HERE}shop@2.4.1/").json()
    assert shape["newGroups"] > 0
    assert shape["firstEvent"] is not None
    assert [one["slug"] for one in shape["projects"]] == ["shop"]


def test_a_release_leaves_only_the_projects_of_who_deletes_it(
    world: World, report: Callable[..., Any], token: Client
) -> None:
    """Bob, who sees one project of two, does not delete what is the other's."""
    token.post(HERE, {"version": "both", "projects": ["shop", "web"]}, JSON)
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    bob = bearer(world.organization, world.bob)
    assert [one["slug"] for one in bob.get(f"{HERE}both/").json()["projects"]] == ["web"]
    assert bob.delete(f"{HERE}both/").status_code == 204
    assert bob.get(f"{HERE}both/").status_code == 404
    assert token.get(f"{HERE}both/").status_code == 200
    assert token.delete(f"{HERE}both/").status_code == 204
    assert token.get(f"{HERE}both/").status_code == 404


def test_two_organisations_have_a_release_of_the_same_name(
    world: World, report: Callable[..., Any]
) -> None:
    """And neither sees the other's."""
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.charlie, role=Role.OWNER)
    report("shop@9.0.0", url="https://x.example/secret")
    charlie = bearer(other, world.charlie)
    assert charlie.get("/api/0/organizations/other/releases/").json() == []
    assert charlie.get(f"{HERE}shop@9.0.0/").status_code == 404


def test_a_token_for_continuous_integration_reports_and_reads_releases(world: World) -> None:
    """`org:ci` is all that it has."""
    ci = bearer(world.organization, scopes=["org:ci"])
    assert ci.post(HERE, {"version": "1.1", "projects": ["shop"]}, JSON).status_code == 201
    assert ci.get(f"{HERE}1.1/previous-with-commits/").json() == {}
    assert ci.get("/api/0/organizations/lantern/issues/").status_code == 403


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"status": "resolvedInNextRelease"}, {"inNextRelease": True}),
        ({"status": "resolved", "statusDetails": {"inNextRelease": True}}, {"inNextRelease": True}),
        (
            {"status": "resolved", "statusDetails": {"inRelease": "shop@2.4.1"}},
            {"inRelease": "shop@2.4.1"},
        ),
        (
            {"status": "resolved", "statusDetails": {"inRelease": "latest"}},
            {"inRelease": "shop@2.4.1"},
        ),
        ({"status": "resolved", "statusDetails": {}}, {}),
    ],
)
def test_an_issue_is_resolved_by_a_release(
    world: World, body: dict[str, Any], details: dict[str, Any]
) -> None:
    """As Sentry's clients say it; the issue says so afterwards, in the list too."""
    token = bearer(world.organization, world.alice)
    address = f"/api/0/issues/{world.issues['checkout'].pk}/"
    shape = token.put(address, body, JSON).json()
    person = {"id": str(world.alice.pk), "name": "Alice", "email": "alice@example.com"}
    expected = {**details, "actor": person} if details else {}
    assert (shape["status"], shape["statusDetails"]) == ("resolved", expected)
    listed = token.get("/api/0/organizations/lantern/issues/", {"query": "is:resolved"}).json()
    assert listed[0]["statusDetails"] == expected


def test_an_issue_is_not_resolved_by_a_release_that_is_not_there(world: World) -> None:
    """A 400 in words, and the issue stays as it is."""
    token = bearer(world.organization, world.alice)
    address = f"/api/0/issues/{world.issues['checkout'].pk}/"
    body = {"status": "resolved", "statusDetails": {"inRelease": "shop@9"}}
    refused = token.put(address, body, JSON)
    assert refused.status_code == 400
    assert "no release 'shop@9'" in refused.json()["detail"]
    assert token.get(address).json()["status"] == "unresolved"


def test_a_release_without_a_name_is_refused(token: Client) -> None:
    """No address leads to it, so nobody could delete it."""
    for version in ("", "  "):
        answer = token.post(HERE, {"version": version, "projects": ["shop"]}, JSON)
        assert (answer.status_code, "name" in answer.json()["detail"]) == (400, True)


def test_a_body_beyond_all_bounds_is_refused_in_words(token: Client) -> None:
    """A 413, for every endpoint that takes a body."""
    body = '{"ref": "' + "a" * (21 << 20) + '"}'
    answer = token.put(f"{HERE}shop@2.4.1/", body, JSON)
    assert answer.status_code == 413
    assert "too large" in answer.json()["detail"]


def test_long_paths_of_any_script_are_kept_cut(report: Callable[..., Any], token: Client) -> None:
    """Within what every database can index."""
    path = "".join(chr(0x4E00 + number * 7) for number in range(1024))
    commits = [{"id": "c" * 40, "patch_set": [{"path": path, "type": "A"}]}]
    assert report("shop@9.0.0", commits=commits).status_code == 201
    (file,) = token.get(f"{HERE}shop@9.0.0/commitfiles/").json()
    assert path.startswith(file["filename"])
    assert 1900 < len(file["filename"].encode()) <= 2000


def test_files_come_in_pages_and_a_report_holds_a_bounded_number(
    report: Callable[..., Any], token: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many a build sends; the newest commit's are kept first."""
    monkeypatch.setattr("vedette.releases.commits.MOST_FILES", 5)
    files = [{"path": f"{number}.py", "type": "A"} for number in range(4)]
    report("shop@9", commits=[{"id": key * 40, "patch_set": files} for key in "ab"])
    first = token.get(f"{HERE}shop@9/commitfiles/", {"per_page": 3})
    assert [one["filename"] for one in first.json()] == ["0.py", "1.py", "2.py"]
    assert 'rel="next"; results="true"; cursor="o:3"' in first["Link"]
    rest = token.get(f"{HERE}shop@9/commitfiles/", {"per_page": 3, "cursor": "o:3"})
    assert [one["filename"] for one in rest.json()] == ["3.py", "0.py"]


def test_a_release_keeps_its_latest_deploys(
    report: Callable[..., Any], token: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often somebody reports one."""
    monkeypatch.setattr("vedette.releases.changes.MOST_DEPLOYS", 3)
    report("shop@9")
    for number in range(5):
        token.post(f"{HERE}shop@9/deploys/", {"environment": f"stage-{number}"}, JSON)
    listed = token.get(f"{HERE}shop@9/deploys/").json()
    assert [one["environment"] for one in listed] == ["stage-4", "stage-3", "stage-2"]


def test_authors_are_those_of_the_newest_commits(
    report: Callable[..., Any], token: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bounded number, so that a list of releases stays small."""
    monkeypatch.setattr("vedette.releases.figures._MOST_AUTHORS", 2)
    names = ["Ann", "Ben", "Cid", "Dora"]
    report(
        "shop@9",
        commits=[{"id": str(number), "author_name": name} for number, name in enumerate(names)],
    )
    shape = token.get(f"{HERE}shop@9/").json()
    assert shape["commitCount"] == 4
    assert len(shape["authors"]) == 2


def test_who_sees_one_project_learns_nothing_of_the_other_by_a_common_release(
    world: World, token: Client
) -> None:
    """Neither the release before, which is the other's alone, nor its environments."""
    token.post(HERE, {"version": "hidden@1", "projects": ["shop"], "commits": COMMITS}, JSON)
    token.post(HERE, {"version": "both", "projects": ["shop", "web"]}, JSON)
    see_release(world.shop, "both", "cellar")
    see_release(world.web, "both", "shelf")
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    bob = bearer(world.organization, world.bob)
    assert token.get(f"{HERE}both/previous-with-commits/").json()["version"] == "hidden@1"
    assert bob.get(f"{HERE}both/previous-with-commits/").json() == {}
    assert bob.get(HERE, {"environment": "cellar"}).json() == []
    assert [one["version"] for one in bob.get(HERE, {"environment": "shelf"}).json()] == ["both"]


def see_release(project: Any, version: str, environment: str) -> None:
    """An event of the release in an environment."""
    now = clock.timestamp()
    fact = ReleaseSeen(
        project_id=project.pk,
        release=version,
        environment=environment,
        first_seen=now,
        last_seen=now,
    )
    record_releases([fact])
