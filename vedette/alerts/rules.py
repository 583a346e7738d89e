"""The rules as they can be evaluated, read from the database and remembered until they change."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from vedette import clock
from vedette.alerts.models import AlertRule
from vedette.rules.counting import Counter, counter_of, longest
from vedette.rules.deciding import Decider
from vedette.rules.rule import Rule
from vedette.rules.sources import sources
from vedette.rules.windows import Place
from vedette.rules.written import RuleProblems, read_rule
from vedette.search.errors import SearchError

log = logging.getLogger("vedette.alerts")

_SPARE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule of a project with what is counted for it; `decider` is None for what happens once."""

    id: int
    slug: str
    project_id: int
    organization_id: int
    labels: dict[str, str]
    rule: Rule
    counter: Counter
    decider: Decider | None
    snoozed_until: datetime | None

    @property
    def is_snoozed(self) -> bool:
        """Whether nobody is to be told just now."""
        return self.snoozed_until is not None and self.snoozed_until > clock.now()

    @property
    def place(self) -> Place:
        """Where its numbers are held."""
        return self.project_id, self.counter.id


_read: dict[int, tuple[datetime, LiveRule | None]] = {}
_all: tuple[object, list[LiveRule]] = (None, [])


def live_rules() -> list[LiveRule]:
    """Every enabled rule that can be read, in the order of their ids.

    One small question as long as none has changed: whatever changes a rule moves `changed_at`.
    """
    global _all
    enabled = AlertRule.objects.filter(is_enabled=True)
    stamp = tuple(enabled.aggregate(n=Count("pk"), at=Max("changed_at"), last=Max("pk")).values())
    if _all[0] != stamp:
        _all = (stamp, _loaded(enabled.select_related("project").order_by("pk")))
    return _all[1]


def live_rule(row: AlertRule) -> LiveRule | None:
    """One rule, also one that is off; None if it cannot be read. Needs its project loaded."""
    return next(iter(_loaded([row])), None)


def oldest_bucket() -> int:
    """The moment before which nothing is in a window of any rule, with an hour to spare."""
    return int(clock.timestamp()) - longest(live.rule for live in live_rules()) - _SPARE_SECONDS


def _loaded(rows: Iterable[AlertRule]) -> list[LiveRule]:
    found = []
    for row in rows:
        held = _read.get(row.pk)
        if held is None or held[0] != row.changed_at:
            held = _read[row.pk] = (row.changed_at, _made(row))
        if held[1] is not None:
            found.append(held[1])
    return found


def counters_by_project() -> dict[int, tuple[Counter, ...]]:
    """What the pipeline has to count, each once, by project."""
    found: dict[int, dict[str, Counter]] = {}
    for live in live_rules():
        is_told_anyhow = (live.rule.source == "issue" and not live.rule.filter) or (
            sources()[live.rule.source].is_told
        )
        if not is_told_anyhow and not live.rule.is_asked:
            found.setdefault(live.project_id, {})[live.counter.id] = live.counter
    return {project: tuple(counters.values()) for project, counters in found.items()}


def _own_labels(row: AlertRule) -> dict[str, str]:
    """Labels that the rule gives all its alerts."""
    held = row.labels if isinstance(row.labels, dict) else {}
    return {str(name): str(value) for name, value in held.items()}


def _made(row: AlertRule) -> LiveRule | None:
    """A rule that an earlier version could read and this one cannot is told, and left out."""
    try:
        rule = read_rule(row.body)
        counter = counter_of(rule)
    except (RuleProblems, SearchError) as error:
        log.warning("the alert rule %s of %s is left out: %s", row.slug, row.project_id, error)
        AlertRule.objects.filter(pk=row.pk).update(broken=str(error)[:400])
        return None
    return LiveRule(
        id=row.pk,
        slug=row.slug,
        project_id=row.project_id,
        organization_id=row.project.organization_id,
        labels=_own_labels(row),
        rule=rule,
        counter=counter,
        decider=None if rule.is_edge else Decider(rule),
        snoozed_until=row.snoozed_until,
    )
