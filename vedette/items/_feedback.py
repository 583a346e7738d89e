"""What people say about what they use: the table, its search keys, and the fact that it came.

Three kinds of items become feedback: `feedback`, the older `user_report`, and an event whose
type says that it is one (protocol, 3.8 and 3.9).
"""

from __future__ import annotations

import re
from typing import Any

import xxhash

from vedette.facts import Fact
from vedette.items import Effects, RawItem, Row, SearchField
from vedette.items._columns import integer, text, time, uuid
from vedette.outcome import Drop, DropReason
from vedette.spans.span import mapping
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.envelope import clean_event_id
from vedette.wire.pairs import tags
from vedette.wire.remarks import Remarks

FEEDBACK = Table(
    name="feedback",
    columns=(
        *integer("project_id", "links"),
        *uuid("feedback_id", "event_id", "trace_id", "replay_id"),
        *time("received"),
        *text("kind", "name", "email", "comments", "url", "source"),
        *text("release", "environment", "platform", "user_agent", "user_id", "sdk_name"),
        Column("trapped", ColumnType.BOOL),
        Column("tags", ColumnType.TAGS),
    ),
)

FIELDS = {
    "feedback.id": SearchField(column="feedback_id", help="the feedback's own id"),
    "feedback.text": SearchField(column="comments", help="what the person wrote"),
    "feedback.name": SearchField(column="name", help="the name that the person gave"),
    "feedback.email": SearchField(column="email", help="the address that the person gave"),
    "feedback.source": SearchField(column="source", help="where it was written: widget, form …"),
    "feedback.links": SearchField(column="links", help="how many links the text has"),
    "feedback.trapped": SearchField(
        column="trapped", help="whether the field was filled in that no person sees"
    ),
    "id": SearchField(column="event_id", help="the event that it is about"),
    "trace": SearchField(column="trace_id", help="the trace it belongs to"),
    "replayId": SearchField(column="replay_id", help="the replay it belongs to"),
    "url": SearchField(column="url", help="the page on which it was written"),
    "release": SearchField(column="release", help="the version that was running"),
    "environment": SearchField(column="environment", help="production, staging …"),
    "platform": SearchField(column="platform", help="the language of the SDK"),
    "user.id": SearchField(column="user_id", help="the user's id"),
    "timestamp": SearchField(column="timestamp", help="when it came: -24h, or >2026-01-31"),
}
PERSON = {"id": "user_id", "email": "email", "username": "name"}
MOST_CHARACTERS = 4096
_LINK = re.compile(r"(?:https?://|\bwww\.)\S", re.IGNORECASE)


class FeedbackSeen(Fact, tag="feedback", kw_only=True):
    """Somebody wrote something. `is_kept`: an earlier version had no home for it."""

    at: float
    feedback_id: str
    comments: str
    links: int = 0
    trapped: bool = False
    is_kept: bool = False


def effects_of_event(item: RawItem, event: dict[str, Any]) -> Effects | Drop:
    """Feedback in the shape of an event: its words lie in `contexts.feedback`."""
    contexts = mapping(event.get("contexts"))
    said = mapping(contexts.get("feedback"))
    user = mapping(event.get("user"))
    request = mapping(event.get("request"))
    own = clean_event_id(item.meta.event_id) or clean_event_id(event.get("event_id"))
    values = {
        "kind": "feedback",
        "event_id": clean_event_id(said.get("associated_event_id")),
        "trace_id": clean_event_id(mapping(contexts.get("trace")).get("trace_id")),
        "replay_id": clean_event_id(
            said.get("replay_id") or mapping(contexts.get("replay")).get("replay_id")
        ),
        "name": clean(said.get("name") or user.get("username") or user.get("name"), 128),
        "email": clean(said.get("contact_email") or user.get("email"), 254),
        "comments": clean(said.get("message"), MOST_CHARACTERS),
        "url": without_query(clean(said.get("url") or request.get("url"), 2048)),
        "source": clean(said.get("source"), 64),
        "release": clean(event.get("release"), 250),
        "environment": clean(event.get("environment"), 64),
        "platform": clean(event.get("platform"), 64),
        "user_id": clean(user.get("id"), 128),
        "sdk_name": clean(mapping(event.get("sdk")).get("name"), 64),
        "trapped": said.get("trapped") is True,
        "tags": [
            (clean(key, 200), clean(value, 200))
            for key, value in tags(event.get("tags"), (), Remarks()) or []
        ],
    }
    return effects_of(item, values, own)


def effects_of(item: RawItem, values: dict[str, Any], feedback_id: str | None) -> Effects | Drop:
    """One row and the fact; feedback without a word is dropped.

    Without an id of its own it gets one that is the same if the item is read again.
    """
    comments = values["comments"].strip()
    if not comments:
        return Drop(DropReason.INVALID_ITEM, "empty_feedback")
    meta = item.meta
    received = int(meta.received * 1_000_000)
    place = f"{meta.project_id}:{received}:{item.ordinal}:{values['event_id']}:{comments}"
    found = feedback_id or xxhash.xxh3_128_hexdigest(place.encode())
    row = {
        **{name: value or None for name, value in values.items()},
        "project_id": meta.project_id,
        "feedback_id": found,
        "timestamp": received,
        "received": received,
        "comments": comments,
        "user_agent": clean(meta.user_agent, 512) or None,
        "links": len(_LINK.findall(comments)),
        "trapped": bool(values.get("trapped")),
    }
    seen = FeedbackSeen(
        project_id=meta.project_id,
        at=meta.received,
        feedback_id=found,
        comments=comments,
        links=row["links"],
        trapped=row["trapped"],
        is_kept=meta.origin is not None,
    )
    return Effects(rows=[Row(FEEDBACK, row)], facts=[seen] if meta.past is None else [])


def clean(value: object, most: int) -> str:
    """A text that the store takes; a number as its text, "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text_ = str(value).replace("\x00", "").encode("utf-8", "replace").decode()
    return text_[:most]


def without_query(url: str) -> str:
    """The address without its query and fragment, in which people's secrets lie."""
    return url.partition("#")[0].partition("?")[0]
