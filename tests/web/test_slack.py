"""Buttons in Slack: who pressed one acts, once, if the call is Slack's and they may."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from tests.sink import Received, Reply, Sink
from tests.web.alerting import alert_of, save, told
from tests.web.test_alert_pages import limit_bob
from tests.web.world import World
from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.alerts.delivery import deliver_due
from vedette.alerts.models import Alert, AlertState, Channel, OutboxMessage, Silence
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
USERS = {"U1": "alice@example.com", "U2": "stranger@example.com", "U3": "bob@example.com"}
Press = Callable[..., Any]


@pytest.fixture
def slack() -> Iterator[Sink]:
    """The Web API: posts and updates messages, and knows who users are."""

    def answer(received: Received) -> Reply:
        if received.path.startswith("/api/users.info"):
            address = USERS.get(received.path.rpartition("=")[2])
            assert received.headers["authorization"] == "Bearer xoxb-1"
            if address is None:
                return Reply(body=b'{"ok": false, "error": "user_not_found"}')
            body = {"ok": True, "user": {"profile": {"email": address}}}
            return Reply(body=json.dumps(body).encode())
        return Reply(body=b'{"ok": true, "channel": "C1", "ts": "171.5"}')

    with Sink(answer) as made:
        yield made


@pytest.fixture
def channel(world: World, slack: Sink, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A bot with a signing secret; requests to loopback are allowed."""
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, outgoing_networks="127.0.0.1"))
    entry = {"name": "Chat", "kind": "slack", "token": "xoxb-1", "channel": "#alerts"}
    save(world, "channels", {**entry, "signing_secret": SIGNING, "api": f"{slack.url}/api"})
    return Channel.objects.get(slug="chat")


def deliver() -> None:
    while deliver_due(Fetcher(read_networks("127.0.0.1"))):
        pass


@pytest.fixture
def alert(world: World, channel: Channel) -> Alert:
    """One that Slack was told of."""
    made = alert_of(world)
    told(world, made, channel)
    deliver()
    return made


def bodies(slack: Sink, method: str) -> list[Any]:
    return [one.json for one in slack.received if one.path == f"/api/{method}"]


def buttons(message: Any) -> dict[str, Any]:
    """The buttons of a message by what they do."""
    blocks = message["attachments"][0]["blocks"]
    found = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    return {one["action_id"]: one for one in found}


@pytest.fixture
def press(slack: Sink, channel: Channel, alert: Alert) -> Press:
    """Presses a button of the first message, as Slack would send it."""
    value = {
        name: one["value"] for name, one in buttons(bodies(slack, "chat.postMessage")[0]).items()
    }

    def send(action: str, user: str = "U1", **changes: Any) -> Any:
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "someone"},
            "container": {"channel_id": "C1", "message_ts": changes.get("ts", "171.5")},
            "actions": [{"action_id": action, "value": changes.get("value", value[action])}],
            "response_url": f"{slack.url}/answers/1",
        }
        body = urlencode({"payload": json.dumps(payload)})
        stamp = str(int(clock.timestamp()) - changes.get("age", 0))
        base = f"v0:{stamp}:{body}".encode()
        key = changes.get("secret", SIGNING)
        code = "v0=" + hmac.new(key.encode(), base, hashlib.sha256).hexdigest()
        return Client().post(
            f"/slack/{changes.get('channel', channel.pk)}/",
            body,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Slack-Signature": code, "X-Slack-Request-Timestamp": stamp},
        )

    return send


def test_the_signature_is_that_of_slacks_documentation(world: World, channel: Channel) -> None:
    """The example of "Verifying requests from Slack", at its time."""
    from vedette.alerts import slack_calls

    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F"
        b"commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    code = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    with pytest.raises(slack_calls.RefusedCall, match="too old"):
        slack_calls.check(channel, "1531420618", code, body)


def test_acknowledged_by_a_member_and_shown_in_place(
    world: World, alert: Alert, press: Press, slack: Sink
) -> None:
    """The alert is theirs, the message says so, and offers it to nobody else."""
    assert press("acknowledge").status_code == 200
    alert.refresh_from_db()
    assert alert.acknowledged_by == world.alice
    deliver()
    update = bodies(slack, "chat.update")[-1]
    assert update["ts"] == "171.5"
    assert "1 alert acknowledged by Alice" in json.dumps(update)
    assert set(buttons(update)) == {"resolve", "silence"}
    assert AuditEntry.objects.filter(
        who="alice@example.com", what__contains="acknowledged"
    ).exists()


def test_resolved_and_silenced(alert: Alert, press: Press, slack: Sink) -> None:
    """A silence lasts an hour; of what is over no button is left."""
    assert press("silence").status_code == 200
    held = Silence.objects.get()
    assert round((held.ends_at - held.starts_at).total_seconds()) == 3600
    assert press("resolve").status_code == 200
    alert.refresh_from_db()
    assert alert.state == AlertState.OVER
    deliver()
    assert buttons(bodies(slack, "chat.update")[-1]) == {}


def test_a_stranger_is_told_that_they_may_not(alert: Alert, press: Press, slack: Sink) -> None:
    """Alone, and nothing is done; unless the channel lets anybody act."""
    assert press("acknowledge", "U2").status_code == 200
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
    answer = [one.json for one in slack.received if one.path == "/answers/1"][-1]
    assert answer["response_type"] == "ephemeral"
    assert "no member" in answer["text"]
    channel = Channel.objects.get(slug="chat")
    Channel.objects.update(settings={**channel.settings, "anyone": "yes"})
    press("acknowledge", "U9")
    alert.refresh_from_db()
    assert alert.acknowledged_at is not None
    assert AuditEntry.objects.filter(who="someone in Slack").exists()


def test_a_member_who_does_not_see_the_project_may_not(
    world: World, alert: Alert, press: Press
) -> None:
    """As on the pages."""
    limit_bob(world)
    press("acknowledge", "U3")
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": "another"}, 401),
        ({"secret": ""}, 401),
        ({"age": 301}, 401),
        ({"age": -301}, 401),
        ({"channel": 999_999}, 401),
        ({"value": "made-up"}, 400),
        ({"ts": "999.9"}, 400),
    ],
)
def test_what_is_not_slacks_or_not_of_the_message_is_refused(
    alert: Alert, press: Press, changes: dict[str, Any], status: int
) -> None:
    """Nothing is done."""
    assert press("acknowledge", **changes).status_code == status
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_the_same_call_is_taken_once(
    alert: Alert, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever recorded it cannot send it again within its five minutes."""
    now = clock.timestamp()
    monkeypatch.setattr(clock, "timestamp", lambda: now)
    assert press("acknowledge").status_code == 200
    count = OutboxMessage.objects.count()
    assert press("acknowledge").status_code == 401
    assert OutboxMessage.objects.count() == count


def test_without_a_signing_secret_buttons_lead_to_a_page(world: World, slack: Sink) -> None:
    """As before there was one."""
    from tests.channels.parcels import EVERY
    from vedette.channels import channels

    settings_ = {"token": "xoxb-1", "channel": "#a", "api": f"{slack.url}/api"}
    channels()["slack"].deliver(settings_, EVERY["trigger"], Fetcher(read_networks("127.0.0.1")))
    assert all("url" in one for one in buttons(bodies(slack, "chat.postMessage")[0]).values())
