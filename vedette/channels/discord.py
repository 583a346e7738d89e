"""Discord: embeds by a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import COLOURS, about, cut, first_line, headline, inert, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_MOST_EMBEDS = 8
_TITLE = 256
_DESCRIPTION = 450  # ten embeds have 6,000 characters together


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """POST them."""
    answer = post_json(fetcher, settings["url"], message(parcel))
    return Receipt(status=answer.status, answer=said(answer) if answer.body else "taken")


def message(parcel: Parcel) -> dict[str, Any]:
    """The headline and an embed per alert; nobody is mentioned by what strangers wrote."""
    content = parcel.content
    colour = COLOURS[tone(content)]
    embeds = []
    for part in content.alerts[:_MOST_EMBEDS]:
        lines = about(part)
        if part.runbook:
            lines.append(f"Runbook: {first_line(part.runbook)}")
        embeds.append(
            {
                "title": cut(inert(part.title), _TITLE),
                "url": part.url,
                "description": cut(inert("\n".join(lines)), _DESCRIPTION),
                "color": colour,
            }
        )
    text = inert(headline(content))
    if content.note:
        text += f"\n{inert(content.note)}"
    more = content.more + max(0, len(content.alerts) - _MOST_EMBEDS)
    if more:
        text += f"\nand {more} more: {content.url}"
    return {"content": cut(text, 2000), "embeds": embeds, "allowed_mentions": {"parse": []}}


CHANNEL = ChannelKind(
    name="discord",
    label="Discord",
    help="the address of a channel's webhook",
    fields=(Field(name="url", label="Webhook address", is_secret=True),),
    deliver=deliver,
    limits={"content": 2000, "embeds": 10, "title": 256, "all": 6000},
)
