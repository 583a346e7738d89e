"""The issue list: search, tabs, paging, status changes, undo, completion."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urljoin

import pytest
from django.test import Client

from tests.web import samples
from tests.web.world import World, add_issue, send_events
from vedette import clock
from vedette.accounts.models import Membership, Organization
from vedette.issues.models import Issue, Status
from vedette.projects.creation import create_project
from vedette.projects.models import Project


def listed(client: Client, **query: str) -> str:
    """The page of a search."""
    answer = client.get("/issues/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_unresolved_issues_are_shown_first(world: World, alice: Client) -> None:
    """Without a search the list holds what is unresolved, the latest first."""
    Issue.objects.filter(pk=world.issues["browser"].pk).update(status=Status.RESOLVED)
    body = listed(alice)
    assert "PaymentFailed" in body
    assert "TypeError" not in body
    assert "TypeError" in listed(alice, query="")


def test_tabs_keep_the_rest_of_the_search(world: World, alice: Client) -> None:
    """A tab only changes the `is:` word."""
    body = listed(alice, query="level:error is:unresolved", sort="freq")
    assert "?query=is%3Aresolved+level%3Aerror&amp;sort=freq" in body
    assert re.search(r'aria-current="page">Unresolved', body)


def test_each_token_is_a_chip_that_can_be_removed(world: World, alice: Client) -> None:
    """The chip's link is the search without it."""
    body = listed(alice, query="is:unresolved level:error")
    assert 'href="?query=level%3Aerror" aria-label="Remove is:unresolved"' in body
    assert '<span class="muted">level:</span>' in body


def test_a_refused_search_says_why(world: World, alice: Client) -> None:
    """The reason stands under the box, and the text is not lost."""
    body = listed(alice, query="(broken")
    assert "This parenthesis is not closed" in body
    assert 'value="(broken"' in body


def test_search_text_is_escaped(world: World, alice: Client) -> None:
    """A search is shown as text."""
    assert "<script>" not in listed(alice, query='"><script>alert(1)</script>').replace(
        "<script src", ""
    ).replace("<script type", "")


def test_pages_are_walked_by_cursor(world: World, alice: Client) -> None:
    """Next and previous keep the search."""
    for number in range(30):
        add_issue(world, world.shop, f"issue {number}")
    first = listed(alice, query="is:unresolved level:warning", sort="freq")
    pages = [first]
    while found := re.search(r'href="([^"]*cursor=[^"]+)" rel="next"', pages[-1]):
        answer = alice.get(urljoin("/issues/", found[1].replace("&amp;", "&")))
        pages.append(answer.content.decode())
    numbers = [re.findall(r"SHOP-\d+", page) for page in pages]
    seen = [set(found) for found in numbers]
    assert [len(found) for found in seen] == [25, 6]
    assert seen[0].isdisjoint(seen[1])
    assert re.search(r'level%3Awarning[^"]*cursor=[^"]*" rel="prev"', pages[1])


def test_the_shared_filter_is_kept_in_links(world: World, alice: Client) -> None:
    """Project, environment and period follow from page to page."""
    body = listed(alice, project="shop", environment="production", period="24h")
    assert "TypeError" not in body
    issue = world.issues["checkout"].pk
    assert f"/issues/{issue}/?project=shop&amp;environment=production&amp;period=24h" in body
    assert "/outcomes/?project=shop&amp;environment=production&amp;period=24h" in body


def test_new_events_are_counted_live(world: World, alice: Client) -> None:
    """The fragment speaks only when there is something new."""
    since = urlencode({"since": clock.now().isoformat()})
    address = f"/issues/new-events/?{since}"
    assert alice.get(address).content.decode().strip() == ""
    send_events(world.stage, world.shop, {**samples.MESSAGE, "event_id": "7" * 32}, events=12)
    world.stage.work()
    assert "12 new events" in alice.get(address).content.decode()
    assert alice.get("/issues/new-events/?since=nonsense").status_code == 400


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("prefix=re", "release:"),
        ("key=is&prefix=res", "resolved"),
        ("key=level&prefix=err", "error"),
        ("key=logger&prefix=", "shop.orders"),
        ("prefix=customer", 'tags["customer tier"]:'),
        ("key=tags%5B%22customer+tier%22%5D&prefix=", "gold"),
        ("key=title&prefix=x", None),
    ],
)
def test_the_search_box_completes(
    query: str, text: str | None, world: World, alice: Client
) -> None:
    """Keys end in a colon; values with spaces come quoted."""
    found = alice.get(f"/issues/suggestions/?{query}").json()["suggestions"]
    assert text in [*(suggestion["text"] for suggestion in found), None]


def change(client: Client, status: str, *issues: Issue | str) -> int:
    """Post a status for issues; answers the status code."""
    ids = [str(issue.pk) if isinstance(issue, Issue) else issue for issue in issues]
    return client.post("/issues/status/", {"status": status, "issue": ids}).status_code


def test_a_resolution_can_be_undone(world: World, alice: Client) -> None:
    """The message offers the way back, to the status each issue had."""
    one, other = world.issues["checkout"], world.issues["message"]
    Issue.objects.filter(pk=other.pk).update(status=Status.IGNORED)
    assert change(alice, "resolved", one, other) == 302
    assert "2 issues resolved." in listed(alice)
    one.refresh_from_db()
    assert one.status == Status.RESOLVED
    assert one.resolved_at is not None
    alice.post("/issues/undo/")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == (Status.UNRESOLVED, Status.IGNORED)


def test_foreign_issues_are_never_changed(world: World, alice: Client) -> None:
    """A mix of own and foreign ids changes the own ones only."""
    other = Organization.objects.create(slug="other", name="Other")
    foreign = add_issue(world, create_project(other, "Secret"), "theirs")
    own = world.issues["checkout"]
    assert change(alice, "ignored", own, foreign, "x", "-1", "9" * 40) == 302
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.status, foreign.status) == (Status.IGNORED, Status.UNRESOLVED)


def test_a_change_needs_the_token_of_the_form(world: World) -> None:
    """A post from another site is refused."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice)
    assert change(client, "resolved", world.issues["checkout"]) == 403
    assert change(client, "nonsense", world.issues["checkout"]) == 403


def test_an_unknown_status_is_refused(world: World, alice: Client) -> None:
    """Only the known states exist."""
    assert change(alice, "deleted", world.issues["checkout"]) == 400


def test_the_way_back_never_leaves_the_site(world: World, alice: Client) -> None:
    """`next` is a path here or nothing."""
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"):
        answer = alice.post("/issues/status/", {"status": "resolved", "next": target})
        assert answer["Location"] == "/issues/"


def test_pasted_ids_lead_to_their_place(world: World, alice: Client) -> None:
    """An event id, an issue number, a short name; anything else becomes a search."""
    issue, event = world.issues["checkout"], samples.CHECKOUT["event_id"]
    for text, address in (
        (event, f"/issues/{issue.pk}/events/{event}/"),
        ("SHOP-1", f"/issues/{issue.pk}/"),
        ("gateway", "/issues/?query=gateway"),
    ):
        assert alice.get("/jump/", {"text": text})["Location"] == address
    assert "PaymentFailed" in alice.get("/jump/options/", {"text": "SHOP-1"}).content.decode()


def test_empty_lists_say_what_to_do_next(world: World, bob: Client) -> None:
    """No match, no event yet, no project yet: three different answers."""
    assert "Nothing matches" in listed(bob, query="zzz")
    Issue.objects.all().delete()
    assert "No unresolved issues" in listed(bob)
    Project.objects.update(first_event_at=None)
    assert "Waiting for the first event" in listed(bob)
    assert bob.get("/")["Location"].startswith("/projects/")
    Project.objects.all().delete()
    assert "No project yet" in listed(bob)


def test_two_organisations_with_the_same_slug_are_told_apart(world: World, alice: Client) -> None:
    """Where a slug is not unique, addresses carry the project's number."""
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.alice)
    twin = create_project(other, "Shop")
    body = alice.get("/projects/").content.decode()
    assert f"/projects/{twin.pk}/settings/" in body
    assert f"/projects/{world.shop.pk}/settings/" in body
