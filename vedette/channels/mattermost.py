"""Mattermost, and everything that takes Slack's older webhook form, such as Rocket.Chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import COLOURS, about, cut, first_line, headline, inert, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_MOST_ALERTS = 8


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """POST attachments."""
    body = message(parcel)
    if settings.get("channel"):
        body["channel"] = settings["channel"]
    answer = post_json(fetcher, settings["url"], body)
    return Receipt(status=answer.status, answer=said(answer))


def message(parcel: Parcel) -> dict[str, Any]:
    """The headline and an attachment per alert."""
    content = parcel.content
    attachments = []
    for part in content.alerts[:_MOST_ALERTS]:
        lines = about(part)
        if part.runbook:
            lines.append(f"Runbook: {first_line(part.runbook)}")
        attachments.append(
            {
                "fallback": cut(inert(part.title), 300),
                "color": f"#{COLOURS[tone(content)]:06x}",
                "title": cut(inert(part.title), 300),
                "title_link": part.url,
                "text": cut(inert("\n".join(lines)), 1500),
            }
        )
    text = inert(headline(content))
    if content.note:
        text += f"\n{inert(content.note)}"
    more = content.more + max(0, len(content.alerts) - _MOST_ALERTS)
    if more:
        text += f"\nand {more} more: {content.url}"
    return {"text": text, "username": "Vedette", "attachments": attachments}


CHANNEL = ChannelKind(
    name="mattermost",
    label="Mattermost, Rocket.Chat",
    help="the address of an incoming webhook",
    fields=(
        Field(name="url", label="Webhook address", is_secret=True),
        Field(name="channel", label="Channel", is_needed=False),
    ),
    deliver=deliver,
    limits={"text": 4000},
)
