"""Messages to subscribers: from a row until they are taken, or of no use any more.

The row was written with the update. A message is tried again with longer and longer pauses, and
what one process has in hand another one leaves alone until its time is over.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db.models import Min, Q, QuerySet

from vedette import clock
from vedette.outgoing.errors import OutgoingError, Refused
from vedette.outgoing.fetcher import Fetcher, Request
from vedette.outgoing.mail import MailError, MailNotNow, Message, send
from vedette.sealing.sealer import CannotOpen
from vedette.statuspages import words
from vedette.statuspages.models import IncidentUpdate, StatusDelivery, Subscriber
from vedette.statuspages.prose import as_html
from vedette.statuspages.reading import address_of
from vedette.statuspages.statuspage_json import stamp
from vedette.statuspages.subscribing import ways_of

log = logging.getLogger(__name__)

_LEASE: Final = timedelta(seconds=90)
_OLD: Final = timedelta(days=2)
_KEPT: Final = timedelta(days=30)
_FIRST_PAUSE: Final = 30.0
_LONGEST_PAUSE: Final = 3600.0
_LONGEST_HELD: Final = timedelta(seconds=_LONGEST_PAUSE + 60)
_SECONDS: Final = 15.0
_GONE: Final = frozenset((404, 410))
_NEVER: Final = frozenset((400, 401, 403, 405, 413, 422))


class NotNow(Exception):  # noqa: N818 - what it is
    """It was not taken, and is to be tried again."""


class Never(Exception):  # noqa: N818 - what it is
    """It will not be taken, however often it is tried."""


def claim(
    now: datetime,
    *,
    besides: Collection[int] = (),
    only: Collection[int] | None = None,
    most: int = 20,
) -> list[StatusDelivery]:
    """What is due, taken by this process: the oldest of each side, found however much waits of
    the others."""
    free = Q(held_until=None) | Q(held_until__lt=now)
    free |= Q(held_until__gt=now + _LONGEST_HELD)  # by a clock that was set back since
    due = _wanted(now).filter(free).exclude(subscriber__side__in=list(besides))
    if only is not None:
        due = due.filter(subscriber__side__in=list(only))
    # nobody hears of an end before a beginning that waits to be tried again
    waiting = StatusDelivery.objects.filter(done_at=None).exclude(free)
    due = due.exclude(subscriber__in=waiting.values("subscriber"))
    oldest = due.values("subscriber__side").annotate(first=Min("pk")).order_by("first")
    found = StatusDelivery.objects.filter(pk__in=[one["first"] for one in oldest[:most]])
    rows = found.select_related("subscriber__page", "update__incident").order_by("pk")
    return [
        one
        for one in rows
        if StatusDelivery.objects.filter(free, pk=one.pk, done_at=None).update(
            held_until=now + _LEASE
        )
    ]


def hand_over(one: StatusDelivery, fetcher: Fetcher) -> None:
    """One try, and what came of it."""
    try:
        _send(one, fetcher)
    except NotNow as error:
        _wait(one, str(error))
    except (Never, CannotOpen) as error:
        log.warning("a subscriber of %s was not told: %s", one.subscriber.page.slug, error)
        _done(one, clock.now(), str(error))
    else:
        _done(one, clock.now())


def forget_told(now: datetime) -> int:
    """What was done long ago goes, what is of no use is done; returns how many went."""
    waiting = StatusDelivery.objects.filter(done_at=None)
    waiting.exclude(pk__in=_wanted(now).values("pk")).update(done_at=now)
    return StatusDelivery.objects.filter(done_at__lt=now - _KEPT).delete()[0]


def _wanted(now: datetime) -> QuerySet[StatusDelivery]:
    """What waits, but for old messages, answered questions and discarded incidents."""
    is_question = Q(update=None, subscriber__confirmed_at=None)
    is_news = Q(update__incident__is_discarded=False, subscriber__confirmed_at__isnull=False)
    waiting = StatusDelivery.objects.filter(is_question | is_news, done_at=None)
    return waiting.filter(due_at__gte=now - _OLD)


def _send(one: StatusDelivery, fetcher: Fetcher) -> None:
    row = one.subscriber
    address = address_of(row.page)
    confirm_at, leave_at = ways_of(row, address)
    if row.kind == "email":
        if one.update is None:
            message = _question(row, confirm_at)
        else:
            message = _mail(row, one.update, address, leave_at)
        _post_mail(message)
        return
    body = (
        _asked(row, confirm_at) if one.update is None else _hook(row, one.update, address, leave_at)
    )
    _post(fetcher, row, body, f"{one.pk}")


def _question(row: Subscriber, confirm_at: str) -> Message:
    title = row.page.title
    return Message(
        to=row.address,
        subject=f"Do you want updates of {title}?",
        text=(
            f"Somebody, probably you, asked to send updates of {title} to this address.\n\n"
            f"Yes, send them: {confirm_at}\n\n"
            "If it was not you, do nothing: nothing more is sent.\n"
        ),
        headers={"Auto-Submitted": "auto-generated"},
    )


def _mail(row: Subscriber, update: IncidentUpdate, address: str, leave_at: str) -> Message:
    incident, page = update.incident, row.page
    status = words.STATUSES.get(update.status, update.status)
    link = f"{address}incidents/{incident.key}/"
    when = words.moment(update.at, page.zone)
    affected = ", ".join(incident.affected.values_list("component__name", flat=True))
    about = f"\nAffected: {affected}\n" if affected else ""
    host = urlsplit(address).hostname or "localhost"
    return Message(
        to=row.address,
        subject=f"[{page.title}] {status}: {incident.title}",
        text=(
            f"{status}: {incident.title}\n{when}\n{about}\n{update.text}\n\n"
            f"{link}\n\n--\nYou hear of {page.title} because you asked for it. "
            f"Leave with one click: {leave_at}\n"
        ),
        html=_mail_html(update, status, when, affected, link, leave_at),
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{update.key}.{row.pk}@{host}>",
            "References": f"<{incident.key}@{host}>",
            "List-Unsubscribe": f"<{leave_at}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _mail_html(
    update: IncidentUpdate, status: str, when: str, affected: str, link: str, leave_at: str
) -> str:
    from django.utils.html import format_html

    return format_html(
        "<h2>{}: {}</h2><p>{}{}</p>{}<p><a href='{}'>All that was said of it</a></p>"
        "<p><small>You asked for these messages. <a href='{}'>Leave</a></small></p>",
        status,
        update.incident.title,
        when,
        f" · {affected}" if affected else "",
        as_html(update.text),
        link,
        leave_at,
    )


def _asked(row: Subscriber, confirm_at: str) -> dict[str, Any]:
    """The question, to an address that takes JSON."""
    text = f"Updates of {row.page.title} were asked for here. To get them, open {confirm_at}"
    if row.kind == "slack":
        return {"text": text}
    return {"kind": "confirmation", "text": text, "confirm_url": confirm_at}


def _hook(row: Subscriber, update: IncidentUpdate, address: str, leave_at: str) -> dict[str, Any]:
    incident, page = update.incident, row.page
    status = words.STATUSES.get(update.status, update.status)
    link = f"{address}incidents/{incident.key}/"
    if row.kind == "slack":
        title = _for_slack(f"{status}: {incident.title}")
        said = _for_slack(update.text[:2500])
        return {
            "text": f"*{title}*\n{said}\n<{link}|{_for_slack(page.title)}> · <{leave_at}|Leave>"
        }
    return {
        "kind": "incident",
        "page": {"id": page.key, "name": page.title, "url": address},
        "incident": {
            "id": incident.key,
            "name": incident.title,
            "status": incident.status,
            "impact": "maintenance" if incident.is_scheduled else incident.impact,
            "url": link,
            "scheduled_for": stamp(incident.scheduled_for),
            "scheduled_until": stamp(incident.scheduled_until),
            "components": list(incident.affected.values("component__key", "component__name")),
        },
        "update": {
            "id": update.key,
            "status": update.status,
            "body": update.text,
            "created_at": stamp(update.at),
        },
        "unsubscribe_url": leave_at,
    }


def _for_slack(text: str) -> str:
    """What strangers wrote calls nobody (Slack's escaping)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post_mail(message: Message) -> None:
    try:
        send(message)
    except MailNotNow as error:
        raise NotNow(str(error)) from error
    except MailError as error:
        raise Never(str(error)) from error


def _post(fetcher: Fetcher, row: Subscriber, body: dict[str, Any], identity: str) -> None:
    request = Request(
        url=row.address,
        method="POST",
        headers={"content-type": "application/json", "x-vedette-delivery": identity},
        body=json.dumps(body, ensure_ascii=False).encode(),
        most_bytes=16 << 10,
        most_redirects=0,
        seconds=_SECONDS,
    )
    try:
        answer = fetcher.fetch(request)
    except Refused as error:
        raise Never(f"the address is refused: {type(error).__name__}") from error
    except OutgoingError as error:
        raise NotNow(type(error).__name__) from error
    if answer.status in _GONE or answer.status in _NEVER:
        raise Never(f"it answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise NotNow(f"it answered {answer.status}")


def _wait(one: StatusDelivery, said: str) -> None:
    """Later, twice as long each time."""
    pause = min(_FIRST_PAUSE * 2**one.tries, _LONGEST_PAUSE)
    StatusDelivery.objects.filter(pk=one.pk).update(
        tries=one.tries + 1, held_until=clock.now() + timedelta(seconds=pause)
    )
    Subscriber.objects.filter(pk=one.subscriber_id).update(last_error=said[:400])


def _done(one: StatusDelivery, now: datetime, said: str = "") -> None:
    StatusDelivery.objects.filter(pk=one.pk).update(done_at=now, held_until=None)
    if one.subscriber.last_error != said[:400]:
        Subscriber.objects.filter(pk=one.subscriber_id).update(last_error=said[:400])
