"""Messages to members: whom they concern, when they may be sent, and what is sent together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from django.core import signing
from django.db import transaction

from vedette import clock
from vedette.access.sight import people_of
from vedette.accounts.models import Membership, User
from vedette.alerts.content import MOST_SHOWN, base_url
from vedette.alerts.models import (
    Alert,
    OutboxMessage,
    PersonalMail,
    PersonalSettings,
)
from vedette.alerts.muting import next_moment
from vedette.alerts.seeing import may_read
from vedette.channels import DeliveryError, Parcel, Receipt, deliver_by
from vedette.channels._content import Content
from vedette.connections.secrets import settings_of
from vedette.issues.models import Assignment
from vedette.push.queueing import queue

ALERTS = "alerts"
WORKFLOW = "workflow"  # the kind of mails about issues rather than alerts
WEEKLY = "weekly"
_ENDED: dict[str, dict[str, object]] = {
    ALERTS: {"alerts": "none"},
    WORKFLOW: {"workflow": False},
    WEEKLY: {"weekly": False},
}
_SALT = "vedette.alerts.unsubscribe"
_RETRY = timedelta(minutes=1)
_MOST_TRIES = 60
_AT_ONCE = 200
_DIGESTS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


def take_over(message: OutboxMessage, content: Content) -> Receipt:
    """A mail, and a message to their browsers, for each whom it concerns and who wants it."""
    users = list(_concerned(message, content))
    now = clock.now()
    with transaction.atomic():
        held = {one.user_id: one for one in PersonalSettings.objects.filter(user__in=users)}
        wanting = [user for user in users if _wants(held.get(user.pk), content)]
        mails = [
            PersonalMail(
                user=user,
                organization_id=message.organization_id,
                content=message.content,
                identity=message.identity,
                created_at=now,
                due_at=due_for(held.get(user.pk), content.level, now),
            )
            for user in wanting
        ]
        PersonalMail.objects.bulk_create(mails, ignore_conflicts=True)
        pushed = queue(wanting, held, message.organization_id, content, message.identity, now)
    browsers = f", {pushed} browsers" if pushed else ""
    return Receipt(answer=f"for {len(mails)} of {len(users)} members{browsers}")


def due_for(held: PersonalSettings | None, level: str, now: datetime) -> datetime:
    """When a person's mail may be sent: after quiet hours, with the next digest."""
    if held is None:
        return now
    due = now
    if held.digest in _DIGESTS and level != "critical":
        span = int(_DIGESTS[held.digest].total_seconds())
        seconds = int(now.timestamp()) // span * span + span
        due = datetime.fromtimestamp(seconds, now.tzinfo)
    return next_moment(held.quiet, due)


def send_due(now: datetime | None = None) -> int:
    """Send what is due, a person's alerts as one mail and their issues as another.

    Returns how many mails were taken.
    """
    moment = now or clock.now()
    rows = PersonalMail.objects.filter(due_at__lte=moment, user__is_active=True)
    found = rows.select_related("user", "organization").order_by("user", "pk")[:_AT_ONCE]
    due = sorted(found, key=_together)
    sent = 0
    for _, mine in groupby(due, key=_together):
        sent += _send(list(mine), moment)
    PersonalMail.objects.filter(due_at__lte=moment, user__is_active=False).delete()
    return sent


def _together(mail: PersonalMail) -> tuple[int, bool]:
    """What mails that are sent as one have in common."""
    return (mail.user_id, mail.content.get("kind") == WORKFLOW)


def unsubscribe_link(user: User, kind: str = ALERTS) -> str:
    """A signed address that ends a person's mails of this kind with one click."""
    return f"{base_url()}/alerts/unsubscribe/{sign(user, kind)}/"


def sign(user: User, kind: str = ALERTS) -> str:
    """The token of such an address."""
    return signing.dumps([user.pk, kind], salt=_SALT)


def person_of(token: str) -> tuple[User, str] | None:
    """Whom a token of such a link names, and which mails; None for one that is not ours."""
    try:
        held = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    number, kind = held if isinstance(held, list) else (held, ALERTS)
    user = User.objects.filter(pk=number, is_active=True).first()
    return (user, str(kind)) if user is not None and kind in _ENDED else None


def unsubscribe(token: str) -> User | None:
    """End the mails whom and which a token names; None for one that is not ours.

    Those of other kinds go on: who is tired of a report must still be woken.
    """
    found = person_of(token)
    if found is None:
        return None
    user, kind = found
    PersonalSettings.objects.update_or_create(user=user, defaults=_ENDED[kind])
    waiting = PersonalMail.objects.filter(user=user)
    if kind == WORKFLOW:
        waiting.filter(content__kind=WORKFLOW).delete()
    elif kind == ALERTS:
        waiting.exclude(content__kind=WORKFLOW).delete()
    return user


def _send(mails: Sequence[PersonalMail], now: datetime) -> int:
    """Several at the same moment are one mail, without what its person may not see any more."""
    ids = [one.pk for one in mails]
    mails = [one for one in mails if may_read(one.user, one.organization, one.content)]
    if not mails:
        PersonalMail.objects.filter(pk__in=ids).delete()
        return 0
    first = mails[0]
    content = msgspec.convert(first.content, Content)
    if len(mails) > 1:
        content = _gathered([msgspec.convert(one.content, Content) for one in mails])
    kind = WORKFLOW if content.kind == WORKFLOW else ALERTS
    parcel = Parcel(
        content=content,
        identity=first.identity,
        links={"unsubscribe": unsubscribe_link(first.user, kind)},
    )
    try:
        # The same words as the channel for addresses: it makes no request of its own.
        deliver_by("email")({"to": first.user.email}, parcel, None)  # type: ignore[arg-type]
    except DeliveryError as error:
        rows = PersonalMail.objects.filter(pk__in=ids)
        if first.tries >= _MOST_TRIES:
            rows.delete()
        else:
            rows.update(due_at=now + _RETRY, tries=first.tries + 1, last_error=str(error)[:400])
        return 0
    PersonalMail.objects.filter(pk__in=ids).delete()
    return 1


def _gathered(contents: Sequence[Content]) -> Content:
    alerts = [part for content in contents for part in content.alerts]
    is_workflow = contents[0].kind == WORKFLOW
    worst = "critical" if any(one.level == "critical" for one in contents) else "warning"
    noun = "changes of your issues" if is_workflow else "alerts"
    return Content(
        kind=WORKFLOW if is_workflow else "digest",
        title=f"{len(alerts) + sum(one.more for one in contents)} {noun}",
        level="notice" if is_workflow else worst,
        thread=contents[-1].thread,
        project="",
        organization=contents[-1].organization,
        at=contents[-1].at,
        alerts=alerts[:MOST_SHOWN],
        more=max(0, len(alerts) - MOST_SHOWN) + sum(one.more for one in contents),
        url=contents[-1].url,
    )


def _concerned(message: OutboxMessage, content: Content) -> Iterable[User]:
    """Those of the channel's choice who may see every project of the message."""
    who = settings_of(message.channel).get("who", "all")
    ids = [part.id for part in content.alerts]
    alerts = list(Alert.objects.filter(pk__in=ids).select_related("project", "rule__owner"))
    if len(alerts) < len(set(ids)):  # deleted since: to whom may be known what they were about?
        return [one.user for one in _members(message) if not one.is_limited]
    if not alerts:
        return [one.user for one in _members(message)]
    seeing = None
    for project in {alert.project for alert in alerts}:
        members = people_of(project)
        seeing = members if seeing is None else seeing & members
    users = seeing or set()
    if who == "owner":
        users &= {alert.rule.owner for alert in alerts if alert.rule.owner}
    if who == "assigned":
        issues = [alert.issue_id for alert in alerts if alert.issue_id]
        held = Assignment.objects.filter(issue__in=issues).select_related("user")
        users &= {one.user for one in held if one.user}
    return sorted(users, key=lambda user: user.pk)


def _members(message: OutboxMessage) -> Iterable[Membership]:
    rows = Membership.objects.filter(organization=message.organization_id, user__is_active=True)
    return rows.select_related("user").order_by("user")


def _wants(held: PersonalSettings | None, content: Content) -> bool:
    if held is None or held.alerts == "all":
        return True
    return held.alerts == "critical" and content.level == "critical"
