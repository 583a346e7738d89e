"""Every channel of the drawer: what it sends of every message, and what it makes of answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.parcels import EVERY
from tests.sink import Reply, Sink
from vedette.channels import ChannelBroken, DeliveryError, TakenOver, channels
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher

FETCHER = Fetcher(read_networks("127.0.0.1"))
TAKEN_OVER = {name for name, kind in channels().items() if isinstance(kind.deliver, TakenOver)}
OVER_HTTP = sorted(set(channels()) - {"email", "apprise"} - TAKEN_OVER)
ANSWERS = {"slack": b'{"ok": true, "channel": "C1", "ts": "1.2"}', "telegram": b'{"ok": true}'}
SECRET = "s3cr3t-value-of-a-channel"  # noqa: S105 - made up


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def settings_for(name: str, sink: Sink) -> dict[str, str]:
    """Everything filled in; addresses lead to the sink."""
    made = {}
    for field in channels()[name].fields:
        is_address = field.is_address or field.name == "url"  # many are secret themselves
        made[field.name] = sink.url if is_address else SECRET
    if name == "twilio":
        made |= {"to": "+15550001, +15550002", "from": "+15550003"}
    return made


@pytest.mark.parametrize("name", OVER_HTTP)
@pytest.mark.parametrize("kind", sorted(EVERY))
def test_a_message_goes_out_within_the_limits(name: str, kind: str, sink: Sink) -> None:
    """Taken by the other side, said what happened, nothing longer than is published."""
    sink.reply = lambda _received: Reply(body=ANSWERS.get(name, b"{}"))
    receipt = channels()[name].deliver(settings_for(name, sink), EVERY[kind], FETCHER)
    assert 200 <= receipt.status < 300
    assert sink.received
    for one in sink.received:
        assert len(one.body) < 100_000
    told = b"".join(one.body for one in sink.received).decode()
    assert "Too many errors" in told or "Too+many+errors" in told or "close" in told_paths(sink)
    if name in LIMITS:
        LIMITS[name]([body_of(one) for one in sink.received])


def told_paths(sink: Sink) -> str:
    """Where requests went: an end needs no words for those who know the alert."""
    paths = " ".join(one.path for one in sink.received)
    is_end = any(b'"event_action":"resolve"' in one.body for one in sink.received)
    return paths + (" close" if is_end else "")


def body_of(received: Any) -> Any:
    """The body as JSON, or as text."""
    try:
        return json.loads(received.body)
    except ValueError:
        return received.body.decode()


def slack_limits(bodies: list[Any]) -> None:
    """50 blocks, 150 in a header, 3,000 in a section, 12,000 in all, 25 buttons."""
    for body in bodies:
        blocks = [one for found in body.get("attachments", []) for one in found["blocks"]]
        assert len(blocks) <= 50
        texts = [one["text"]["text"] for one in blocks if "text" in one]
        assert all(len(text) <= 3000 for text in texts)
        assert sum(map(len, texts)) < 12_000
        headers = [one["text"]["text"] for one in blocks if one["type"] == "header"]
        assert all(len(text) <= 150 for text in headers)
        buttons = [
            one for found in blocks if found["type"] == "actions" for one in found["elements"]
        ]
        assert len(buttons) <= 25


def pagerduty_limits(bodies: list[Any]) -> None:
    """Actions, severities and lengths of Events API v2."""
    for body in bodies:
        assert body["event_action"] in ("trigger", "acknowledge", "resolve")
        assert 0 < len(body["dedup_key"]) <= 255
        if body["event_action"] == "trigger":
            assert len(body["payload"]["summary"]) <= 1024
            assert body["payload"]["severity"] in ("critical", "error", "warning", "info")
            assert body["payload"]["source"]


def opsgenie_limits(bodies: list[Any]) -> None:
    """130 in a message, 512 in an alias, 15,000 in a description."""
    for body in bodies:
        assert len(body.get("message", "")) <= 130
        assert len(body.get("alias", "")) <= 512
        assert len(body.get("description", "")) <= 15_000


def discord_limits(bodies: list[Any]) -> None:
    """2,000 of text, ten embeds, 6,000 in all of them; nobody is mentioned."""
    for body in bodies:
        assert len(body["content"]) <= 2000
        assert len(body["embeds"]) <= 10
        assert sum(len(one["title"]) + len(one["description"]) for one in body["embeds"]) <= 6000
        assert body["allowed_mentions"] == {"parse": []}


def teams_limits(bodies: list[Any]) -> None:
    """28 KB."""
    assert all(len(json.dumps(body)) < 28_000 for body in bodies)


def telegram_limits(bodies: list[Any]) -> None:
    """4,096 characters."""
    assert all(0 < len(body["text"]) <= 4096 for body in bodies)


def pushover_limits(bodies: list[Any]) -> None:
    """1,024 of message, 250 of title; an emergency says how often and how long."""
    for body in bodies:
        assert len(body["message"]) <= 1024
        assert len(body["title"]) <= 250
        assert body["priority"] < 2 or (body["retry"] >= 30 and body["expire"] <= 10_800)


def ntfy_limits(bodies: list[Any]) -> None:
    """4,096 bytes, three actions, priorities 1 to 5."""
    for body in bodies:
        assert len(body["message"].encode()) <= 4096
        assert len(body["actions"]) <= 3
        assert 1 <= body["priority"] <= 5


def twilio_limits(bodies: list[Any]) -> None:
    """1,600 characters, and a link that is whole."""
    from urllib.parse import parse_qs

    for body in bodies:
        text = parse_qs(body)["Body"][0]
        assert len(text) <= 320
        assert text.endswith("/")


LIMITS = {
    "slack": slack_limits,
    "pagerduty": pagerduty_limits,
    "opsgenie": opsgenie_limits,
    "discord": discord_limits,
    "teams": teams_limits,
    "telegram": telegram_limits,
    "pushover": pushover_limits,
    "ntfy": ntfy_limits,
    "twilio": twilio_limits,
}


@pytest.mark.parametrize("name", OVER_HTTP)
@pytest.mark.parametrize("status", [401, 404, 410])
def test_what_will_never_be_taken_breaks_the_channel(name: str, status: int, sink: Sink) -> None:
    """Trying again would not help."""
    sink.reply = lambda _received: Reply(status, b"no such hook")
    with pytest.raises(ChannelBroken, match=str(status)):
        channels()[name].deliver(settings_for(name, sink), EVERY["trigger"], FETCHER)


@pytest.mark.parametrize("name", OVER_HTTP)
def test_what_may_be_taken_later_says_when(name: str, sink: Sink) -> None:
    """429 with Retry-After."""
    sink.reply = lambda _received: Reply(429, b"slow down", {"Retry-After": "17"})
    with pytest.raises(DeliveryError) as raised:
        channels()[name].deliver(settings_for(name, sink), EVERY["trigger"], FETCHER)
    assert raised.value.retry_after == 17
    assert not isinstance(raised.value, ChannelBroken)


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_secret_is_in_no_error(name: str, sink: Sink) -> None:
    """What is shown to people and kept in the history never holds one."""
    sink.reply = lambda _received: Reply(500, b"oops")
    with pytest.raises(DeliveryError) as raised:
        channels()[name].deliver(settings_for(name, sink), EVERY["trigger"], FETCHER)
    assert SECRET not in str(raised.value)
    nobody = f"http://127.0.0.1:9/{SECRET}"
    closed = {
        key: value.replace(sink.url, nobody) for key, value in settings_for(name, sink).items()
    }
    with pytest.raises(DeliveryError) as refused:
        channels()[name].deliver(closed, EVERY["trigger"], FETCHER)
    assert SECRET not in str(refused.value)


def test_slack_changes_its_message_in_place(sink: Sink) -> None:
    """With a bot's token: an update and a word in the thread."""
    sink.reply = lambda _received: Reply(body=ANSWERS["slack"])
    settings = settings_for("slack", sink)
    slack = channels()["slack"]
    first = slack.deliver(settings, EVERY["trigger"], FETCHER)
    assert first.reference == "C1 1.2"
    import dataclasses

    later = dataclasses.replace(EVERY["resolve"], reference=first.reference)
    slack.deliver(settings, later, FETCHER)
    assert [one.path for one in sink.received] == [
        "/chat.postMessage",
        "/chat.update",
        "/chat.postMessage",
    ]
    assert sink.received[1].json["ts"] == "1.2"
    assert sink.received[2].json["thread_ts"] == "1.2"


def test_slack_says_in_words_what_it_refuses(sink: Sink) -> None:
    """Its refusals are answers of 200."""
    settings = settings_for("slack", sink)
    sink.reply = lambda _received: Reply(body=b'{"ok": false, "error": "channel_not_found"}')
    with pytest.raises(ChannelBroken, match="channel_not_found"):
        channels()["slack"].deliver(settings, EVERY["trigger"], FETCHER)
    sink.reply = lambda _received: Reply(body=b'{"ok": false, "error": "ratelimited"}')
    with pytest.raises(DeliveryError, match="ratelimited") as raised:
        channels()["slack"].deliver(settings, EVERY["trigger"], FETCHER)
    assert not isinstance(raised.value, ChannelBroken)


def test_a_signed_webhook_can_be_checked(sink: Sink) -> None:
    """`sha256=` and HMAC of timestamp, dot, body."""
    import hashlib
    import hmac

    settings = settings_for("webhook", sink)
    channels()["webhook"].deliver(settings, EVERY["trigger"], FETCHER)
    (received,) = sink.received
    signed = received.headers["x-vedette-timestamp"].encode() + b"." + received.body
    wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert received.headers["x-vedette-signature"] == f"sha256={wanted}"
