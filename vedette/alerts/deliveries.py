"""What became of messages: every try and its answer, without what must stay secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from vedette.alerts.models import Alert, Channel, DeliveryTry, GroupedAlert, OutboxMessage
from vedette.connections.secrets import secrets_of

_MOST = 50
_LEAST_SECRET = 4  # shorter ones would hide half of every answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try. `answer` is what the other side said."""

    at: datetime
    seconds: float
    status: int
    answer: str
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message on its way to a channel, or at its end. `state`: waiting, sent or failed."""

    id: int
    kind: str
    channel: Channel
    state: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    is_fallback: bool
    error: str
    tries: list[Try]

    @property
    def last(self) -> Try | None:
        """The newest try."""
        return self.tries[-1] if self.tries else None


def deliveries_of(alert: Alert) -> list[Delivery]:
    """The messages that told of an alert, the newest first."""
    groups = alert.groups.values_list("group", flat=True)
    rows = OutboxMessage.objects.filter(group__in=groups, created_at__gte=alert.began_at)
    rows = rows.select_related("channel").order_by("-pk")[: 10 * _MOST]
    told = [message for message in rows if _tells_of(message, alert.pk)]
    return _made(told[:_MOST])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Channels that hear of an alert with their group's next message."""

    channels: list[str]
    due_at: datetime


def pending_of(alert: Alert) -> list[Pending]:
    """What is still to be told, the soonest first."""
    rows = GroupedAlert.objects.filter(alert=alert, group__due_at__isnull=False).exclude(news="")
    waiting = [one.group for one in rows.select_related("group").order_by("group__due_at")]
    slugs = {slug for group in waiting for slug in group.channels}
    known = Channel.objects.filter(organization=alert.rule.project.organization_id, slug__in=slugs)
    names = dict(known.values_list("slug", "name"))
    return [
        Pending(channels=[names.get(slug, slug) for slug in group.channels], due_at=group.due_at)
        for group in waiting
        if group.due_at is not None
    ]


def deliveries_to(channel: Channel, most: int = 20) -> list[Delivery]:
    """The newest messages to a channel."""
    rows = OutboxMessage.objects.filter(channel=channel).select_related("channel")
    return _made(list(rows.order_by("-pk")[:most]))


def _tells_of(message: OutboxMessage, alert_id: int) -> bool:
    """Whether it names the alert; one that names only some of its alerts may mean it."""
    content = message.content
    named = any(part.get("id") == alert_id for part in content.get("alerts", ()))
    return named or bool(content.get("more"))


def _made(messages: Sequence[OutboxMessage]) -> list[Delivery]:
    tries: dict[int, list[DeliveryTry]] = {message.pk: [] for message in messages}
    for one in DeliveryTry.objects.filter(message__in=tries).order_by("pk"):
        tries[one.message_id].append(one)
    return [_delivery(message, tries[message.pk]) for message in messages]


def _delivery(message: OutboxMessage, tries: Sequence[DeliveryTry]) -> Delivery:
    hidden = _secrets_of(message.channel)
    return Delivery(
        id=message.pk,
        kind=message.kind,
        channel=message.channel,
        state=message.state,
        created_at=message.created_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        is_fallback=message.is_fallback,
        error=without(hidden, message.last_error),
        tries=[
            Try(
                at=one.at,
                seconds=one.seconds,
                status=one.status,
                answer=without(hidden, one.answer.removeprefix(f"{one.status}: ")),
                is_done=one.is_done,
            )
            for one in tries
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Messages that a channel has not taken although it was asked: since when, and its words."""

    waiting: int
    since: datetime
    words: str


def troubles_of(channels: Sequence[Channel]) -> dict[int, Trouble]:
    """Channels, by id, whose messages were tried in vain and wait for the next try."""
    by_id = {channel.pk: channel for channel in channels}
    waiting = OutboxMessage.objects.filter(channel__in=by_id, state="waiting")
    tried = waiting.filter(tries__gt=0).values("channel")
    rows = list(tried.annotate(since=Min("created_at"), newest=Max("pk")))
    numbers = dict(waiting.values_list("channel").annotate(number=Count("pk")))
    newest = waiting.filter(pk__in=[row["newest"] for row in rows])
    words = dict(newest.values_list("channel", "last_error"))
    return {
        row["channel"]: Trouble(
            waiting=numbers[row["channel"]],
            since=row["since"],
            words=without(_secrets_of(by_id[row["channel"]]), words[row["channel"]]),
        )
        for row in rows
        if row["channel"] in words
    }


def shown_reason(channel: Channel) -> str:
    """Why a channel is broken, without its secrets."""
    return without(_secrets_of(channel), channel.broken_why)


def without(secrets: Sequence[str], text: str) -> str:
    """The text with every secret struck out: some servers answer with what they were sent."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return text


def _secrets_of(channel: Channel) -> list[str]:
    found = [
        str(value) for value in secrets_of(channel).values() if len(str(value)) >= _LEAST_SECRET
    ]
    return sorted(found, key=len, reverse=True)
