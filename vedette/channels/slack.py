"""Slack: an incoming webhook, or a bot that changes its message in place.

With the signing secret the bot's buttons act within Slack (`vedette.web.pages.slack`); without
it they lead to a page that asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vedette.channels import (
    ChannelBroken,
    ChannelKind,
    DeliveryError,
    MessageRefused,
    Parcel,
    Receipt,
)
from vedette.channels._content import Content
from vedette.channels._http import fields_of, post_json, said
from vedette.channels._words import COLOURS, about, clock_of, cut, first_line, headline, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_API = "https://slack.com/api"
_SECTION = 3000
_HEADER = 150
_MOST_ALERTS = 8
_MOST_CHARACTERS = 11_000
_MOST_VALUE = 2000
_LATER = frozenset(("ratelimited", "rate_limited", "internal_error", "fatal_error", "timeout"))
_REFUSED = frozenset(
    ("invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text", "invalid_arguments")
)
_NOT_CHANGED = frozenset(("message_not_found", "edit_window_closed", "cant_update_message"))
_BUTTONS = {"acknowledge": "Acknowledge", "resolve": "Resolve", "silence": "Silence 1 h"}
_SPECIAL = re.compile(r"[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """By the bot if there is a token, else by the webhook."""
    if settings.get("token"):
        return _by_bot(settings, parcel, fetcher)
    answer = post_json(fetcher, settings["url"], message(parcel))
    return Receipt(status=answer.status, answer=said(answer))


def message(parcel: Parcel, *, is_interactive: bool = False) -> dict[str, Any]:
    """The body: text for notifications, blocks in a coloured attachment for the eye."""
    content = parcel.content
    blocks = _fitting(_blocks(parcel, is_interactive=is_interactive))
    attachment = {"color": f"#{COLOURS[tone(content)]:06x}", "blocks": blocks}
    return {"text": escape(headline(content)), "attachments": [attachment]}


def _blocks(parcel: Parcel, *, is_interactive: bool) -> list[dict[str, Any]]:
    content = parcel.content
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(cut(headline(content), _HEADER))}
    ]
    if content.note:
        blocks.append(_section(escape(content.note)))
    for part in content.alerts[:_MOST_ALERTS]:
        lines = [f"*<{part.url}|{escape(cut(part.title, 200))}>*"]
        lines += [escape(line) for line in about(part)]
        if part.runbook:
            lines.append(f"Runbook: {escape(first_line(part.runbook))}")
        links = [f"<{url}|event>" for _, url in part.samples if url]
        if links:
            lines.append("Samples: " + " ".join(links))
        blocks.append(_section("\n".join(lines)))
    more = content.more + max(0, len(content.alerts) - _MOST_ALERTS)
    if more:
        blocks.append(_section(f"<{content.url}|and {more} more>"))
    buttons = _buttons(parcel, is_interactive=is_interactive)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    blocks.append(
        {"type": "context", "elements": [{"type": "mrkdwn", "text": clock_of(content.at)}]}
    )
    return blocks


def _buttons(parcel: Parcel, *, is_interactive: bool) -> list[dict[str, Any]]:
    """What can still be done. A button that acts carries the token of the link it stands for."""
    if tone(parcel.content) == "resolved":
        return []
    is_taken = all(part.acknowledged_by for part in parcel.content.alerts)
    made = []
    for action, label in _BUTTONS.items():
        link = parcel.links.get(action, "")
        if not link or (action == "acknowledge" and is_taken):
            continue
        button: dict[str, Any] = {"type": "button", "text": _plain(label), "action_id": action}
        token = link.rstrip("/").rpartition("/")[2]
        if is_interactive and len(token) <= _MOST_VALUE:
            button["value"] = token
        else:
            button["url"] = link
        if action == "acknowledge":
            button["style"] = "primary"
        made.append(button)
    return made


def _by_bot(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """A first message is posted, a later one changes it and says so in its thread."""
    headers = {"authorization": f"Bearer {settings['token']}"}
    base = settings.get("api", _API)
    body = message(parcel, is_interactive=bool(settings.get("signing_secret")))
    channel, _, stamp = parcel.reference.partition(" ")
    if stamp and _is_changed(fetcher, base, {"channel": channel, "ts": stamp, **body}, headers):
        note = {"channel": channel, "thread_ts": stamp, **_said_beside(parcel.content)}
        _call(fetcher, f"{base}/chat.postMessage", note, headers)
        return Receipt(answer="updated", reference=parcel.reference)
    sent = {"channel": settings.get("channel", ""), **body}
    found = _call(fetcher, f"{base}/chat.postMessage", sent, headers)
    reference = f"{found.get('channel', '')} {found.get('ts', '')}".strip()
    return Receipt(answer="posted", reference=reference)


def _is_changed(
    fetcher: Fetcher, base: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> bool:
    """Whether the message is still there to be changed: people may have deleted it."""
    try:
        _call(fetcher, f"{base}/chat.update", body, headers)
    except MessageRefused as error:
        if not any(word in str(error) for word in _NOT_CHANGED):
            raise
        return False
    return True


def _said_beside(content: Content) -> dict[str, Any]:
    """In the message's thread; what became worse is shown in the channel as well."""
    words = escape(content.note if content.kind == "acted" else headline(content))
    is_worse = content.kind == "update" and content.level == "critical"
    return {"text": words, **({"reply_broadcast": True} if is_worse else {})}


def _call(
    fetcher: Fetcher, url: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> dict[str, Any]:
    """Slack answers 200 also for what failed; `error` says what."""
    found = fields_of(post_json(fetcher, url, body, headers))
    if found.get("ok"):
        return found
    error = str(found.get("error", "no answer"))
    if error in _LATER:
        raise DeliveryError(f"Slack: {error}")
    if error in _REFUSED | _NOT_CHANGED:
        raise MessageRefused(f"Slack: {error}")
    raise ChannelBroken(f"Slack: {error}")


def _fitting(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack refuses a message whose texts are longer together than about 13,000 characters."""
    left = _MOST_CHARACTERS
    for block in blocks:
        text = block.get("text")
        if text and block["type"] == "section":
            text["text"] = cut(text["text"], max(min(left, _SECTION), 1))
            left -= len(text["text"])
    return blocks


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, _SECTION)}}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def escape(text: str) -> str:
    """Slack's markup knows three characters."""
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text)


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """A webhook's address, or a token and a channel."""
    if settings.get("anyone", "").lower() not in ("", "yes", "no", "true", "false"):
        return {"anyone": "yes or no"}
    if settings.get("token"):
        return {} if settings.get("channel") else {"channel": "which channel? For example #alerts"}
    if settings.get("signing_secret"):
        return {"signing_secret": "buttons that act need a bot's token as well"}
    if not settings.get("url", "").startswith(("https://", "http://")):
        return {"url": "the address of an incoming webhook, or a bot's token, is needed"}
    return {}


CHANNEL = ChannelKind(
    name="slack",
    label="Slack",
    help="an incoming webhook, or a bot's token (chat:write) that changes messages in place",
    fields=(
        Field(
            name="url", label="Webhook address", is_secret=True, is_needed=False,
            help="https://hooks.slack.com/services/…",
        ),
        Field(
            name="token", label="Bot token", is_secret=True, is_needed=False, help="xoxb-…"
        ),
        Field(name="channel", label="Channel", is_needed=False, help="#alerts"),
        Field(
            name="signing_secret", label="Signing secret", is_secret=True, is_needed=False,
            help="Of the bot's app: its buttons then act within Slack, see below.",
        ),
        Field(
            name="anyone", label="Anyone in this channel may act", is_needed=False,
            help="yes or no. Without it, members of the organisation by their address.",
        ),
        Field(
            name="api", label="Address of the API", is_needed=False, help=f"default: {_API}",
            is_address=True,
        ),
    ),
    deliver=deliver,
    check=check,
    updates=True,
    limits={"blocks": 50, "section": 3000, "header": 150, "buttons": 25, "all": 12_000},
)  # fmt: skip
