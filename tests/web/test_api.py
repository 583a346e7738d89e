"""The API over the product's own store: figures, wrong questions, strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.test_outcomes import counted
from tests.web.world import World
from vedette.accounts.models import ApiToken, Organization, hash_token
from vedette.store import access
from vedette.store.errors import BadQuery, StoreBusy, StoreError
from vedette.store.query import Answer, Select

BASE = "/api/0/organizations/lantern"
Get = Callable[..., Any]


def caller(organization: Organization, word: str) -> Get:
    """Asks with a token of an organisation; gives the answer."""
    ApiToken.objects.create(organization=organization, token_hash=hash_token(word), name=word)
    client = Client(headers={"Authorization": f"Bearer {word}"})
    return lambda path, **query: client.get(path, query)


@pytest.fixture
def get(world: World) -> Get:
    """A token of Alice's organisation."""
    return caller(world.organization, "own")


@pytest.fixture
def get_foreign(world: World) -> Get:
    """A token of another organisation."""
    return caller(Organization.objects.create(slug="other", name="Other"), "foreign")


def test_issues_and_their_tags_are_counted(world: World, get: Get) -> None:
    """The same figures as on the pages."""
    issues = get(f"{BASE}/issues/", query="is:unresolved", sort="freq").json()
    assert {issue["count"] for issue in issues} == {"3"}
    tags = get(f"{BASE}/issues/{world.issues['checkout'].pk}/tags/").json()
    region = next(tag for tag in tags if tag["key"] == "region")
    assert (region["totalValues"], region["topValues"][0]["value"]) == (3, "eu-west")


def test_outcomes_are_summed_as_asked(world: World, get: Get) -> None:
    """In total, by group, and by the interval; an odd interval is a whole number of hours."""
    whole = get(f"{BASE}/stats_v2/", field="sum(quantity)").json()
    assert whole["groups"][0]["totals"] == {"sum(quantity)": counted(world)}
    for interval in ("1h", "90m", "1d"):
        found = get(f"{BASE}/stats_v2/", groupBy="outcome", interval=interval).json()
        series = [sum(group["series"]["sum(quantity)"]) for group in found["groups"]]
        assert sum(series) == counted(world)
    limited = get(f"{BASE}/stats_v2/", groupBy="reason", outcome="rate_limited").json()
    assert [(one["by"]["reason"], one["totals"]) for one in limited["groups"]] == [
        ("key limit", {"sum(quantity)": 40})
    ]


def test_too_many_reasons_are_answered_too(
    world: World, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The smallest are summed as `other`, and the answer says so."""
    whole = get(f"{BASE}/stats_v2/", groupBy="reason").json()
    assert whole["isFolded"] is False
    monkeypatch.setattr("vedette.web.api.sentry.stats._MOST_SUMS", 1)
    found = get(f"{BASE}/stats_v2/", groupBy="reason").json()
    assert found["isFolded"] is True
    assert "other" in {group["by"]["reason"] for group in found["groups"]}
    assert sum(group["totals"]["sum(quantity)"] for group in found["groups"]) == counted(world)


def test_an_event_holds_what_a_person_wrote_about_it(world: World, get: Get) -> None:
    """In Sentry's shape; null for an event of which nobody wrote."""
    ids = [f"{number:032x}" for number in (0xFEED, 0xBEEF)]
    for event_id in ids:
        world.stage.send(world.shop, {"event_id": event_id, "message": "feedback probe"})
    world.stage.report(world.shop, ids[0], name="", email="", comments="It broke")
    world.stage.work()
    place = f"/api/0/projects/lantern/{world.shop.slug}/events"
    told, silent = (get(f"{place}/{event_id}/").json() for event_id in ids)
    assert told["userReport"]["comments"] == "It broke"
    assert told["userReport"]["eventID"] == ids[0]
    assert silent["userReport"] is None
    assert told["groupID"] == silent["groupID"] is not None


def test_an_event_says_what_itself_is_called(world: World, get: Get) -> None:
    """Not what the newest event of its issue is called: title, parts, place and culprit."""
    ids = [f"{number:032x}" for number in (0xCAFE, 0xD00D)]
    for event_id, type_, place in zip(ids, ("KeyError", "TypeError"), ("a", "b"), strict=True):
        frames = [{"function": f"run_{place}", "module": place, "filename": f"{place}.py"}]
        error = {"type": type_, "value": f"in {place}", "stacktrace": {"frames": frames}}
        world.stage.send(
            world.shop,
            {
                "event_id": event_id,
                "platform": "python",
                "fingerprint": ["told apart"],
                "exception": {"values": [error]},
            },
        )
        world.stage.work()
    place = f"/api/0/projects/lantern/{world.shop.slug}/events"
    first, second = (get(f"{place}/{event_id}/").json() for event_id in ids)
    assert first["groupID"] == second["groupID"]
    parts = {"value": "in a", "filename": "a.py", "function": "run_a"}
    assert first["metadata"] == {"type": "KeyError", **parts}
    assert (first["title"], first["culprit"]) == ("KeyError: in a", "a in run_a")
    assert first["location"] == "a.py"
    assert second["metadata"]["type"] == "TypeError"


@pytest.mark.parametrize(
    "query",
    [
        "ValueError: x",
        'Error: (1045, "Access denied',
        "fe80::1",
        "127.0.0.1:80",
        "\ufeffis:unresolved",
    ],
)
def test_what_people_paste_is_no_wrong_search(world: World, get: Get, query: str) -> None:
    """Titles, addresses and characters that nobody sees."""
    assert get(f"{BASE}/issues/", query=query).status_code == 200


def test_an_event_is_found_when_it_has_its_issue(world: World, get: Get) -> None:
    """The store holds it a moment earlier; until then it is not there, rather than half there."""
    from vedette.issues.models import IssueKey

    event_id = f"{0xFADE:032x}"
    world.stage.send(world.shop, {"event_id": event_id, "message": "without an issue"})
    world.stage.work()
    place = f"/api/0/projects/lantern/{world.shop.slug}/events/{event_id}/"
    assert get(place).json()["groupID"]
    IssueKey.objects.filter(issue__value="without an issue").delete()
    assert get(place).status_code == 404
    assert get(f"{BASE}/eventids/{event_id}/").status_code == 404


def test_another_organisation_sees_nothing(world: World, get_foreign: Get) -> None:
    """Not by number, short name, event or the organisation's name."""
    issue, event = world.issues["checkout"], samples.CHECKOUT["event_id"]
    for path in (
        f"{BASE}/issues/",
        f"/api/0/issues/{issue.pk}/",
        f"/api/0/issues/{issue.pk}/events/",
        "/api/0/organizations/other/shortids/SHOP-1/",
        f"/api/0/organizations/other/eventids/{event}/",
        f"/api/0/projects/other/shop/events/{event}/",
    ):
        assert get_foreign(path).status_code == 404
    assert get_foreign("/api/0/organizations/other/issues/", query="").json() == []
    assert get_foreign("/api/0/organizations/other/stats_v2/").json()["groups"] == []


@pytest.mark.parametrize("query", ["(", "id:xyz", "timesSeen:many", "level:error OR is:resolved"])
def test_a_wrong_search_is_a_400_in_words(world: World, get: Get, query: str) -> None:
    """With the reason, and without a word of SQL."""
    answer = get(f"{BASE}/issues/", query=query)
    assert answer.status_code == 400
    assert "SELECT" not in answer.json()["detail"]


class Refusing:
    """A store that raises."""

    def __init__(self, error: type[StoreError]) -> None:
        self.error = error

    def query(self, select: Select) -> Answer:
        raise self.error("about steps of time")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BadQuery, 400, "bout steps of time"),
        (StoreBusy, 429, "bout steps of time"),
        (StoreError, 503, "does not answer"),
    ],
)
def test_the_store_speaks_to_people(
    world: World,
    get: Get,
    alice: Client,
    monkeypatch: pytest.MonkeyPatch,
    error: type[StoreError],
    status: int,
    words: str,
) -> None:
    """A wrong question is told, a failure is not: what the engine said is in the log."""
    monkeypatch.setattr(access, "_reader", Refusing(error))
    for answer in (get(f"{BASE}/stats_v2/"), alice.get("/outcomes/")):
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert answer.get("Retry-After") == ("2" if status == 429 else None)
        assert status != 503 or "steps of time" not in answer.content.decode()
