"""The heat map without its picture: what people clicked on a page, in words, and over the API."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.web.clicked import LAMP, PAGE, PAY, clicked_replay, send_clicks
from tests.web.recorded import move, send_replay
from tests.web.test_pages_contract import text_of
from tests.web.walk import bearer
from tests.web.world import REPLAY, World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.replays import gathering, heat

DESKTOP, PHONE = "c1" * 16, "c2" * 16
HEAT = "/replays/heat/"
API = "/api/0/projects/lantern/shop/replay-clicks/"


@pytest.fixture
def clicked(world: World) -> World:
    """Eve's replay in a wide window, and one of Mallory's phone, elsewhere."""
    send_clicks(world, DESKTOP, user={"email": "eve@example.com"})
    send_clicks(world, PHONE, width=400, seconds_ago=1800, environment="staging",
                user={"email": "mallory@example.com"})  # fmt: skip
    world.stage.work()
    return world


def cells(text: str) -> list[list[str]]:
    """The rows of the table of elements: what was clicked, clicks, share, people, dead, rage,
    replays."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    plain = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in row[:7]] for row in plain]


def test_what_was_clicked_is_read_without_scripts(clicked: World, alice: Client) -> None:
    """Of the page with the most clicks, in the width that most have: counts, and each element."""
    text = text_of(alice.get(HEAT, {"width": "desktop"}))
    assert "7 clicks of 1 person in 1 replay" in text
    assert cells(text) == [
        [PAY, "6", "85.7 %", "1", "6", "6", "1"],
        [LAMP, "1", "14.3 %", "1", "0", "0", "1"],
    ]
    assert "Phone <span" in text
    assert 'title="windows of less than 600 pixels"' in text
    assert f"/replays/shop/{DESKTOP}/?t=7000" in text  # the last of the rage


def test_spots_are_shares_of_the_width_and_pixels_of_the_page(
    clicked: World, alice: Client
) -> None:
    """Those after scrolling lie further down; and the picture is of a moment just before one."""
    text = text_of(alice.get(HEAT, {"width": "desktop"}))
    (spots,) = re.findall(r'spots="([^"]*)"', text)
    assert spots == "0.5,999,6;0.25,99,1"
    assert 'most="6"' in text
    assert re.search(rf"/replays/shop/{DESKTOP}/still/\?began=\d+&amp;t=\d+", text)


def test_clicks_are_chosen_by_width_kind_and_environment(clicked: World, alice: Client) -> None:
    """What nobody did is said in words."""
    assert "7 clicks of 1 person" in text_of(alice.get(HEAT, {"width": "phone"}))
    rage = text_of(alice.get(HEAT, {"width": "desktop", "clicks": "rage"}))
    assert [row[0] for row in cells(rage)] == [PAY]
    staging = text_of(alice.get(HEAT, {"environment": "staging"}))
    assert "Phone <span" in staging
    assert "Desktop <span" not in staging
    other = text_of(alice.get(HEAT, {"environment": "nowhere"}))
    assert "No clicks in this range" in other


def test_an_element_leads_to_the_replays_in_which_it_was_clicked(
    clicked: World, alice: Client
) -> None:
    """By a search; also where its name has quotes."""
    text = text_of(alice.get(HEAT, {"width": "desktop"}))
    links = re.findall(r'href="([^"]*)" title="Replays in which this was clicked"', text)
    assert len(links) == 2
    for link in links:
        body = text_of(alice.get(unescape(link)))
        assert set(re.findall(r"/replays/shop/([0-9a-f]{32})/\"", body)) == {DESKTOP, PHONE}
    nothing = text_of(alice.get("/replays/", {"query": '"body > button#other"'}))
    assert f"/replays/shop/{DESKTOP}/" not in nothing


def test_of_a_segment_that_came_twice_the_last_counts() -> None:
    """On several nodes the same one may be stored again; others are not touched."""
    early, late = ('[[1,"click",1,1,"early"]]', '[[1,"click",1,1,"late"]]')
    rows = [[1, DESKTOP, 0, late, 9, 5], [1, DESKTOP, 0, early, 8, 5], [1, PHONE, 0, None, 8, 5]]
    held = heat.tracks_of(rows)
    assert [step.about for step in held[1, DESKTOP][0]] == ["late"]
    assert held[1, PHONE] == {0: []}


def test_what_cannot_be_placed_is_counted(world: World, alice: Client) -> None:
    """A replay whose beginning did not come."""
    start = (clock.timestamp() - 600) * 1000
    send_replay(world, DESKTOP, clicked_replay(start)[1:])
    world.stage.work()
    text = text_of(alice.get(HEAT))
    assert "No clicks in this range" in text
    assert "6 clicks could not be placed" in text


def test_it_says_where_not_all_was_looked_at(
    clicked: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of how much it tells."""
    monkeypatch.setattr(gathering, "_REPLAY_PART", 1)
    monkeypatch.setattr(gathering, "MOST_SEGMENTS", 3)
    monkeypatch.setattr(gathering, "_AT_ONCE", 2)
    assert "Of 3 parts of replays" in text_of(alice.get(HEAT))
    client = bearer(clicked.organization, clicked.alice)
    assert client.get(API).json()["isComplete"] is False
    monkeypatch.setattr(gathering, "MOST_SEGMENTS", 5)
    assert "parts of replays, some" not in text_of(alice.get(HEAT))
    assert client.get(API).json()["isComplete"] is True
    monkeypatch.setattr(gathering, "MOST_CHARACTERS", 700)
    found = client.get(API).json()
    assert (found["isComplete"], 0 < found["segments"] < 5) == (False, True)


@pytest.mark.parametrize(("of_a_moment", "clicks"), [(1, 7), (20, 14)])
def test_a_flood_of_segments_pushes_out_no_clicks_of_other_times(
    clicked: World, monkeypatch: pytest.MonkeyPatch, of_a_moment: int, clicks: int
) -> None:
    """Each of a replay of its own, all newer. Of one moment no more are read than at once."""
    send_clicks(clicked, "c3" * 16, seconds_ago=3 * 3600)
    monkeypatch.setattr(gathering, "MOST_SEGMENTS", 48)
    monkeypatch.setattr(gathering, "_AT_ONCE", 5)
    start = clock.timestamp() * 1000 - 1000
    for number in range(60):
        send_replay(clicked, f"{number:032x}", [(0, [move(start + number // of_a_moment)])])
    clicked.stage.work()
    client = bearer(clicked.organization, clicked.alice)
    found = client.get(f"{API}?page={PAGE}&statsPeriod=12h&width=desktop").json()
    assert (found["clicks"], found["isComplete"]) == (clicks, False)
    assert found["segments"] <= 48


def test_a_replay_without_end_pushes_out_no_other(
    clicked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the same time as they came."""
    monkeypatch.setattr(gathering, "MOST_SEGMENTS", 96)
    start = clock.timestamp() * 1000 - 1800_000
    times = {"timestamp": start / 1000 + 60, "replay_start_timestamp": start / 1000}
    send_replay(clicked, "f" * 32, [(at, [move(start + 30_000)]) for at in range(150)], **times)
    clicked.stage.work()
    client = bearer(clicked.organization, clicked.alice)
    found = client.get(f"{API}?page={PAGE}&statsPeriod=14d&width=phone").json()
    assert (found["clicks"], found["isComplete"], found["segments"]) == (7, False, 17)


def test_those_who_may_not_see_the_project_see_no_clicks(clicked: World, bob: Client) -> None:
    """Not even its pages."""
    member = Membership.objects.get(user=clicked.bob)
    Membership.objects.filter(pk=member.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=member, project=clicked.web)
    for query in ({}, {"page": f"shop {PAGE}"}, {"page": f"{clicked.shop.pk} {PAGE}"}):
        text = text_of(bob.get(HEAT, query))
        assert "No clicks in this range" in text
        assert PAY not in unescape(text)
        assert DESKTOP not in text


def test_a_replay_without_clicks_has_none(world: World, alice: Client) -> None:
    """As that of a phone's own application."""
    assert "No clicks in this range" in text_of(alice.get(HEAT))
    assert REPLAY not in text_of(alice.get(HEAT))


def test_the_api_gives_pages_spots_and_elements(clicked: World) -> None:
    """Without a page only the pages; then what the heat map draws."""
    client = bearer(clicked.organization, clicked.alice)
    pages = client.get(API).json()
    assert pages == {
        "pages": [{"page": PAGE, "clicks": 14}],
        "unplaced": 0,
        "segments": 5,
        "isComplete": True,
    }
    found: dict[str, Any] = client.get(API, {"page": PAGE, "width": "phone"}).json()
    assert found["widths"] == {"phone": 7, "desktop": 7}
    assert found["spots"][0] == {"x": 0.5, "y": 999, "clicks": 6}
    assert found["elements"][0] == {
        "selector": PAY, "clicks": 6, "deadClicks": 6, "rageClicks": 6, "people": 1,
        "replays": [PHONE],
    }  # fmt: skip
    none = client.get(API, {"page": "/nowhere"}).json()
    assert (none["width"], none["clicks"], none["spots"]) == (None, 0, [])
    assert client.get(API, {"clicks": "angry"}).status_code == 400
