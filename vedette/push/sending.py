"""Hands messages over to push services: until they are taken, or too old to be of use."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from zlib import crc32

from django.conf import settings
from django.db.models import Q

from vedette import clock
from vedette.alerts.seeing import may_read
from vedette.channels._http import retry_after, said
from vedette.outgoing.errors import OutgoingError, Refused
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.push.encryption import decoded, encoded, encrypt
from vedette.push.models import PushMessage, PushSubscription
from vedette.push.signing import authorization, private_key

log = logging.getLogger("vedette.push")

_LEASE = timedelta(seconds=60)
_OLD = timedelta(hours=12)  # from its due moment
_TTL_SECONDS = 12 * 3600
_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 1800.0
_MOST = 100
_MOST_LOOKED_AT = 5000
_AT_ONCE_OF_A_SERVICE = 3
_MOST_BYTES = 3000
_GONE = frozenset((404, 410))
_NEVER = frozenset((400, 401, 403, 413))


def claim(
    now: datetime,
    *,
    besides: Collection[int] = (),
    only: Collection[int] | None = None,
    most: int = _MOST,
) -> list[PushMessage]:
    """Due messages to active members, taken by this process: the oldest of each side.

    `besides` and `only` name sides, see `side_of`. What is of no use any more is dropped.
    """
    PushMessage.objects.filter(due_at__lt=now - _OLD).delete()
    free = Q(held_until=None) | Q(held_until__lt=now)
    due = PushMessage.objects.filter(free, due_at__lte=now).order_by("pk")
    firsts: dict[int, int] = {}
    for pk, endpoint in due.values_list("pk", "subscription__endpoint")[:_MOST_LOOKED_AT]:
        side = side_of(pk, endpoint)
        if side not in besides and (only is None or side in only):
            firsts.setdefault(side, pk)
    chosen = sorted(firsts.values())[:most]
    taken = []
    for message in due.filter(pk__in=chosen).select_related("subscription__user", "organization"):
        if not _is_wanted(message):
            message.delete()
        elif PushMessage.objects.filter(free, pk=message.pk).update(held_until=now + _LEASE):
            taken.append(message)
    return taken


def side_of(pk: int, endpoint: str) -> int:
    """One of a few places of a push service: so many of its browsers are told at a time."""
    service = urlsplit(endpoint).netloc.lower()
    return crc32(service.encode("utf-8", "replace")) * _AT_ONCE_OF_A_SERVICE + (
        pk % _AT_ONCE_OF_A_SERVICE
    )


def _is_wanted(message: PushMessage) -> bool:
    """Whether the person is still there, and sees what it is about."""
    user = message.subscription.user
    if not user.is_active:
        return False
    where = message.organization
    return where is None or may_read(user, where, message.about)


def authorizer(now: datetime) -> Callable[[str], str]:
    """What proves to a push service, by its address, who sends."""
    key = private_key()
    subject = f"mailto:{settings.CONFIG.mail_from.rpartition('<')[2].rstrip('>')}"
    return lambda endpoint: authorization(endpoint, subject, now.timestamp(), key)


def hand_over(message: PushMessage, fetcher: Fetcher, authorize: Callable[[str], str]) -> None:
    """One try, and what came of it."""
    held = message.subscription
    try:
        body = encrypt(payload_of(message.content), decoded(held.public), decoded(held.secret))
        answer = fetcher.fetch(_request(message, body, authorize(held.endpoint)))
    except Refused as error:
        _drop(message, f"the address is refused: {error}")
    except OutgoingError as error:
        _wait(message, str(error), None)
    except ValueError as error:
        _drop(message, f"it cannot be encrypted: {error}")
    else:
        _take_in(message, answer)


def _take_in(message: PushMessage, answer: Answer) -> None:
    """What the push service said."""
    held = message.subscription
    words = f"{answer.status}: {said(answer)}"
    if 200 <= answer.status < 300:
        message.delete()
        PushSubscription.objects.filter(pk=held.pk).update(taken_at=clock.now(), last_error="")
    elif answer.status in _GONE:
        log.info("a browser of %s is gone", held.user_id)
        held.delete()
    elif answer.status in _NEVER:
        _drop(message, words)
    else:
        _wait(message, words, retry_after(answer))


def payload_of(content: dict[str, str]) -> bytes:
    """The JSON that the service worker shows, cut until it is small enough."""
    shown = dict(content)
    while True:
        data = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        if len(data) <= _MOST_BYTES or not (shown["body"] or shown["title"]):
            return data
        longer = "body" if shown["body"] else "title"
        shown[longer] = shown[longer][: len(shown[longer]) * 3 // 4]


def _request(message: PushMessage, body: bytes, proof: str) -> Request:
    topic = encoded(sha256(message.content.get("tag", "").encode()).digest())[:32]
    return Request(
        url=message.subscription.endpoint,
        method="POST",
        headers={
            "authorization": proof,
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(_TTL_SECONDS),
            "topic": topic,
            "urgency": "high" if message.is_urgent else "normal",
        },
        body=body,
        seconds=_SECONDS,
        most_bytes=16 << 10,
        most_redirects=0,
    )


def _wait(message: PushMessage, words: str, asked: float | None) -> None:
    """Later, twice as long each time, as the service asks."""
    pause = min(_FIRST_PAUSE_SECONDS * 2**message.tries, _LONGEST_PAUSE_SECONDS)
    if asked is not None:
        pause = min(asked, _LONGEST_PAUSE_SECONDS)
    now = clock.now()
    if now - message.created_at > _OLD + _OLD:
        _drop(message, words)
        return
    PushMessage.objects.filter(pk=message.pk).update(
        tries=message.tries + 1, held_until=now + timedelta(seconds=pause)
    )
    PushSubscription.objects.filter(pk=message.subscription_id).update(last_error=words[:400])


def _drop(message: PushMessage, words: str) -> None:
    """It will never be taken so; the person sees why."""
    log.warning("a push message is dropped: %s", words)
    PushSubscription.objects.filter(pk=message.subscription_id).update(last_error=words[:400])
    message.delete()
