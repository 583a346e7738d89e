"""What a stranger's event says in a message: it calls nobody, hides nothing, leads nowhere."""

from __future__ import annotations

import json
import re

import pytest

from tests.channels.parcels import parcel, part
from tests.channels.test_contract import ANSWERS, FETCHER, OVER_HTTP, settings_for
from tests.sink import Reply, Sink
from vedette.channels import Parcel, channels
from vedette.channels._content import AlertPart, Content

EVIL = "https://evil.example"
WORDS = f"<!channel> @channel @all <{EVIL}|Sign in> [Sign in]({EVIL}) ab\u202ecd\u200bef\nforged: x"


def hostile() -> Parcel:
    """A message about an event whose every text is hostile."""
    held = parcel()
    one: AlertPart = part()
    made = AlertPart(
        **{name: getattr(one, name) for name in ("id", "level", "state", "url", "began")},
        title=WORDS,
        project=WORDS,
        rule=WORDS,
        facts=[("environment", WORDS), (WORDS, WORDS)],
        runbook=WORDS.replace("\n", " "),
        condition=WORDS,
    )
    old = held.content
    content = Content(
        **{name: getattr(old, name) for name in ("kind", "level", "thread", "organization", "at")},
        title=WORDS,
        project=WORDS,
        note=WORDS,
        alerts=[made],
        url=old.url,
    )
    return Parcel(content=content, identity=held.identity, links=held.links)


def texts(value: object) -> list[str]:
    """All texts of a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", ["slack", "mattermost", "discord", "teams"])
def test_a_stranger_calls_nobody_and_hides_no_address(name: str) -> None:
    """Neither a whole channel is mentioned nor does a word lead to an address it does not show."""
    with Sink() as sink:
        sink.reply = lambda _received: Reply(body=ANSWERS.get(name, b"{}"))
        channels()[name].deliver(settings_for(name, sink), hostile(), FETCHER)
        assert sink.received
        for one in sink.received:
            for text in texts(json.loads(one.body)):
                assert "<!channel" not in text or name == "slack", text
                assert f"]({EVIL}" not in text or name == "slack", text
                assert f"<{EVIL}" not in text or name == "slack", text
                assert not re.search(r"(?<![\w.])@(channel|all)\b", text) or name in (
                    "slack",
                    "discord",  # `allowed_mentions` says so
                ), text
        if name == "slack":
            for one in sink.received:
                assert_slack_is_escaped(json.loads(one.body))


def assert_slack_is_escaped(body: dict[str, object]) -> None:
    """Texts that Slack reads as its markup, all but those of type plain_text."""
    assert "<!channel" not in str(body["text"])
    for attachment in body.get("attachments", []):  # type: ignore[attr-defined]
        for block in attachment["blocks"]:
            text = block.get("text") or {}
            if text.get("type") == "mrkdwn":
                assert "<!channel" not in text["text"]
                assert f"<{EVIL}" not in text["text"]


@pytest.mark.parametrize("name", OVER_HTTP)
def test_nothing_is_hidden_and_no_line_forged(name: str) -> None:
    """The order of letters is as sent, in each channel; a text of one line stays one line."""
    with Sink() as sink:
        sink.reply = lambda _received: Reply(body=ANSWERS.get(name, b"{}"))
        channels()[name].deliver(settings_for(name, sink), hostile(), FETCHER)
        for one in sink.received:
            told = one.body.decode()
            assert "\u202e" not in told
            assert "\\u202e" not in told
            assert "\nforged" not in told
            assert "\\nforged" not in told


def test_a_mail_hides_nothing() -> None:
    """Neither in its subject nor in either body."""
    from vedette.channels._mail_html import html
    from vedette.channels._words import headline, plain

    for text in (headline(hostile().content), plain(hostile()), html(hostile())):
        assert "\u202e" not in text
        assert "⟦U+202E⟧" in text
        assert "\nforged" not in text
