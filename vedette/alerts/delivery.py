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
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec
from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from vedette import clock
from vedette.alerts import notices, people
from vedette.alerts.digests import gathered
from vedette.alerts.links import action_links
from vedette.alerts.models import Channel, DeliveryTry, OutboxMessage
from vedette.alerts.secrets import settings_of
from vedette.channels import ChannelBroken, DeliveryError, Parcel, Receipt, channels
from vedette.channels._content import Content
from vedette.leases.taking import holder
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers import opening

log = logging.getLogger("vedette.alerts")

_LEASE = timedelta(seconds=60)
_GIVE_UP = timedelta(hours=24)
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 900.0
_FALLBACK_TRIES = 2
_FALLBACK_AFTER = timedelta(seconds=60)
_AT_ONCE = 8
_GLANCE = "SELECT 1 FROM alerts_outboxmessage WHERE state = 'waiting' AND due_at <= %s LIMIT 1"


def deliver_due(fetcher: Fetcher, now: datetime | None = None) -> int:
    """Send what is due, one message a channel at a time, channels side by side; returns how many.

    A slow channel takes a thread of eight, and no other's.
    """
    moment = now or clock.now()
    claimed = _claim(moment) if _is_any_due(moment) else []
    if not claimed:
        return 0
    if len(claimed) == 1:
        _deliver(claimed[0], fetcher)
        return 1
    with ThreadPoolExecutor(min(_AT_ONCE, len(claimed)), "deliver") as pool:
        for _ in pool.map(lambda one: _in_thread(one, fetcher), claimed):
            pass
    return len(claimed)


def _is_any_due(now: datetime) -> bool:
    """A glance, several times a second: the ORM takes ten times as long to find nothing."""
    if not connection.in_atomic_block:
        close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, [connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone() is not None


def _in_thread(message: OutboxMessage, fetcher: Fetcher) -> None:
    try:
        _deliver(message, fetcher)
    finally:
        close_old_connections()


def _claim(now: datetime) -> list[OutboxMessage]:
    """The oldest due message of each channel, taken by this process."""
    free = Q(held_until=None) | Q(held_until__lt=now)
    due = OutboxMessage.objects.filter(free, state="waiting", due_at__lte=now)
    firsts: dict[int, int] = {}
    for pk, channel_id in due.order_by("pk").values_list("pk", "channel_id")[:2000]:
        firsts.setdefault(channel_id, pk)
    taken = []
    for pk in firsts.values():
        rows = OutboxMessage.objects.filter(free, pk=pk, state="waiting")
        if rows.update(held_by=holder(), held_until=now + _LEASE):
            taken.append(pk)
    return list(
        OutboxMessage.objects.filter(pk__in=taken)
        .select_related("channel", "group", "organization")
        .order_by("pk")
    )


def _deliver(message: OutboxMessage, fetcher: Fetcher) -> None:
    """One try, and what came of it."""
    channel = message.channel
    if channel.broken_at is not None and message.kind != "test":
        _fall_back(message)
        _end(message, "failed", f"the channel is broken: {channel.broken_why}")
        return
    if message.tries and _is_over_already(message):
        _end(message, "gathered", message.last_error)
        return
    held_back = gathered(message)
    if held_back is not None:
        _put_off(message, held_back)
        return
    began = time.monotonic()
    try:
        receipt = _hand_over(message, fetcher)
    except ChannelBroken as error:
        _note(message, began, error.status, str(error))
        _mark_broken(message, str(error))
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


def _hand_over(message: OutboxMessage, fetcher: Fetcher) -> Receipt:
    kind = channels().get(message.channel.kind)
    if kind is None:
        raise ChannelBroken(f"there is no kind of channel {message.channel.kind!r}")
    content = msgspec.convert(message.content, Content)
    if kind.is_personal:
        return people.take_over(message, content)
    if kind.opens_issues:
        return opening.take_over(message, content)
    parcel = Parcel(
        content=content,
        identity=message.identity,
        reference=_reference(message) if kind.updates else "",
        links=action_links(message, content),
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
    """What the channel called the newest message of this group that it took."""
    if message.group_id is None:
        return ""
    rows = OutboxMessage.objects.filter(
        channel=message.channel_id, group=message.group_id, state="sent"
    ).exclude(reference="")
    return rows.order_by("-pk").values_list("reference", flat=True).first() or ""


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
    _put_off(message, now + timedelta(seconds=pause), tries=tries, error=str(error))
    if tries >= _FALLBACK_TRIES or now - message.created_at > _FALLBACK_AFTER:
        _fall_back(message)


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


def _fall_back(message: OutboxMessage) -> None:
    """A page must arrive: once, by the channel's fallback."""
    if message.is_fallback or message.content.get("level") != "critical":
        return
    fallback = Channel.objects.filter(
        organization=message.organization_id, slug=message.channel.fallback, is_enabled=True
    ).first()
    if fallback is None or fallback.pk == message.channel_id:
        return
    identity = f"{message.identity}-fallback"
    with transaction.atomic():
        if OutboxMessage.objects.filter(channel=fallback, identity=identity).exists():
            return
        OutboxMessage.objects.create(
            organization_id=message.organization_id,
            channel=fallback,
            group=message.group,
            kind=message.kind,
            content={
                **message.content,
                "note": f"Sent here because {message.channel.name} does not answer.",
            },
            identity=identity,
            is_fallback=True,
        )


def _mark_broken(message: OutboxMessage, words: str) -> None:
    """The channel is not tried again until somebody mends it; the others are told."""
    channel = message.channel
    _end(message, "failed", words)
    if message.kind == "test":
        return
    changed = Channel.objects.filter(pk=channel.pk, broken_at=None).update(
        broken_at=clock.now(), broken_why=words[:400]
    )
    _fall_back(message)
    if changed:
        tell_of_broken(channel, words)


def tell_of_broken(channel: Channel, words: str) -> None:
    """A notice by other channels that work."""
    notices.send_notice(
        channel.organization,
        f"The channel {channel.name} is broken",
        f"Alerts do not arrive there: {words}",
        about=f"channel-{channel.pk}",
        besides=channel,
    )
