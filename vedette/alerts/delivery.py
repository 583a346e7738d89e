"""Hands over what lies in the outbox: each message until it is taken, or a day has passed.

A message is claimed before it is sent, by one conditional update with a lease: two processes
never both send it, and one whose process dies is sent again. What waits for a channel is sent in
order; a channel that asks for a pause gets it; one that will never take anything is marked
broken, its owner told by another.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import datetime, timedelta

import msgspec

from vedette import clock
from vedette.alerts import people
from vedette.alerts.claiming import claim, is_any_due
from vedette.alerts.digests import gathered
from vedette.alerts.fallbacks import AFTER, fall_back, fall_back_waiting, mark_broken
from vedette.alerts.links import action_links
from vedette.alerts.models import Channel, DeliveryTry, OutboxMessage
from vedette.channels import (
    ChannelBroken,
    DeliveryError,
    MessageRefused,
    Parcel,
    Receipt,
    TakenOver,
    channels,
)
from vedette.channels._content import Content
from vedette.connections.secrets import settings_of
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers import opening

log = logging.getLogger("vedette.alerts")

_GIVE_UP = timedelta(hours=24)
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 900.0
_FALLBACK_TRIES = 2
_OWN_MESSAGES = ("trigger", "repeat")
_MOST_LOOKED_AT = 50
_TAKEN_OVER = {
    TakenOver.MAIL_TO_MEMBERS: people.take_over,
    TakenOver.ISSUES_IN_A_TRACKER: opening.take_over,
}
_LATELY = 3  # messages, of which one was taken by a channel that works


def deliver_due(fetcher: Fetcher, now: datetime | None = None) -> int:
    """Send what is due, one message a channel, one after the other; returns how many.

    The product itself has `vedette.alerts.couriers` do it side by side.
    """
    moment = now or clock.now()
    if not is_any_due(moment):
        return 0
    fall_back_waiting(moment)
    claimed = claim(moment)
    for message in claimed:
        hand_over(message, fetcher)
    return len(claimed)


def hand_over(message: OutboxMessage, fetcher: Fetcher) -> None:
    """One try of a message that this process has claimed, and what came of it."""
    channel = message.channel
    if channel.broken_at is not None and message.kind != "test":
        fall_back(message)
        _end(message, "failed", f"the channel is broken: {channel.broken_why}")
        return
    if message.last_error and _is_over_already(message):
        _end(message, "gathered", message.last_error)
        return
    held_back = gathered(message)
    if held_back is not None:
        _put_off(message, held_back)
        return
    began = time.monotonic()
    try:
        receipt = _send(message, fetcher)
    except ChannelBroken as error:
        _note(message, began, error.status, str(error))
        _give_up(message, str(error), is_broken=True)
    except MessageRefused as error:
        _note(message, began, error.status, str(error))
        _give_up(message, str(error), is_broken=not _has_worked(channel))
    except DeliveryError as error:
        _note(message, began, error.status, str(error))
        _try_again(message, error)
    except Exception as error:
        log.exception("the channel %s failed with a message", channel.slug)
        words = type(error).__name__  # no more: its text may hold a secret of the channel
        _note(message, began, 0, words)
        _try_again(message, DeliveryError(words))
    else:
        _note(message, began, receipt.status, receipt.answer, is_done=True)
        _end(message, "sent", "", receipt)
        if channel.broken_at is not None:  # a test that was taken mends it
            Channel.objects.filter(pk=channel.pk).update(broken_at=None, broken_why="")


def _send(message: OutboxMessage, fetcher: Fetcher) -> Receipt:
    kind = channels().get(message.channel.kind)
    if kind is None:
        raise ChannelBroken(f"there is no kind of channel {message.channel.kind!r}")
    content = msgspec.convert(message.content, Content)
    if isinstance(kind.deliver, TakenOver):
        return _TAKEN_OVER[kind.deliver](message, content)
    parcel = Parcel(
        content=content,
        identity=message.identity,
        reference=_reference(message) if kind.updates else "",
        links=action_links(message, content),
        reached=message.reached,
    )
    return kind.deliver(settings_of(message.channel), parcel, fetcher)


def _is_over_already(message: OutboxMessage) -> bool:
    """Whether all that a late message tells of has ended: then the end tells both."""
    ids = {part["id"] for part in message.content.get("alerts", ())}
    later = OutboxMessage.objects.filter(
        channel=message.channel_id, group=message.group_id, kind="resolve", state="waiting"
    )
    for one in later.filter(pk__gt=message.pk).order_by("pk"):
        if ids and ids <= {part["id"] for part in one.content["alerts"]}:
            one.content["note"] = "This notice is late: nobody was told when it began."
            one.save(update_fields=["content"])
            return True
    return False


def _reference(message: OutboxMessage) -> str:
    """What the channel called the newest message that told of these alerts.

    What begins, or is said again, is a message of its own: nobody sees that an old one changed.
    """
    if message.group_id is None or message.kind in _OWN_MESSAGES:
        return ""
    rows = OutboxMessage.objects.filter(
        channel=message.channel_id, group=message.group_id, state="sent"
    ).exclude(reference="")
    newest = list(rows.order_by("-pk").values_list("reference", "content")[:_MOST_LOOKED_AT])
    ids = {part["id"] for part in message.content.get("alerts", ())}
    for reference, content in newest:
        if ids & {part["id"] for part in content.get("alerts", ())}:
            return str(reference)
    return str(newest[0][0]) if newest else ""


def _note(
    message: OutboxMessage, began: float, status: int, answer: str, *, is_done: bool = False
) -> None:
    DeliveryTry.objects.create(
        message=message,
        at=clock.now(),
        seconds=round(time.monotonic() - began, 3),
        status=status,
        answer=answer[:400],
        is_done=is_done,
    )


def _try_again(message: OutboxMessage, error: DeliveryError) -> None:
    """Later, twice as long each time, as the other side asks; at last it is given up."""
    now, tries = clock.now(), message.tries + 1
    if now - message.created_at > _GIVE_UP:
        _end(message, "failed", f"given up after a day: {error}")
        return
    pause = min(_FIRST_PAUSE_SECONDS * 2 ** (tries - 1), _LONGEST_PAUSE_SECONDS)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311 - so that not all try at the same moment
    if error.retry_after is not None:
        pause = min(error.retry_after, _LONGEST_PAUSE_SECONDS)
        until = now + timedelta(seconds=pause)
        Channel.objects.filter(pk=message.channel_id).update(paused_until=until)
    due = now + timedelta(seconds=pause)
    if error.reached:
        OutboxMessage.objects.filter(pk=message.pk).update(reached=list(error.reached))
    _put_off(message, due, tries=tries, error=str(error))
    if tries >= _FALLBACK_TRIES or due - message.created_at > AFTER:
        fall_back(message)


def _has_worked(channel: Channel) -> bool:
    """Whether it took one of its last messages: then what it refuses is at fault, not itself."""
    rows = OutboxMessage.objects.filter(channel=channel, state__in=("sent", "failed"))
    return "sent" in rows.order_by("-pk").values_list("state", flat=True)[:_LATELY]


def _give_up(message: OutboxMessage, words: str, *, is_broken: bool) -> None:
    """It will never be taken so; if that holds for all others, the channel is broken."""
    _end(message, "failed", words)
    if message.kind == "test":
        return
    fall_back(message)
    if is_broken:
        mark_broken(message.channel, words)


def _put_off(
    message: OutboxMessage, due: datetime, *, tries: int | None = None, error: str = ""
) -> None:
    changes: dict[str, object] = {"due_at": due, "held_by": "", "held_until": None}
    if tries is not None:
        changes |= {"tries": tries, "last_error": error[:400]}
    OutboxMessage.objects.filter(pk=message.pk).update(**changes)


def _end(message: OutboxMessage, state: str, error: str, receipt: Receipt | None = None) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=state,
        tries=message.tries + 1,
        sent_at=clock.now() if state == "sent" else None,
        last_error=error[:400],
        reference=receipt.reference[:400] if receipt else "",
        held_by="",
        held_until=None,
    )
