"""When rules are looked at: at multiples of ten seconds, as far as the pipeline has come.

The clock of rules is the time up to which everything that was received has been digested. So a
pipeline that is behind makes alerts late, and never makes silence of what waits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F

from vedette import clock
from vedette.alerts import aging, counters
from vedette.alerts.evaluation import Report, evaluate
from vedette.alerts.models import EvaluationClock, MessageGroup
from vedette.alerts.rules import oldest_bucket
from vedette.alerts.starting import start_counters
from vedette.rules.counting import TICK_SECONDS
from vedette.spool import backlog

_FORGET_EVERY = 600
_AWAY_SECONDS = 45  # a restart of the worker alone is faster
_LEAP = timedelta(seconds=5)
last_report = Report()


def take_turn(spool_folder: Path, most_ticks: int) -> int:
    """Look at the ticks that have come; returns how many. Only one process at a time does."""
    global last_report
    start_counters()
    reached = int(clock.timestamp() - backlog.age_seconds(spool_folder))
    newest = reached - reached % TICK_SECONDS
    held, _ = EvaluationClock.objects.get_or_create(pk=1, defaults={"tick": newest - TICK_SECONDS})
    first = max(held.tick + TICK_SECONDS, newest - (most_ticks - 1) * TICK_SECONDS)
    if held.tick > newest + TICK_SECONDS:
        first = newest  # the clock was set back
    _follow_clock(held)
    back_at = _note_absence(held, newest)
    ticks = range(first, newest + 1, TICK_SECONDS)
    for tick in ticks:
        last_report = evaluate(tick, back_at=back_at)
        EvaluationClock.objects.filter(pk=1).update(
            tick=tick, looked_at=datetime.fromtimestamp(clock.timestamp(), UTC)
        )
        if tick % _FORGET_EVERY == 0:
            counters.forget(oldest_bucket())
            aging.end_quiet(clock.now())
    aging.end_snoozes(clock.now())
    return len(ticks)


def _follow_clock(held: EvaluationClock) -> None:
    """What groups are to say in a moment they do not say in an hour, because the clock that they
    waited by has been set back."""
    now = clock.now()
    ahead = held.looked_at - now
    if ahead < _LEAP:
        return
    with transaction.atomic():
        for name in ("due_at", "repeat_at"):
            waiting = MessageGroup.objects.filter(**{f"{name}__gt": now})
            waiting.update(**{name: F(name) - ahead})
        EvaluationClock.objects.filter(pk=held.pk).update(looked_at=now)
    held.looked_at = now


def _note_absence(held: EvaluationClock, newest: int) -> int:
    """The tick since which the product has been there without a break."""
    away = clock.timestamp() - held.looked_at.timestamp()
    if away > _AWAY_SECONDS:
        EvaluationClock.objects.filter(pk=1).update(back_at=newest)
        return newest
    return held.back_at
