"""What people do about alerts: take them on, end them, silence them, say what they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.alerts.labels import read_matcher
from vedette.alerts.models import (
    Alert,
    AlertEntry,
    AlertState,
    Closing,
    MessageGroup,
    Silence,
)
from vedette.alerts.telling import Tidings
from vedette.issues.models import Status

MOST_SILENCE = timedelta(days=30)
MOST_SILENCES = 1000  # of an organisation at a time
_MOST_MATCHERS = 20
_AT_ONCE = 200


def acknowledge(alerts: Iterable[Alert], user: User | None) -> int:
    """Take them on: they are not repeated any more. Returns how many were not taken on before."""
    count = 0
    with transaction.atomic():
        for alert in _locked(alerts):
            if alert.acknowledged_at is not None or alert.state == AlertState.OVER:
                continue
            alert.acknowledged_at, alert.acknowledged_by = clock.now(), user
            alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
            _note(alert, "acknowledged", user)
            count += 1
    return count


def resolve(alerts: Iterable[Alert], user: User | None, note: str = "") -> int:
    """End them by hand; whoever heard of the beginning hears of it. Returns how many were open.

    A rule that still finds its reason begins a new one at its next look.
    """
    moment = clock.now()
    count = 0
    with transaction.atomic():
        tidings = Tidings(moment)
        for alert in _locked(alerts):
            if alert.state == AlertState.OVER:
                continue
            alert.state, alert.over_at, alert.since = AlertState.OVER, moment, moment
            alert.save(update_fields=["state", "over_at", "since"])
            tidings.note(alert, "resolved", text=note, by=user)
            count += 1
        tidings.finish()
    return count


def close(alert: Alert, closing: Closing | str, user: User | None) -> None:
    """Say what it was: real, not real, or expected. Raises ValueError for another word."""
    if closing not in Closing.values:
        raise ValueError("an alert was real, not_real or expected")
    with transaction.atomic():
        alert.closed_as, alert.closed_by = str(closing), user
        alert.save(update_fields=["closed_as", "closed_by"])
        _note(alert, f"closed: {Closing(closing).label}", user)


def silence(
    organization: Organization,
    matchers: Sequence[str],
    span: timedelta,
    reason: str,
    user: User | None,
) -> Silence:
    """Nobody is told of alerts that fit, for a time. Raises ValueError in words."""
    if not matchers or len(matchers) > _MOST_MATCHERS:
        raise ValueError(f"1 to {_MOST_MATCHERS} matchers are needed: a silence of all is none")
    for text in matchers:
        read_matcher(text)
    if not timedelta(0) < span <= MOST_SILENCE:
        raise ValueError("a silence lasts at most 30 days")
    now = clock.now()
    held = Silence.objects.filter(organization=organization, ends_at__gt=now)
    if held.count() >= MOST_SILENCES:
        raise ValueError(f"there are {MOST_SILENCES} silences already: end some of them first")
    return Silence.objects.create(
        organization=organization,
        matchers=list(matchers),
        starts_at=now,
        ends_at=now + span,
        reason=reason.strip()[:400] or "no reason given",
        by=user,
    )


def end_silence(held: Silence) -> None:
    """End it now; what is still firing is told at once."""
    now = clock.now()
    Silence.objects.filter(pk=held.pk, ends_at__gt=now).update(ends_at=now)
    waiting = MessageGroup.objects.filter(
        organization=held.organization_id, members__news__in=("fired", "raised", "again")
    )
    ids = list(waiting.values_list("pk", flat=True).distinct())
    MessageGroup.objects.filter(pk__in=ids).update(due_at=now)
    kept = MessageGroup.objects.filter(organization=held.organization_id, repeat_at=held.ends_at)
    kept.update(repeat_at=now)


def matchers_of(alert: Alert) -> list[str]:
    """Those that fit this alert and its like: its rule, and what it is about."""
    names = ("rule", "project", "issue", "environment", "transaction")
    return [f'{name}="{alert.labels[name]}"' for name in names if alert.labels.get(name)]


def end_settled() -> int:
    """Alerts about what happened once end when somebody resolved or archived their issue."""
    settled = Q(issue__status__in=(Status.RESOLVED, Status.IGNORED)) | Q(issue=None)
    rows = Alert.objects.filter(settled, rule__is_edge=True).exclude(state=AlertState.OVER)
    found = list(rows.select_related("issue")[:_AT_ONCE])
    ended = 0
    for status in (Status.RESOLVED, Status.IGNORED, None):
        mine = [one for one in found if (one.issue.status if one.issue else None) == status]
        word = {Status.RESOLVED: "resolved", Status.IGNORED: "archived"}.get(status, "deleted")  # type: ignore[arg-type]
        ended += resolve(mine, None, f"the issue was {word}") if mine else 0
    return ended


def _locked(alerts: Iterable[Alert]) -> list[Alert]:
    ids = [alert.pk for alert in alerts]
    rows = Alert.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    return list(rows.select_related("rule__project", "project").order_by("pk"))


def _note(alert: Alert, what: str, user: User | None) -> None:
    AlertEntry.objects.create(
        alert=alert, what=what[:24], level=alert.level, value=alert.value, by=user
    )
