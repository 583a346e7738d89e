"""Rules about what happens once: a first event, a return, any event that fits.

Decided in the pipeline's own transaction, so the message cannot be lost between the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from vedette import clock
from vedette.alerts.counters import write_key
from vedette.alerts.models import Alert, AlertState
from vedette.alerts.naming import labels_of, title_of
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.facts import IssueSeen, RowMatched
from vedette.issues.models import Issue
from vedette.rules.counting import left_out
from vedette.rules.rule import EDGE_QUIET_SECONDS

_STATES = {"first_seen": "created", "regressed": "regressed", "escalating": "escalating"}


def react(facts: Sequence[IssueSeen | RowMatched]) -> None:
    """Fire the rules that these facts of one batch concern."""
    rules = [live for live in live_rules() if live.rule.measure == "edge"]
    if not rules:
        return
    seen = [fact for fact in facts if isinstance(fact, IssueSeen)]
    matched = {
        (fact.project_id, fact.counter, fact.group_id): fact
        for fact in facts
        if isinstance(fact, RowMatched)
    }
    by_project: dict[int, list[IssueSeen]] = defaultdict(list)
    for one in seen:
        by_project[one.project_id].append(one)
    moment = clock.now()
    tidings = Tidings(moment)
    for live in rules:
        for one in by_project.get(live.project_id, ()):
            match = matched.get((live.project_id, live.counter.id, one.group_id))
            if _concerns(live, one, match):
                _fire(live, one, match, moment, tidings)
    tidings.finish()


def _concerns(live: LiveRule, seen: IssueSeen, match: RowMatched | None) -> bool:
    """Whether the issue did what the rule waits for, by an event that fits its filter."""
    to = live.rule.options.to
    if seen.event.event_type in left_out(live.rule.source, live.rule.filter):
        return False
    if to == "any":
        return match is not None and seen.state != "escalating"  # it follows another of its own
    return seen.state == _STATES[to] and (match is not None or not live.rule.filter)


def _fire(
    live: LiveRule,
    seen: IssueSeen,
    match: RowMatched | None,
    moment: datetime,
    tidings: Tidings,
) -> None:
    """A new alert for the issue, or one more time for the one that is open."""
    key = write_key((str(seen.issue_id),))
    held = Alert.objects.filter(rule_id=live.id, key=key).exclude(state=AlertState.OVER)
    alert = held.select_related("rule__project", "project").first()
    number = match.count if match is not None else seen.event.count
    if alert is not None:
        _again(alert, number, moment, tidings, is_snoozed=live.is_snoozed)
        return
    issue = Issue.objects.select_related("project").get(pk=seen.issue_id)
    labels = labels_of(live, (), issue)
    labels |= {
        name: value
        for name, value in (
            ("environment", seen.event.environment),
            ("release", seen.event.last_release),
        )
        if value
    }
    began = datetime.fromtimestamp(seen.event.last_seen, UTC)
    alert = Alert.objects.create(
        rule_id=live.id,
        project_id=live.project_id,
        issue=issue,
        key=key,
        labels=labels,
        title=title_of(live, labels),
        level=next(iter(live.rule.levels)),
        state=AlertState.FIRING,
        began_at=min(began, moment),
        fired_at=moment,
        since=moment,
        count=number,
        evidence={"samples": [_sample(seen, match)], "query": live.rule.filter},
    )
    tidings.note(alert, "fired", is_snoozed=live.is_snoozed)


def _again(
    alert: Alert, number: int, moment: datetime, tidings: Tidings, *, is_snoozed: bool
) -> None:
    """Count; people are told again after some minutes, with the number."""
    alert.count += number
    fields = ["count"]
    if moment - alert.since >= timedelta(seconds=EDGE_QUIET_SECONDS):
        alert.since = moment
        fields.append("since")
        tidings.note(alert, "again", is_snoozed=is_snoozed, text=f"{alert.count} events")
    alert.save(update_fields=fields)


def _sample(seen: IssueSeen, match: RowMatched | None) -> dict[str, object]:
    event = match.event_id if match is not None else seen.event.event_id
    return {"event": event, "group": str(seen.group_id), "at": seen.event.last_seen}
