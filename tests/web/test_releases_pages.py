"""The list of releases, one release, and releases as marks on charts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.world import World, send_events
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.issues.models import Issue, Status
from vedette.issues.status import set_status
from vedette.releases.changes import Wish, report_deploy, report_release
from vedette.releases.commits import SentCommit, set_commits
from vedette.releases.models import ChangeType, Release, ReleaseEnvironment
from vedette.releases.recording import forget_all
from vedette.store.errors import BadQuery


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def next_release(world: World) -> Release:
    """A newer release of the shop with an issue of its own and one of the release before."""
    forget_all()
    checkout = {**samples.CHECKOUT, "release": "shop@2.5.0", "event_id": "7" * 32}
    fresh = {**samples.MESSAGE, "release": "shop@2.5.0", "event_id": "8" * 32}
    send_events(world.stage, world.shop, checkout, events=1)
    send_events(world.stage, world.shop, {**fresh, "fingerprint": ["only here"]}, events=1)
    world.stage.work()
    return Release.objects.get(version="shop@2.5.0")


def test_the_list_says_how_much_a_release_is_in_use(
    world: World, alice: Client, next_release: Release
) -> None:
    """Events, share and new issues of the range; deploys by environment."""
    report_deploy(next_release, "production", projects=[world.shop])
    body = text(alice.get("/releases/"))
    assert body.index("2.5.0") < body.index("2.4.1") < body.index("8c1f2ab")
    assert "production" in body
    assert "New issues </span><a" in body
    by_events = text(alice.get("/releases/", {"sort": "events"}))
    assert by_events.index("2.4.1") < by_events.index("2.5.0")
    assert "2.4.1" not in text(alice.get("/releases/", {"query": "2.5"}))
    assert "8c1f2ab" not in text(alice.get("/releases/", {"project": "shop"}))
    staging = text(alice.get("/releases/", {"environment": "nowhere"}))
    assert "No release matches" in staging


def test_without_a_release_the_list_says_how_to_get_one(world: World, alice: Client) -> None:
    """With the commands to run."""
    Release.objects.all().delete()
    assert "sentry-cli releases new" in text(alice.get("/releases/"))


def test_a_release_shows_what_it_changed(
    world: World, alice: Client, next_release: Release
) -> None:
    """New issues, those of the release before that are gone, commits with authors and files."""
    commit = SentCommit(
        repository="lantern/shop",
        key="c" * 40,
        message="Charge once\n\nNot twice.",
        author_name="Ann <script>",
        files={"shop/till.py": ChangeType.MODIFIED},
    )
    set_commits(next_release, [commit])
    body = text(alice.get("/releases/shop@2.5.0/"))
    new = body[body.index('id="new"') : body.index('id="regressed"')]
    assert new.count('release-issue"') == 1
    comparison = body[body.index('id="comparison"') : body.index('id="commits"')]
    assert "2.4.1</a> is the release before" in comparison
    assert "1 issue in both" in comparison
    places = body[body.index("Environments</h2>") : body.index("Deploys</h2>")]
    assert "environment=production" in places
    assert "2 events<" in places
    commits = body[body.index('id="commits"') :]
    assert "Charge once" in commits
    assert "Ann &lt;script&gt;" in commits
    assert "shop/till.py" in commits
    assert alice.get("/releases/shop@7/").status_code == 404


def test_an_issue_that_comes_back_is_shown_with_the_release_that_brought_it(
    world: World, alice: Client
) -> None:
    """Resolved, then seen again in a newer release."""
    forget_all()
    issue = world.issues["checkout"]
    set_status([world.shop], [issue.pk], Status.RESOLVED)
    Issue.objects.filter(pk=issue.pk).update(resolved_at=issue.first_seen)
    again = {**samples.CHECKOUT, "release": "shop@2.6.0", "event_id": "9" * 32}
    send_events(world.stage, world.shop, again, events=1, minutes=0)
    world.stage.work()
    body = text(alice.get("/releases/shop@2.6.0/"))
    regressed = body[body.index('id="regressed"') : body.index('id="resolved"')]
    assert f"/issues/{issue.pk}/" in regressed


def test_releases_are_marks_on_the_chart_of_an_issue(
    world: World, alice: Client, next_release: Release
) -> None:
    """Each leads to its page, and so does the name beside the event."""
    body = text(alice.get(f"/issues/{world.issues['checkout'].pk}/"))
    marks = body[body.index("chart-marks") : body.index("chart-scale")]
    assert "shop@2.5.0 appeared" in marks
    assert "/releases/shop@2.5.0/" in marks
    assert "web@8c1f2ab" not in marks


def test_a_name_that_no_release_can_have_breaks_no_page(world: World, alice: Client) -> None:
    """It leads to a search instead."""
    odd = {**samples.MESSAGE, "release": "feature/x y?#%", "event_id": "5" * 32}
    send_events(world.stage, world.shop, {**odd, "fingerprint": ["odd"]}, events=1)
    world.stage.work()
    issue = Issue.objects.filter(project=world.shop).latest("pk")
    body = text(alice.get(f"/issues/{issue.pk}/"))
    assert "feature/x y?#%" in body
    assert not Release.objects.filter(version__startswith="feature").exists()


def test_a_release_is_archived_and_opened_again(
    world: World, alice: Client, next_release: Release
) -> None:
    """By a button; it moves between the two lists."""
    address = "/releases/shop@2.5.0/status/"
    assert alice.get(address).status_code == 405
    alice.post(address, {"status": "archived"})
    assert "2.5.0</b>" not in text(alice.get("/releases/"))
    assert "2.5.0</b>" in text(alice.get("/releases/", {"status": "archived"}))
    alice.post(address, {"status": "open"})
    assert "2.5.0</b>" in text(alice.get("/releases/"))


def test_a_member_of_one_project_sees_nothing_of_the_others(
    world: World, bob: Client, next_release: Release
) -> None:
    """Neither its releases, nor its issues in a release that both have."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    assert "2.5.0" not in text(bob.get("/releases/"))
    assert bob.get("/releases/shop@2.5.0/").status_code == 404
    report_release(
        world.organization, "shop@2.5.0", projects=[world.web], wish=Wish(url="javascript:1")
    )
    body = text(bob.get("/releases/shop@2.5.0/"))
    assert "javascript:1" not in body
    assert 'New issues <span class="muted">0' in body
    assert "PaymentFailed" not in body


def test_the_latest_release_and_versions_can_be_searched_for(
    world: World, alice: Client, next_release: Release
) -> None:
    """In the issue list, and among the events of an issue."""
    shop = {"project": "shop"}
    latest = text(alice.get("/issues/", {**shop, "query": "release:latest"}))
    assert latest.count('class="issue-row"') == 2
    began = text(alice.get("/issues/", {**shop, "query": "firstRelease:latest"}))
    assert began.count('class="issue-row"') == 1
    newer = text(alice.get("/issues/", {**shop, "query": "release.version:>2.4.1"}))
    assert newer.count('class="issue-row"') == 2
    older = text(alice.get("/issues/", {**shop, "query": "release.version:<2.5"}))
    assert older.count('class="issue-row"') == 1
    refused = text(alice.get("/issues/", {**shop, "query": "release.version:>soon"}))
    assert "is not a version" in refused
    events = f"/issues/{world.issues['checkout'].pk}/events/"
    assert text(alice.get(events, {"query": "release:latest"})).count("data-row") == 1
    assert text(alice.get(events, {"query": "!release:latest"})).count("data-row") == 3


def test_an_issue_is_resolved_in_the_next_release_from_its_page(
    world: World, alice: Client
) -> None:
    """The page says so, the release that comes counts it, and the menu names the latest."""
    issue = world.issues["checkout"]
    address = f"/issues/{issue.pk}/"
    assert "resolved:in:shop@2.4.1" in text(alice.get(address))
    alice.post("/issues/status/", {"status": "resolved:next", "issue": issue.pk, "next": address})
    body = text(alice.get(address))
    assert "in the next release after shop@2.4.1" in body
    assert "1 issue resolved in the next release." in body
    report_release(world.organization, "shop@2.5.0", projects=[world.shop], wish=Wish())
    assert "in shop@2.5.0" in text(alice.get(address))
    body = text(alice.get("/releases/shop@2.5.0/"))
    resolved = body[body.index('id="resolved"') : body.index('id="comparison"')]
    assert f"/issues/{issue.pk}/" in resolved


@pytest.mark.parametrize("status", ["resolved:in:shop@77", "resolved:in:", "resolved:soon"])
def test_a_release_that_is_not_there_is_refused_in_words(
    world: World, alice: Client, status: str
) -> None:
    """A 400, and the issue stays unresolved."""
    issue = world.issues["checkout"]
    answer = alice.post("/issues/status/", {"status": status, "issue": issue.pk})
    assert answer.status_code == 400
    assert "release" in answer.content.decode()
    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_an_old_release_is_compared_with_the_one_before_it(world: World, alice: Client) -> None:
    """However many came after it; any other can be chosen by its name."""
    at = clock.now() - timedelta(days=80)
    for number in range(70):
        report_release(
            world.organization,
            f"shop@1.{number}",
            projects=[world.shop],
            wish=Wish(),
            at=at + timedelta(days=number),
        )
    body = text(alice.get("/releases/shop@1.5/"))
    assert "1.4</a> is the release before" in body
    chosen = text(alice.get("/releases/shop@1.5/", {"compare": "shop@1.69"}))
    assert '<option value="shop@1.69" selected>' in chosen
    assert "Only in 1.5: 0 issues" in chosen
    assert "There is no older release" in text(alice.get("/releases/shop@1.0/"))
    foreign = text(alice.get("/releases/shop@1.5/", {"compare": "web@8c1f2ab"}))
    assert '<option value="web@8c1f2ab"' not in foreign


def test_a_release_of_very_many_projects_has_a_page(world: World, alice: Client) -> None:
    """Which names some of them, and the places where it was seen last."""
    from vedette.projects.models import Project

    projects = Project.objects.bulk_create(
        Project(organization=world.organization, name=f"Part {number}", slug=f"part-{number}")
        for number in range(300)
    )
    report_release(world.organization, "wide@1", projects=projects, wish=Wish())
    release = Release.objects.get(version="wide@1")
    ReleaseEnvironment.objects.bulk_create(
        ReleaseEnvironment(
            release=release,
            project=project,
            environment="production",
            first_seen=clock.now(),
            last_seen=clock.now(),
        )
        for project in projects
    )
    page = alice.get("/releases/wide@1/").content.decode()
    assert "280 more" in page
    assert page.count("This release in production of") == 100
    assert "wide@1" in alice.get("/releases/").content.decode()


def test_shares_hold_however_many_names_events_have(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an answer cannot list all releases, those that a page shows are counted still."""

    def show() -> list[str]:
        page = alice.get("/releases/").content.decode()
        shares = re.findall(r'Adoption </span><span class="number">(.*?)</span>', page)
        one = alice.get("/releases/shop@2.4.1/").content.decode()
        return [*shares, *re.findall(r"<dt>Adoption</dt><dd>(.*?)</dd>", one)]

    for number in range(3):
        event = {**samples.MESSAGE, "release": f"rare@{number}", "event_id": f"{number}" * 32}
        send_events(world.stage, world.shop, event, events=1)
    world.stage.work()
    whole = show()
    monkeypatch.setattr("vedette.releases.counting._MOST_NAMES", 2)
    assert show() == whole
    assert len(whole) > 3


def test_too_many_sessions_to_count_take_no_page_away(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list stands without their figures, and says so."""

    def refuse(*_: object, **__: object) -> None:
        raise BadQuery("the question needs more memory than it may have: ask for less")

    monkeypatch.setattr("vedette.releases.health.ask_sessions", refuse)
    for address in ("/releases/", "/releases/shop@2.4.1/"):
        page = text(alice.get(address))
        assert "too many sessions" in page
        assert "2.4.1" in page
