"""User feedback in the current shape: an event whose words lie in a context (protocol, 3.8)."""

from __future__ import annotations

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._feedback import FEEDBACK, FIELDS, PERSON, FeedbackSeen, effects_of_event
from vedette.items._kept import json_sample
from vedette.outcome import Drop, DropReason
from vedette.wire.json_text import parse


def read(item: RawItem) -> Effects | Drop:
    """One row, and the fact that somebody wrote."""
    try:
        event = parse(item.payload)
    except ValueError:
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(event, dict):
        return Drop(DropReason.INVALID_ITEM)
    return effects_of_event(item, event)


KIND = ItemKind(
    types=("feedback",),
    category="feedback",
    aliases=("default",),
    worth=Worth.SAMPLE,
    person=PERSON,
    most_bytes=1 << 20,
    is_event=True,
    carries_event_id=True,
    is_once=True,
    tables=(FEEDBACK,),
    facts=(FeedbackSeen,),
    fields=FIELDS,
    read=read,
    sample=json_sample(
        "feedback",
        {
            "type": "feedback",
            "environment": "production",
            "contexts": {
                "feedback": {
                    "message": "The lamp is out of stock.",
                    "name": "Alice",
                    "contact_email": "alice@example.com",
                    "url": "https://shop.example/lamps",
                    "source": "widget",
                }
            },
        },
    ),
)
