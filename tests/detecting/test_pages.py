"""A problem among issues: found, told from errors, shown with its evidence, and set per project."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.detecting.sending import ONE, look, problems, send_request
from tests.web.tracing import transaction
from tests.web.world import World
from vedette.accounts.models import AuditEntry
from vedette.detecting import settings
from vedette.issues.models import Issue

SLUG = "performance_n_plus_one_db_queries"


@pytest.fixture
def problem(world: World) -> Issue:
    """A loop of queries in the shop."""
    send_request(world, world.shop)
    look(world)
    (issue,) = problems()
    return issue


def names(client: Client, query: str) -> set[str]:
    """The short names that the list shows for a search."""
    page = client.get("/issues/", {"query": query}).content.decode()
    return set(re.findall(r'<span class="nowrap">(SHOP-\d+|WEB-\d+)</span>', page))


@pytest.mark.parametrize(
    "query",
    [
        "issue.category:performance",
        "issue.category:db_query",
        f"issue.type:{SLUG}",
        "!issue.category:error",
        "event.type:performance",
    ],
)
def test_the_list_finds_problems_alone(
    world: World, alice: Client, problem: Issue, query: str
) -> None:
    """By category, by group, by Sentry's name of the type."""
    assert names(alice, query) == {problem.short_name}


@pytest.mark.parametrize(
    "query", ["issue.category:error", "issue.type:error", "!issue.category:performance"]
)
def test_and_errors_without_them(world: World, alice: Client, problem: Issue, query: str) -> None:
    """Everything else."""
    found = names(alice, query)
    assert found
    assert problem.short_name not in found


def test_other_types_are_not_there(world: World, alice: Client, problem: Issue) -> None:
    """A kind of problem that was not found, a category that nobody knows."""
    assert names(alice, "issue.type:performance_slow_db_query") == set()
    assert names(alice, "issue.category:outage") == set()


def test_the_page_shows_the_evidence(world: World, alice: Client, problem: Issue) -> None:
    """The statement, how often, how long, why, what to do, and the way to the trace."""
    page = alice.get(f"/issues/{problem.pk}/").content.decode()
    assert "N+1 Query" in page
    assert ONE.replace('"', "&quot;") in page
    assert "12 spans, together 180 ms, 18 % of the transaction" in page
    assert "times the same query" in page
    assert "prefetch_related" in page
    assert page.count('class="evidence-bar"') == 13
    assert re.search(r'href="/traces/[0-9a-f]{32}/\?at=\d+&amp;span=[0-9a-f]{16}"', page)
    assert f"/problems/#{SLUG}" in page


def test_an_error_has_no_evidence(world: World, alice: Client) -> None:
    """Its page is as it was."""
    (name,) = [one for one in world.issues if one == "boom"] or [next(iter(world.issues))]
    page = alice.get(f"/issues/{world.issues[name].pk}/").content.decode()
    assert 'id="evidence"' not in page


def test_it_is_resolved_and_comes_back(world: World, alice: Client, problem: Issue) -> None:
    """As any other issue."""
    alice.post("/issues/status/", {"issue": problem.pk, "status": "resolved", "next": "/issues/"})
    problem.refresh_from_db()
    assert problem.status == "resolved"
    send_request(world, world.shop, minutes=0.0)
    look(world)
    problem.refresh_from_db()
    assert (problem.status, problem.substatus) == ("unresolved", "regressed")


def test_charlie_sees_nothing(world: World, charlie: Client, problem: Issue) -> None:
    """Neither the issue nor the settings."""
    for address in (f"/issues/{problem.pk}/", "/projects/shop/problems/"):
        answer = charlie.get(address)
        assert answer.status_code in (403, 404)
        assert "N+1" not in answer.content.decode()


def test_the_api_says_what_it_is(world: World, alice: Client, problem: Issue) -> None:
    """Category, type and occurrence in Sentry's words."""
    listed = alice.get(
        f"/api/0/organizations/{world.organization.slug}/issues/",
        {"query": "issue.category:performance"},
    ).json()
    (one,) = listed
    assert (one["issueCategory"], one["issueType"]) == ("performance", SLUG)
    assert one["metadata"] == {"title": "N+1 Query", "value": ONE}
    path = f"/api/0/organizations/{world.organization.slug}/issues/{problem.pk}/events/latest/"
    event = alice.get(path).json()
    evidence = event["occurrence"]["evidenceData"]
    assert len(evidence["offenderSpanIds"]) == 12
    assert evidence["transactionName"] == "/orders"


def test_a_detector_is_turned_off(world: World, alice: Client) -> None:
    """Nothing is found of what comes then; the change is written down."""
    send = {name: "on" for name in _all() if name != SLUG}
    assert alice.post("/projects/shop/problems/", send).status_code == 302
    send_request(world, world.shop)
    assert look(world) == 0
    assert AuditEntry.objects.order_by("-pk").first() is not None
    assert "N+1 Query" in str(AuditEntry.objects.order_by("-pk")[0].what)


def test_a_threshold_is_raised(world: World, alice: Client) -> None:
    """Twelve queries are no loop where twenty are allowed."""
    send = dict.fromkeys(_all(), "on") | {f"{SLUG}.count": "20"}
    assert alice.post("/projects/shop/problems/", send).status_code == 302
    assert settings.chosen_of(world.shop) == {SLUG: {"count": 20}}
    send_request(world, world.shop)
    assert look(world) == 0
    send_request(world, world.shop, 24, minutes=0.5)
    assert look(world) == 1


@pytest.mark.parametrize("typed", ["many", "0", "-5", "1e9", "nan"])
def test_what_is_no_threshold_is_refused(world: World, alice: Client, typed: str) -> None:
    """With what it may be, and what was typed still there."""
    send = dict.fromkeys(_all(), "on") | {f"{SLUG}.count": typed}
    answer = alice.post("/projects/shop/problems/", send)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "is a number from 3 to 1000" in page
    assert f'value="{typed}"' in page
    assert settings.chosen_of(world.shop) == {}


def test_a_teammate_reads_but_does_not_change(world: World, bob: Client) -> None:
    """As with the other settings of a project."""
    assert bob.get("/projects/shop/problems/").status_code == 200
    assert bob.post("/projects/shop/problems/", {}).status_code == 403


def test_a_healthy_request_shows_no_evidence(world: World, alice: Client) -> None:
    """There is nothing to find in an ordinary request."""
    assert transaction("/x", minutes=1, took=1)["spans"]
    assert names(alice, "issue.category:performance") == set()


def _all() -> list[str]:
    from vedette.problems.detectors import detectors

    return list(detectors())


def test_the_list_offers_the_kinds(world: World, alice: Client, problem: Issue) -> None:
    """A click keeps the rest of the search."""
    page = alice.get("/issues/", {"query": "is:unresolved N+1"}).content.decode()
    assert "?query=is%3Aunresolved+N%2B1+issue.category%3Aperformance" in page
    page = alice.get("/issues/", {"query": "issue.category:performance"}).content.decode()
    assert re.search(r'aria-current="true">Performance<', page)


def test_the_trace_leads_to_the_problem_and_back(
    world: World, alice: Client, problem: Issue
) -> None:
    """What was found in its spans stands above them, and is no error."""
    page = alice.get(f"/issues/{problem.pk}/").content.decode()
    match = re.search(r'href="(/traces/[0-9a-f]{32}/)\?at=(\d+)', page)
    assert match is not None
    trace = alice.get(match[1], {"at": match[2]})
    assert trace.status_code == 200
    text = trace.content.decode()
    assert re.search(rf'href="/issues/{problem.pk}/events/[0-9a-f]+/"[^>]*>N\+1 Query: ', text)
    assert trace.context["page"].trace.errors == []
