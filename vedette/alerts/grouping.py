"""Groups of alerts that are told together: found, spoken for, and repeated until answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from vedette.alerts import company, content, hearing
from vedette.alerts.holding import Holding
from vedette.alerts.models import (
    Alert,
    AlertRoute,
    AlertState,
    Channel,
    GroupedAlert,
    MessageGroup,
    OutboxMessage,
)
from vedette.channels import channels

OVER = "over"  # what a group was told last of an alert that is over
_KEY = 400
_LEVELS = ("warning", "critical")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, order=True)
class Routed:
    """A group by what it is found by, in the order in which groups are locked. `settings` is what
    its route says now; None for one that is there and stays as it is."""

    organization_id: int
    route: str
    key: str
    settings: Mapping[str, object] | None = field(default=None, compare=False)


def routed(
    organization_id: int,
    route: str,
    channels: Sequence[str],
    by: Iterable[str],
    labels: Mapping[str, str],
    *,
    interval: int = 60,
    repeat: int = 4 * 3600,
    mute: Sequence[str] = (),
) -> Routed:
    """The group of a route for these labels."""
    shared = {name: labels[name] for name in by if labels.get(name)}
    key = ",".join(f"{name}={value}" for name, value in sorted(shared.items()))[:_KEY]
    settings = {
        "channels": list(channels),
        "labels": shared,
        "interval": interval,
        "repeat": repeat,
        "mute": list(mute),
    }
    return Routed(organization_id, route, key, settings)


def routed_by(route: AlertRoute, labels: Mapping[str, str], by: Iterable[str]) -> Routed:
    """The group of a route."""
    return routed(
        route.organization_id,
        route.slug,
        route.channels,
        route.group_by or by,
        labels,
        interval=route.interval,
        repeat=route.repeat,
        mute=route.mute,
    )


def heard(alerts: Sequence[int]) -> Iterator[tuple[Routed, int]]:
    """The groups that hold any of these alerts, each with the alert."""
    rows = GroupedAlert.objects.filter(alert__in=alerts).order_by("group", "alert")
    names = ("group__organization", "group__route", "group__key", "alert")
    for organization_id, route, key, alert in rows.values_list(*names):
        yield Routed(organization_id, route, key), alert


def lock(wanted: Routed) -> MessageGroup:
    """The group, made or set as its route says now; nobody else speaks for it until the end of
    the transaction."""
    names = {
        "organization_id": wanted.organization_id,
        "route": wanted.route,
        "key": wanted.key,
    }
    rows = MessageGroup.objects.select_for_update(no_key=True)
    if wanted.settings is None:
        return rows.get(**names)
    group, is_new = rows.get_or_create(**names, defaults=wanted.settings)
    changed = [name for name, value in wanted.settings.items() if getattr(group, name) != value]
    if changed and not is_new:
        for name in changed:
            setattr(group, name, wanted.settings[name])
        group.save(update_fields=changed)
    return group


def follow_route(
    organization_id: int, route: str, channels: Sequence[str], **settings: object
) -> None:
    """What a route says now holds for its groups as well: what is said again goes by it.

    Without channels nothing is said again. `settings` are interval, repeat and mute.
    """
    groups = MessageGroup.objects.filter(organization=organization_id, route=route)
    if not channels:
        groups.update(repeat_at=None, repeat=0)
        return
    groups.update(channels=list(channels), **settings)
    for group in groups.exclude(repeat_at=None).exclude(last_told_at=None):
        pause = timedelta(seconds=group.repeat)
        at = group.last_told_at + pause if group.repeat and group.last_told_at else None
        MessageGroup.objects.filter(pk=group.pk).update(repeat_at=at)


def own_route(rule_id: int) -> str:
    """The name of the route that is a rule's own: its `notify`."""
    return f"rule {rule_id}"


def speak_due(now: datetime) -> int:
    """Let every group speak whose time has come; returns how many."""
    spoken = 0
    while MessageGroup.objects.filter(due_at__lte=now).exists():  # without the right to write
        with transaction.atomic():
            group = (
                MessageGroup.objects.select_for_update(skip_locked=True)
                .filter(due_at__lte=now)
                .order_by("due_at", "pk")
                .first()
            )
            if group is None:
                break  # another process has it
            speak(group, now)
            spoken += 1
    return spoken


def repeat_due(now: datetime) -> int:
    """Say again what is still firing and nobody has acknowledged; returns how many messages."""
    repeated = 0
    due = MessageGroup.objects.filter(repeat_at__lte=now).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            group = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            repeated += group is not None and _repeat(group, now)
    return repeated


def _repeat(group: MessageGroup, now: datetime) -> bool:
    """Whether there was anything to say again; what is held back now is looked at afterwards."""
    holding = Holding(group, now)
    unanswered: list[Alert] = []
    ends: list[datetime] = []
    for member in _members(group).filter(told__in=_LEVELS):
        alert = member.alert
        if alert.state == AlertState.OVER or alert.acknowledged_at is not None:
            continue
        until = holding.until(alert)
        if until is None:
            unanswered.append(alert)
        else:
            ends.append(until)
    if unanswered:
        _write(group, "repeat", unanswered, now)
        return True
    MessageGroup.objects.filter(pk=group.pk).update(repeat_at=min(ends, default=None))
    return False


def tell_end(alerts: Iterable[Alert], now: datetime) -> None:
    """Tell at once that these are over, for they are about to be deleted; in a transaction."""
    rows = GroupedAlert.objects.filter(alert__in=list(alerts), told__in=_LEVELS)
    rows = rows.select_related("group__organization", "alert__rule", "alert__project")
    held = rows.order_by("group", "alert")
    for group, members in groupby(held, key=lambda member: member.group):
        _write(group, "resolve", [member.alert for member in members], now)


def speak(group: MessageGroup, now: datetime) -> None:
    """At most one message about what began and one about what is over; in a transaction.

    None yet while more of the like is about to come.
    """
    news = list(_members(group).exclude(news=""))
    begun, over, held_until = _to_tell(news, Holding(group, now))
    others_until = company.wait_until((one.alert for one in begun), now)
    if others_until is not None:
        _wait(group, others_until)
        return
    is_new = any(member.told not in _LEVELS for member in begun)
    _wait(group, held_until)
    _note_told(news, begun, over)
    if begun:
        _write(group, "trigger" if is_new else "update", [one.alert for one in begun], now)
    if over:
        _write(group, "resolve", [one.alert for one in over], now)


def _note_told(
    news: Iterable[GroupedAlert], begun: Iterable[GroupedAlert], over: Iterable[GroupedAlert]
) -> None:
    """What each was told, in a statement for many: of ten thousand it is the same few things."""
    by_words: dict[str, list[int]] = defaultdict(list)
    for member in begun:
        by_words[member.alert.level].append(member.pk)
    by_words[OVER] = [member.pk for member in over]
    for words, members in by_words.items():
        hearing.change(members, told=words, news="")
    known = {pk for members in by_words.values() for pk in members}
    unsaid = [one.pk for one in news if one.news == "resolved" and one.pk not in known]
    hearing.change(unsaid, news="")


def _to_tell(
    news: Iterable[GroupedAlert], holding: Holding
) -> tuple[list[GroupedAlert], list[GroupedAlert], datetime | None]:
    """What began, what is over, and when to look again at what is held back."""
    begun: list[GroupedAlert] = []
    over: list[GroupedAlert] = []
    ends: list[datetime] = []
    for member in news:
        if member.news == "resolved":
            if member.told in _LEVELS:
                over.append(member)
            continue
        until = holding.until(member.alert)
        if until is None:
            begun.append(member)
        else:
            ends.append(until)
    return begun, over, min(ends, default=None)


def _wait(group: MessageGroup, until: datetime | None) -> None:
    MessageGroup.objects.filter(pk=group.pk).update(due_at=until)
    group.due_at = until


def _members(group: MessageGroup) -> QuerySet[GroupedAlert]:
    rows = GroupedAlert.objects.filter(group=group).exclude(told=OVER, news="")
    return rows.select_related("alert", "alert__rule", "alert__project").order_by("alert")


def _write(group: MessageGroup, kind: str, alerts: Sequence[Alert], now: datetime) -> None:
    """Messages for each channel that is to hear of it, and when it is said again."""
    told = hearing.channels_of(group, kind, alerts)
    hearing.note(group, kind, told)
    for channel, mine in told:
        waiting = OutboxMessage.objects.filter(channel=channel, group=group, state="waiting")
        waiting.filter(due_at__gt=now).update(due_at=now)  # they come first: what is new is urgent
        for at, part in enumerate(_parts(channel, kind, mine)):
            OutboxMessage.objects.create(
                organization_id=group.organization_id,
                channel=channel,
                group=group,
                kind=kind,
                content=content.of_group(group, kind, part, now),
                identity=f"vedette-{group.pk}-{group.told + 1}" + (f".{at}" if at else ""),
                created_at=now,
                due_at=now,
            )
    changes = {"last_told_at": now, "told": group.told + 1}
    if kind != "resolve":
        changes["repeat_at"] = now + timedelta(seconds=group.repeat) if group.repeat else None
    MessageGroup.objects.filter(pk=group.pk).update(**changes)
    for name, value in changes.items():
        setattr(group, name, value)


def _parts(channel: Channel, kind: str, alerts: Sequence[Alert]) -> list[Sequence[Alert]]:
    """One message; several about ends where each alert is ended by itself, so that none stays."""
    how = channels().get(channel.kind)
    if kind != "resolve" or how is None or not how.tells_each:
        return [alerts]
    size = content.MOST_SHOWN
    return [alerts[at : at + size] for at in range(0, len(alerts), size)]
