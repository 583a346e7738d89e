"""The list of replays, what people click in vain, and the links that lead to a replay's moment."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.test_feedback_pages import say
from tests.web.test_pages_contract import text_of
from tests.web.test_replays import TRACE
from tests.web.world import REPLAY, World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.projects.models import Project
from vedette.wire.envelope import build_envelope, new_event_id

SENT = f"!id:{REPLAY}"  # the one that everybody has is left out
AT = 600.0  # seconds ago, at which a replay of these tests began


def send_replay(
    world: World,
    *,
    project: Project | None = None,
    crumbs: tuple[dict[str, Any], ...] = (),
    seconds: float = 5.0,
    ago: float = AT,
    **event: Any,
) -> str:
    """A replay of one segment that began so long ago; `crumbs` happen a second after each other."""
    replay_id = new_event_id()
    start = clock.timestamp() - ago
    about = {
        "replay_id": replay_id,
        "segment_id": 0,
        "replay_start_timestamp": start,
        "timestamp": start + seconds,
        "urls": ["https://shop.example/checkout"],
        **event,
    }
    events: list[dict[str, Any]] = [
        {"type": 4, "timestamp": start * 1000, "data": {"href": "https://shop.example/"}},
        {"type": 3, "timestamp": (start + seconds) * 1000, "data": {"source": 1}},
    ]
    for number, crumb in enumerate(crumbs, 1):
        payload = {"timestamp": start + number, **crumb}
        data = {"tag": "breadcrumb", "payload": payload}
        events.append({"type": 5, "timestamp": (start + number) * 1000, "data": data})
    items = [
        ({"type": "replay_event"}, json.dumps(about).encode()),
        ({"type": "replay_recording"}, b'{"segment_id":0}\n' + json.dumps(events).encode()),
    ]
    envelope = build_envelope({"event_id": replay_id}, items)
    world.stage.flow.spool(envelope, project=(project or world.shop).pk)
    return replay_id


def in_vain(selector: str, *, clicks: int = 1, page: str = "/checkout") -> dict[str, Any]:
    """A click that nothing came of; from five on it is one in rage."""
    data = {
        "endReason": "timeout",
        "clickCount": clicks,
        "timeAfterClickMs": 7000,
        "url": f"https://shop.example{page}",
    }
    return {"category": "ui.slowClickDetected", "message": selector, "data": data}


def listed(client: Client, **query: str) -> list[str]:
    """The replays of the rows, in their order."""
    answer = client.get("/replays/", {"period": "24h", "query": SENT, **query})
    assert answer.status_code == 200
    return re.findall(r'<a href="/replays/[a-z]+/([0-9a-f]{32})/"><b>', answer.content.decode())


@pytest.fixture
def three(world: World) -> dict[str, str]:
    """A short one of Eve, a long one of Mallory with clicks in vain, and one without a name."""
    found = {
        "eve": send_replay(world, ago=300, user={"email": "eve@example.com"}, release="web@2"),
        "mallory": send_replay(
            world,
            seconds=60,
            user={"email": "mallory@example.com"},
            environment="staging",
            crumbs=(in_vain("body > b#pay", clicks=9), in_vain("body > b#pay")),
            error_ids=[new_event_id()],
        ),
        "nobody": send_replay(world, ago=900, urls=[]),
    }
    world.stage.work()
    return found


def test_the_list_says_who_where_and_what(three: dict[str, str], alice: Client) -> None:
    """Each replay with its user, page, counts and length, and a link to where it is played."""
    assert listed(alice) == [three["eve"], three["mallory"], three["nobody"]]
    body = text_of(alice.get("/replays/", {"query": "user.email:mallory@example.com"}))
    assert "https://shop.example/checkout" in body
    assert f'href="/replays/shop/{three["mallory"]}/"' in body
    assert "1 min" in body
    assert 'class="rage"' in body or 'class="error"' in body
    assert "Somebody" in text_of(alice.get("/replays/", {"query": f"id:{three['nobody']}"}))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("started", "nobody mallory eve"),
        ("-duration", "mallory"),
        ("-rage", "mallory"),
        ("-errors", "mallory"),
        ("-release", ""),
        ("nonsense", "eve mallory nobody"),
    ],
)
def test_columns_sort_both_ways(
    three: dict[str, str], alice: Client, sort: str, order: str
) -> None:
    """By a click on their heads; what is no column is the newest first."""
    wanted = [three[name] for name in order.split()]
    found = listed(alice, sort=sort)
    assert found[: len(wanted)] == wanted
    assert len(found) == 3
    assert len(listed(alice, sort=sort.removeprefix("-"))) == 3


def test_search_environment_and_range_choose(three: dict[str, str], alice: Client) -> None:
    """The one search language, and the filter that all pages share."""
    assert listed(alice, query="count_rage_clicks:>0") == [three["mallory"]]
    assert listed(alice, environment="staging") == [three["mallory"]]
    assert listed(alice, query="user.email:nobody@example.com") == []
    answer = text_of(alice.get("/replays/", {"query": "count_clicks:>"}))
    assert 'id="query-error"' in answer
    assert "No replay" not in answer


def test_pages_follow_each_other(world: World, alice: Client) -> None:
    """Nothing is left out and nothing comes twice."""
    sent = {send_replay(world, ago=1000 + number) for number in range(55)}
    world.stage.work()
    first, second = listed(alice), listed(alice, cursor="o:50")
    assert (len(first), len(second)) == (50, 5)
    assert {*first, *second} == sent


def test_an_empty_list_says_how_replays_come(world: World, alice: Client) -> None:
    """With what is to be written where the SDK is set up; a search that finds none says that."""
    body = text_of(alice.get("/replays/", {"project": "web"}))
    assert "replayIntegration" in body
    assert "No replay matches" in text_of(alice.get("/replays/", {"query": "user.id:7"}))


def test_replays_of_a_closed_project_are_not_listed(world: World, bob: Client) -> None:
    """Whoever sees one project of several finds its replays alone."""
    send_replay(world, user={"email": "eve@example.com"})
    shown = send_replay(world, project=world.web, crumbs=(in_vain("body > b#web"),))
    world.stage.work()
    member = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=member.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=member, project=world.web)
    assert listed(bob) == [shown]
    assert "b#web" in text_of(bob.get("/replays/selectors/"))


def test_what_people_click_in_vain_is_added_up(
    three: dict[str, str], world: World, alice: Client
) -> None:
    """By selector and page, ids left out; people once each, with a link to the moment."""
    send_replay(
        world,
        user={"email": "eve@example.com"},
        crumbs=(
            in_vain("body > b#pay"),
            in_vain("i.star", page="/item/5f3c1f8e0a0c4de8b1f8e0a0c0de4c1f"),
        ),
    )
    send_replay(world, crumbs=(in_vain("i.star", page="/item/7a3c1f8e0a0c4de8b1f8e0a0c0de4c1f"),))
    world.stage.work()
    body = text_of(alice.get("/replays/selectors/"))
    rows = {
        re.search(r"<code>(.*?)</code>", row)[1]: re.findall(r">(\d+)</span>", row)  # type: ignore[index]
        for row in body.split("<tr>")[2:]
    }
    assert rows["body &gt; b#pay"] == ["2", "1", "3", "2"]
    assert rows["i.star"] == ["2", "0", "2", "2"]
    moment = re.search(rf'href="/replays/shop/{three["mallory"]}/\?t=(\d+)"', body)
    assert moment is not None
    assert abs(int(moment[1]) - 2000) <= 2
    body = text_of(alice.get("/replays/selectors/", {"environment": "staging"}))
    assert "i.star" not in body
    assert "b#pay" in body
    body = text_of(alice.get("/replays/selectors/", {"project": "web"}))
    assert "Nothing was clicked in vain" in body


def of_replay(replay_id: str, **event: Any) -> dict[str, Any]:
    """An event of the checkout's issue, four seconds after its replay began."""
    return {
        **samples.CHECKOUT,
        "event_id": new_event_id(),
        "timestamp": clock.timestamp() - AT + 4,
        **event,
    }


@pytest.mark.parametrize("place", ["context", "tag", "trace"])
def test_an_issue_leads_to_the_moment_in_its_replay(
    world: World, alice: Client, place: str
) -> None:
    """Wherever the SDK names the replay: in a context, in a tag, in the trace's header."""
    replay_id = send_replay(world, user={"email": "eve@example.com"})
    event = of_replay(replay_id)
    header: dict[str, Any] = {"event_id": event["event_id"]}
    if place == "context":
        event["contexts"] = {**event["contexts"], "replay": {"replay_id": replay_id}}
    elif place == "tag":
        event["tags"] = {"replayId": replay_id}
    else:
        header["trace"] = {"trace_id": TRACE, "replay_id": replay_id}
    envelope = build_envelope(header, [({"type": "event"}, json.dumps(event).encode())])
    world.stage.flow.spool(envelope, project=world.shop.pk)
    world.stage.work()
    issue = world.issues["checkout"].pk
    body = text_of(alice.get(f"/issues/{issue}/events/{event['event_id']}/"))
    (address, ms) = re.search(r'href="(/replays/shop/[0-9a-f]+/)\?t=(\d+)"', body).groups()  # type: ignore[union-attr]
    assert address == f"/replays/shop/{replay_id}/"
    assert abs(int(ms) - 4000) < 200
    other = text_of(alice.get(f"/issues/{issue}/events/{samples.CHECKOUT['event_id'][:-1]}1/"))
    assert "Replays of this issue" in other
    assert f"/replays/shop/{replay_id}/?t={ms}" in other


def test_a_replay_that_is_not_here_is_said_to_be_so(world: World, alice: Client) -> None:
    """An event that names a replay which never came, or is gone."""
    event = of_replay("ab" * 16, tags={"replayId": "ab" * 16})
    world.stage.send(world.shop, event)
    world.stage.work()
    issue = world.issues["checkout"].pk
    body = text_of(alice.get(f"/issues/{issue}/events/{event['event_id']}/"))
    assert "It is not here, not yet, or no longer." in body
    assert f"/replays/shop/{'ab' * 16}/" not in body


def test_a_trace_leads_to_its_replay(world: World, alice: Client) -> None:
    """By what the replay says of its traces."""
    from tests.web.world import TRACE as TILL

    replay_id = send_replay(world, trace_ids=[TILL], ago=601.5)
    world.stage.work()
    body = text_of(alice.get(f"/traces/{TILL}/"))
    assert f"/replays/shop/{replay_id}/?t=" in body


def test_feedback_leads_to_the_moment_at_which_it_was_written(world: World, alice: Client) -> None:
    """As long as the replay is here."""
    replay_id = send_replay(world)
    name = say(world, "It blinked", replay_id=replay_id)
    body = text_of(alice.get(f"/feedback/{name}/"))
    assert f'href="/replays/shop/{replay_id}/?t=' in body
