"""Rules over windows of time: at every tick the numbers are looked at, and alerts change.

What counters say is confirmed by the stored rows before anybody is told. All changes of a tick
are one transaction, with the messages they cause.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import DatabaseError, transaction

from vedette.alerts import asking, counters
from vedette.alerts.maintained import counted_since
from vedette.alerts.merging import by_issue
from vedette.alerts.models import Alert, AlertState, CounterStart
from vedette.alerts.naming import labels_of, title_of
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.alerts.turns import Turns
from vedette.alerts.unwatched import is_watched_no_more
from vedette.rules.counting import bucket_width
from vedette.rules.deciding import Decision
from vedette.rules.machine import Change, Instance, State, step
from vedette.rules.windows import Key, Sums
from vedette.store.errors import StoreError

log = logging.getLogger("vedette.alerts")

MOST_ALERTS = 200  # of one rule at a time
_ALL: Key = ()
_turns = Turns()


@dataclass(slots=True)
class Report:
    """What a tick did; shown on `/-/health`."""

    rules: int = 0
    changes: int = 0
    disagreements: int = 0
    failed: int = 0
    refused_keys: int = 0


@dataclass(frozen=True, slots=True)
class _Tick:
    """A moment at which rules are looked at; since when the product is there; what was done."""

    now: int
    back_at: int
    report: Report


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule's key whose alert changes."""

    live: LiveRule
    key: Key
    held: Alert | None
    next: Instance | None
    change: Change | None
    decision: Decision
    evidence: dict[str, Any] = field(default_factory=dict)


def evaluate(now: int, *, back_at: int = 0) -> Report:
    """Look at all rules over windows as of a moment, a multiple of ten seconds.

    No window that began before `back_at` makes a rule fire that waits for silence.
    """
    report = Report()
    tick = _Tick(now, back_at, report)
    rules = [live for live in live_rules() if live.decider is not None]
    report.rules = len(rules)
    active = _active_alerts(rules)
    starts = {(one.project_id, one.counter): one.since for one in CounterStart.objects.all()}
    by_window: dict[tuple[int, bool], list[LiveRule]] = defaultdict(list)
    asked = [live for live in rules if live.rule.is_asked]
    for live in rules:
        if not live.rule.is_asked:
            by_window[live.rule.window, live.counter.members is not None].append(live)
    for (window, with_members), same in sorted(by_window.items(), key=lambda one: one[0]):
        width = bucket_width(window)
        start = -(-(now - window) // width) * width
        held = counters.sums_between(start, now, with_members=with_members)
        for live in same:
            if starts.get(live.place, now) > start:
                asked.append(live)
                continue
            _try(live, held.get(live.place, {}), active.get(live.id, {}), tick)
    for live in _turns.at(now, asked):
        _try(live, None, active.get(live.id, {}), tick)
    return report


def _try(
    live: LiveRule,
    sums: Mapping[Key, Sums] | None,
    active: Mapping[Key, Alert],
    tick: _Tick,
) -> None:
    """Look at a rule; without `sums` the store is asked. One that fails does not stop others."""
    try:
        if sums is None:
            sums = asking.sums_of(live, tick.now - live.rule.window, tick.now)
        _look(live, by_issue(live, sums, tick.now), active, tick)
    except StoreError as error:
        tick.report.failed += 1
        log.warning("the alert rule %d waits: %s", live.id, error)
    except DatabaseError:
        raise  # nothing can be written: the tick is looked at again
    except Exception:
        tick.report.failed += 1
        log.exception("the alert rule %d failed; the others go on", live.id)


def _look(
    live: LiveRule,
    sums: Mapping[Key, Sums],
    active: Mapping[Key, Alert],
    tick: _Tick,
) -> None:
    """One rule at one moment."""
    now, report = tick.now, tick.report
    found: list[_Found] = []
    begun = 0
    was_away = live.rule.is_of_silence and now - live.rule.window < tick.back_at
    for key in _keys(live, sums, active):
        held = active.get(key)
        if held is None and was_away:
            continue  # what was silent may have been the product itself
        one = _decide(live, key, sums.get(key, Sums()), held, now)
        if one is None:
            continue
        if held is None and len(active) + begun >= MOST_ALERTS:
            report.refused_keys += 1
            continue
        if one.change in (Change.FIRED, Change.RAISED):
            since = counted_since(live, key, now)
            confirmed = _confirm(one, since, now) if since is not None else None
            if confirmed is None:
                report.disagreements += since == now - live.rule.window
                continue
            one = confirmed
        begun += held is None
        found.append(one)
    if found:
        report.changes += sum(one.change is not None for one in found)
        tidings = Tidings(datetime.fromtimestamp(now, UTC))
        with transaction.atomic():
            for one in found:
                _apply(one, now, tidings)
            tidings.finish()


def _keys(live: LiveRule, sums: Mapping[Key, Sums], active: Mapping[Key, Alert]) -> Iterable[Key]:
    keys = {*sums, *active}
    keys.discard(counters.OTHERS)
    if not live.counter.keys:
        keys.add(_ALL)
    return sorted(keys)


def _decide(live: LiveRule, key: Key, sums: Sums, held: Alert | None, now: int) -> _Found | None:
    """What changes for one key; None if nothing does."""
    assert live.decider is not None
    baseline: tuple[int, ...] = ()
    if live.decider.needs_baseline and (held or sums.rows >= live.rule.options.min_count):
        baseline = asking.baseline_of(live, key, now)
    decision = live.decider.decide(sums, baseline)
    if held is not None and not sums.rows and is_watched_no_more(live, held):
        decision = replace(decision, level=None, is_over=True)
    known = instance_of(held) if held is not None else None
    before = known
    if known is not None and known.since > now:  # the clock was set back: it waits from now
        before = msgspec.structs.replace(known, since=now)
    after, change = step(live.rule, before, decision, now)
    if after == known:
        return None
    return _Found(live, key, held, after, change, decision)


def _confirm(one: _Found, since: int, now: int) -> _Found | None:
    """The same decision from the stored rows, with what they show; None if they say otherwise, or
    if those of before `since` decided."""
    live = one.live
    assert live.decider is not None
    evidence = asking.evidence_of(live, one.key, since, now)
    sums = Sums(tuple(evidence["counts"]), evidence["members"])
    baseline = asking.baseline_of(live, one.key, now) if live.decider.needs_baseline else ()
    decision = live.decider.decide(sums, baseline)
    if one.next is None or decision.level != one.next.level:
        if since == now - live.rule.window:
            log.warning(
                "the alert rule %d: counters say %s for %s, the stored rows %s",
                *(live.id, one.next and one.next.level, one.key, decision.level),
            )
        return None
    verdict = decision.verdict
    evidence |= {
        "value": evidence["figure"] if evidence["figure"] is not None else verdict.value,
        "share": verdict.value,
        "sample": verdict.sample,
        "bound": verdict.bound,
        "threshold": decision.threshold.text if decision.threshold else "",
    }
    return replace(one, decision=decision, evidence=evidence)


def _apply(one: _Found, now: int, tidings: Tidings) -> None:
    """Write the alert, its history, and what is to be told."""
    moment = datetime.fromtimestamp(now, UTC)
    alert = one.held
    if one.next is None:
        if alert is not None:
            alert.delete()  # it was pending, and nobody heard of it
        return
    if alert is None:
        labels = labels_of(one.live, one.key)
        alert = Alert(
            rule_id=one.live.id,
            project_id=one.live.project_id,
            issue_id=int(labels["issue_id"]) if labels.get("issue_id") else None,
            key=counters.write_key(one.key),
            labels=labels,
            title=title_of(one.live, labels),
            began_at=moment,
        )
    alert.level, alert.state = one.next.level, AlertState(one.next.state.value)
    alert.since = datetime.fromtimestamp(one.next.since, UTC)
    if one.evidence:
        alert.evidence = one.evidence
        alert.value = one.evidence["value"]
    if one.change is Change.FIRED:
        alert.fired_at = moment
    if one.next.state is State.OVER:
        alert.over_at = moment
    alert.save()
    if one.change is not None:
        tidings.note(alert, one.change.value, is_snoozed=one.live.is_snoozed)


def instance_of(alert: Alert) -> Instance:
    """The alert as its rule knows it."""
    since = int(alert.since.timestamp())
    return Instance(State(alert.state), alert.level, since)  # type: ignore[arg-type]


def _active_alerts(rules: Sequence[LiveRule]) -> dict[int, dict[Key, Alert]]:
    found: dict[int, dict[Key, Alert]] = defaultdict(dict)
    ids = {live.id for live in rules}
    rows = Alert.objects.exclude(state=AlertState.OVER)
    rows = rows.filter(rule__is_edge=False)  # those of issues stay open until people close them
    for alert in rows.select_related("rule__project", "project"):
        if alert.rule_id in ids:
            found[alert.rule_id][counters.read_key(alert.key)] = alert
    return found
