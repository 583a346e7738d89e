"""Clicks in vain and hydration errors in recordings become issues, as projects want it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.detecting.sending import look, looker
from tests.web.test_pages_contract import text_of
from tests.web.test_replay_pages import in_vain, send_replay
from tests.web.world import World
from vedette.accounts.models import ApiToken
from vedette.alerts.models import Alert
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._files import read_text
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.issues.models import Issue
from vedette.options import groups
from vedette.wire.envelope import build_envelope

HYDRATION = {"category": "replay.hydrate-error", "data": {"url": "https://shop.example/a?b=c"}}
RULES = """
rules:
  - {id: rage, name: Rage, project: shop, source: replay, filter: "count_rage_clicks:>0",
     measure: count, window: 1h, levels: {warning: ">1"}}
  - {id: new, name: New, project: shop, source: issue, measure: {edge: first_seen},
     filter: "event.type:replay", levels: warning}
  - {id: any, name: Any, project: shop, source: event, measure: {edge: any}, levels: warning}
"""


def want(world: World, **chosen: object) -> None:
    """What the shop has set of what comes from now on: all before has been looked at."""
    look(world)
    place = Place(project=world.shop)
    choose(place, groups()["replays"], chosen, who="alice@example.com", via="form")


def found() -> list[Issue]:
    """The issues of what was found in recordings."""
    return list(Issue.objects.filter(event_type="replay").order_by("pk"))


def test_rage_clicks_become_an_issue_where_that_is_wanted(world: World) -> None:
    """One for each element and page, whoever clicked, with who and where it was."""
    want(world, rage_click_issues=True)
    for page in ("/item/7", "/item/9"):
        crumbs = (in_vain("body > b#pay", clicks=9, page=page), in_vain("a.coupon"))
        send_replay(world, crumbs=crumbs, user={"id": page}, release="web@2")
    assert look(world) == 2
    (issue,) = found()
    assert issue.title == "Rage click: body > b#pay"
    assert (issue.logger, issue.level, issue.event_count) == ("replay_rage_click", "warning", 2)
    assert issue.first_release == "web@2"
    assert issue.project == world.shop


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["Hydration error: /a"]),
        ({"hydration_issues": False}, []),
        (
            {"hydration_issues": False, "rage_click_issues": True, "dead_click_issues": True},
            ["Dead click: a.coupon", "Rage click: b"],
        ),
    ],
)
def test_only_what_is_wanted_becomes_an_issue(
    world: World, chosen: dict[str, bool], titles: list[str]
) -> None:
    """Clicks by choice alone; hydration errors unless they are not wanted."""
    if chosen:
        want(world, **chosen)
    send_replay(world, crumbs=(in_vain("b", clicks=9), in_vain("a.coupon"), HYDRATION))
    look(world)
    assert sorted(issue.title for issue in found()) == titles


def test_the_same_recording_is_told_once(world: World) -> None:
    """However often it is looked at, before and after a kill."""
    want(world, dead_click_issues=True)
    send_replay(world, crumbs=(in_vain("a.coupon"),))
    assert look(world) == 1
    assert looker(world).look() == 0
    world.stage.work()
    (issue,) = found()
    assert issue.event_count == 1


def test_nobody_can_send_a_finding(world: World) -> None:
    """Neither as the item of the product nor as an event that says it is one."""
    item = ({"type": "replay_finding"}, b'{"occurrence": {"type": "replay_rage_click"}}')
    world.stage.flow.spool(build_envelope({"event_id": "ab" * 16}, [item]), project=world.shop.pk)
    event = {"event_id": "ac" * 16, "type": "replay", "message": "Rage click: me"}
    world.stage.send(world.shop, event)
    world.stage.work()
    assert found() == []


def test_the_issue_shows_what_was_clicked_and_leads_to_the_moment(
    world: World, alice: Client
) -> None:
    """Evidence, a link into the replay, and its category in search and API."""
    want(world, rage_click_issues=True)
    replay_id = send_replay(world, crumbs=(in_vain("body > b#pay", clicks=9),))
    look(world)
    (issue,) = found()
    body = text_of(alice.get(f"/issues/{issue.pk}/"))
    assert "body &gt; b#pay" in body
    assert "9 times" in body
    moment = re.search(rf"/replays/shop/{replay_id}/\?t=(\d+)", body)
    assert moment is not None
    assert abs(int(moment[1]) - 1000) <= 2
    assert 'href="/replays/selectors/?project=shop"' in body
    listed = text_of(alice.get("/issues/", {"query": "issue.category:replay"}))
    assert issue.short_name in listed
    assert issue.short_name not in text_of(alice.get("/issues/", {"query": "issue.category:error"}))
    token = ApiToken.create(world.organization, user=world.alice)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    told = client.get(f"/api/0/organizations/lantern/issues/{issue.pk}/events/latest/").json()
    assert told["occurrence"]["evidenceData"]["replayId"] == replay_id
    assert told["occurrence"]["type"] == "replay_rage_click"


def test_rules_are_told_of_clicks_and_of_their_issues(world: World) -> None:
    """Of replays by what is in them, of issues by their category; no error has happened."""
    want(world, rage_click_issues=True)
    carry_out(
        world.organization,
        plan(world.organization, read_text(RULES, "rules.yaml")),
        Author(is_file=True),
    )
    world.stage.flow.digester._context.refresh()  # as it does every other second
    send_replay(world, crumbs=(in_vain("b", clicks=9),))
    look(world)
    told = Alert.objects.filter(rule__slug__in=("new", "any")).values_list("rule__slug", flat=True)
    assert list(told) == ["new"]
