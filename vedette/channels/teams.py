"""Microsoft Teams: an adaptive card by a workflow's webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import about, cut, first_line, headline, inert, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_STYLES = {"critical": "attention", "warning": "warning", "resolved": "good", "notice": "default"}
_MOST_ALERTS = 8
_TEXT = 1200


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """POST the card."""
    answer = post_json(fetcher, settings["url"], message(parcel))
    return Receipt(status=answer.status, answer=said(answer))


def message(parcel: Parcel) -> dict[str, Any]:
    """A message with one card; Teams takes at most 28 KB."""
    content = parcel.content
    body: list[dict[str, Any]] = [
        {
            "type": "Container",
            "style": _STYLES[tone(content)],
            "bleed": True,
            "items": [_text(inert(headline(content)), size="Large", weight="Bolder")],
        }
    ]
    if content.note:
        body.append(_text(inert(content.note)))
    for part in content.alerts[:_MOST_ALERTS]:
        body.append(_text(f"[{_linkable(inert(part.title))}]({part.url})", weight="Bolder"))
        lines = about(part)
        if part.runbook:
            lines.append(f"Runbook: {first_line(part.runbook)}")
        body.append(_text(inert("\n\n".join(lines)), isSubtle=True))
    more = content.more + max(0, len(content.alerts) - _MOST_ALERTS)
    if more:
        body.append(_text(f"[and {more} more]({content.url})"))
    actions = [
        {"type": "Action.OpenUrl", "title": title, "url": parcel.links[name]}
        for name, title in (
            ("acknowledge", "Acknowledge"), ("resolve", "Resolve"), ("silence", "Silence 1 h")
        )
        if name in parcel.links
    ]  # fmt: skip
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        **({"actions": actions} if actions else {}),
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": cut(text, _TEXT), "wrap": True, **more}


def _linkable(text: str) -> str:
    return cut(text, 200).replace("[", "(").replace("]", ")")


CHANNEL = ChannelKind(
    name="teams",
    label="Microsoft Teams",
    help="the address of a workflow “when a webhook request is received”",
    fields=(Field(name="url", label="Webhook address", is_secret=True),),
    deliver=deliver,
    limits={"bytes": 28_000},
)
