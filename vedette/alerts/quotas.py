"""Rules about quotas: an alert while a share of a budget is used, or while a burst is cut.

An alert of a budget lasts for its period. It is told at each share that is reached, once, with
what the rate of the last days says of the day on which it runs out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from vedette.alerts.counters import write_key
from vedette.alerts.models import Alert, AlertRule, AlertState
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.usage import standing
from vedette.usage.models import Spike
from vedette.usage.standing import Standing

_WARNING = "warning"
_FULL = 100
_SPIKE = write_key(("spike",))


def look(now: datetime) -> int:
    """Begin, raise and end the alerts of all rules about quotas; how many changed."""
    rules = [live for live in live_rules() if live.rule.source == "quota"]
    if not rules:
        return 0
    budgets = standing.of_projects() if any(one.rule.measure == "used" for one in rules) else {}
    spikes = {one.project_id: one for one in Spike.objects.filter(ended_at=None)}
    changed = 0
    with transaction.atomic():
        tidings = Tidings(now)
        for live in rules:
            held = _open_alerts(live)
            if live.rule.measure == "used":
                changed += _look_at_budgets(
                    live, budgets.get(live.project_id, []), held, tidings, now
                )
            else:
                changed += _look_at_spike(live, spikes.get(live.project_id), held, tidings, now)
        tidings.finish()
    return changed


def _open_alerts(live: LiveRule) -> dict[str, Alert]:
    rows = Alert.objects.filter(rule_id=live.id).exclude(state=AlertState.OVER)
    return {one.key: one for one in rows.select_related("rule__project", "project")}


def _look_at_budgets(
    live: LiveRule,
    budgets: Sequence[Standing],
    held: dict[str, Alert],
    tidings: Tidings,
    now: datetime,
) -> int:
    """A budget of a minute is over before anybody could read of it: none is told."""
    changed, reached = 0, set()
    for one in budgets:
        shares = [share for share in live.rule.options.shares if one.percent >= share]
        key = write_key((one.identity,))
        if one.budget.limit.period == "minute" or not shares:
            continue
        alert = held.get(key)
        if alert is not None and alert.evidence.get("begins") != one.budget.begin:
            continue  # that of the period before ends first
        reached.add(key)
        if alert is None or alert.evidence.get("percent", 0) < shares[-1]:
            _tell_share(live, one, shares[-1], alert, tidings, now)
            changed += 1
    for key, alert in held.items():
        if key not in reached:
            _end(alert, "it begins anew" if alert.evidence.get("begins") else "", tidings, now)
            changed += 1
    return changed


def _tell_share(
    live: LiveRule,
    one: Standing,
    share: int,
    alert: Alert | None,
    tidings: Tidings,
    now: datetime,
) -> None:
    """A new alert, or the same with more used of its budget."""
    limit = one.budget.limit
    known = standing.words_of(one, standing.forecast(one, now))
    level = _level(live, is_full=share >= _FULL)
    was, what = (alert.level, "again") if alert is not None else ("", "fired")
    if alert is None:
        alert = _begun(live, write_key((one.identity,)), now)
        alert.labels |= {"kind": limit.category, "budget": one.place}
    elif was != level:
        what = "raised"
    kind = limit.category.replace("_", " ")
    text = f"{one.used} used ({one.percent} %)" + (f"; {known}" if known else "")
    alert.level, alert.since, alert.value = level, now, float(one.percent)
    alert.title = f"{one.place}: {kind}: {text}"[:400]
    alert.evidence = {"begins": one.budget.begin, "percent": share, "text": text}
    alert.save()
    tidings.note(alert, what, is_snoozed=live.is_snoozed, text=text)


def _look_at_spike(
    live: LiveRule, spike: Spike | None, held: Mapping[str, Alert], tidings: Tidings, now: datetime
) -> int:
    alert = held.get(_SPIKE)
    if spike is not None and alert is None:
        alert = _begun(live, _SPIKE, now)
        text = words_of(spike)
        alert.level, alert.began_at = _level(live, is_full=True), min(spike.began_at, now)
        alert.title, alert.evidence = f"{alert.project.name}: {text}"[:400], {"text": text}
        alert.save()
        tidings.note(alert, "fired", is_snoozed=live.is_snoozed, text=text)
        return 1
    if spike is None and alert is not None:
        _end(alert, "the burst is over", tidings, now)
        return 1
    return 0


def words_of(spike: Spike) -> str:
    """What is going on, in a sentence."""
    return (
        f"a burst of errors is cut: {spike.usual:,.3g} a minute are usual at this hour, "
        f"{spike.bound:,} are stored, beyond only samples and what is new"
    )


def _begun(live: LiveRule, key: str, now: datetime) -> Alert:
    rule = AlertRule.objects.select_related("project").get(pk=live.id)
    labels: dict[str, Any] = {"rule": live.slug, "project": rule.project.slug}
    return Alert(
        rule=rule,
        project=rule.project,
        key=key,
        labels={**live.labels, **labels},
        state=AlertState.FIRING,
        began_at=now,
        fired_at=now,
        since=now,
    )


def _level(live: LiveRule, *, is_full: bool) -> str:
    """The rule's at the end of a budget; a warning before."""
    own = str(next(iter(live.rule.levels)))
    return own if is_full else _WARNING


def _end(alert: Alert, text: str, tidings: Tidings, now: datetime) -> None:
    alert.state, alert.over_at, alert.since = AlertState.OVER, now, now
    alert.save(update_fields=["state", "over_at", "since"])
    tidings.note(alert, "resolved", text=text)
