"""Still pictures of replays: what the server gives of one moment, to whom, and how often."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.web.clicked import send_clicks
from tests.web.recorded import document, element, move, send_film, send_replay, whole, words
from tests.web.test_pages_contract import text_of
from tests.web.world import REPLAY, World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.recordings import stills as pure
from vedette.replays import stills

NAME = "c1" * 16
STILL = f"/replays/shop/{NAME}/still/"


@pytest.fixture
def clicked(world: World) -> float:
    """When the replay began."""
    start = send_clicks(world, NAME)
    world.stage.work()
    return start


def still(client: Client, address: str = STILL, **query: Any) -> tuple[dict[str, Any], list[Any]]:
    """What is said of a moment, and its events."""
    answer = client.get(address, query)
    assert answer.status_code == 200
    about, _, events = answer.content.decode().partition("\n")
    return json.loads(about), json.loads(events or "[]")


def test_a_still_is_the_first_whole_page(clicked: float, alice: Client) -> None:
    """Soon after it, with its address and size, and without what an SDK says beside."""
    about, events = still(alice)
    assert (about["kind"], round(about["at_ms"] - clicked)) == ("page", 1501)
    assert [one["type"] for one in events] == [4, 2, 3]
    assert "Lamps" in json.dumps(events[1])


def test_a_still_is_of_the_moment_that_is_asked_for(clicked: float, alice: Client) -> None:
    """Counted from the beginning; what comes after it only if it is to go on."""
    about, events = still(alice, t=6100, began=round(clicked))
    assert round(about["at_ms"] - clicked) == 6100
    assert max(one["timestamp"] for one in events) <= clicked + 6100
    _, more = still(alice, t=6100, lasts=500)
    assert len(more) == len(events) + 3


def test_whoever_is_wrong_about_the_beginning_is_answered_too(
    clicked: float, alice: Client
) -> None:
    """It is looked for everywhere then."""
    for began in (0, round(clicked) - 40 * 86_400_000, 32_000_000_000_000):
        assert still(alice, began=began)[0]["kind"] == "page"


def test_a_still_is_not_sent_again(clicked: float, alice: Client) -> None:
    """It may be kept for an hour, by the viewer's browser alone; another moment is another."""
    answer = alice.get(STILL)
    assert answer["Cache-Control"] == "private, max-age=3600"
    again = alice.get(STILL, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = alice.get(STILL, {"t": 3000}, headers={"If-None-Match": answer["ETag"]})
    assert other.status_code == 200
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_video_is_named_and_not_sent(world: World, alice: Client) -> None:
    """The segment in whose video the moment is."""
    start = (clock.timestamp() - 3600) * 1000
    for number in range(3):
        send_film(world, NAME, number, start + 1000 * number, b"mp4")
    world.stage.work()
    assert still(alice) == ({"kind": "video", "at_ms": 0, "segment": 0}, [])
    assert still(alice, t=1500)[0]["segment"] == 1


def test_without_a_whole_page_there_is_none_yet(world: World, alice: Client) -> None:
    """It is asked for again, because it may come."""
    send_replay(world, NAME, [(1, [move(clock.timestamp() * 1000)])])
    world.stage.work()
    answer = alice.get(STILL)
    assert json.loads(answer.content)["kind"] == "none"
    assert answer["Cache-Control"] == "private, no-cache"
    assert alice.get(f"/replays/shop/{'00' * 16}/still/").status_code == 404


def test_what_is_too_large_is_not_shown_small(
    clicked: float, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page beyond the bound; where only what came before it is, the last whole page stands in."""
    monkeypatch.setattr(stills, "MOST_RUN", 1)
    about, events = still(alice, t=6100)
    assert (about["kind"], max(one["timestamp"] for one in events)) == ("page", clicked + 2500)
    monkeypatch.setattr(pure, "MOST_BYTES", 200)
    assert still(alice)[0]["kind"] == "none"


def test_a_moment_that_is_none_is_refused_in_words(clicked: float, alice: Client) -> None:
    """Only whole milliseconds are one."""
    for name in ("t", "lasts", "began"):
        for odd in ("-1", "x", "²", "9" * 30):
            answer = alice.get(STILL, {name: odd})
            assert answer.status_code == 400
            assert "number of milliseconds" in answer.content.decode()


def test_stills_are_for_those_of_the_project(clicked: float, world: World, bob: Client) -> None:
    """As all of the replay."""
    assert bob.get(STILL).status_code == 200
    member = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=member.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=member, project=world.web)
    assert bob.get(STILL).status_code == 404


def test_lists_have_a_poster_of_each_replay(clicked: float, alice: Client) -> None:
    """Without scripts it is a sign; where it is drawn, what it needs stands beside."""
    text = text_of(alice.get("/replays/"))
    assert f'data-still="{STILL}?began={round(clicked)}"' in text
    assert f'data-film="/replays/shop/{REPLAY}/segments/"' in text
    assert '<x-posters frame="/replays/frame/stills/" player="/replays/frame/">' in text


def test_a_page_that_was_recorded_again_is_shown_as_it_was_then(
    world: World, alice: Client
) -> None:
    """Not what it was at first with all that changed since."""
    start = (clock.timestamp() - 3600) * 1000
    pages = [document(element("h1", {}, words(text))) for text in ("First", "Second")]
    send_replay(world, NAME, [(n, [*whole(start + n * 5000, one), move(start + n * 5000 + 900)])
                              for n, one in enumerate(pages)])  # fmt: skip
    world.stage.work()
    shown = json.dumps(still(alice, t=5500)[1])
    assert "Second" in shown
    assert "First" not in shown
    assert "Second" not in json.dumps(still(alice, t=4000)[1])


def test_a_segment_without_end_is_not_read_for_a_picture(
    clicked: float, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size is known before: a list of such replays costs the server nothing."""
    monkeypatch.setattr(stills, "MOST_READ_BYTES", 100)
    assert still(alice) == ({"kind": "none", "at_ms": 0, "segment": 0}, [])
