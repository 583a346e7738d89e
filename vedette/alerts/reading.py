"""Alerts as pages and the API list them: those of some projects, by what is asked of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from vedette.alerts.models import Alert, AlertRule, AlertState, Severity
from vedette.projects.models import Project

OPEN = (AlertState.FIRING, AlertState.RECOVERING)
_WORST_FIRST = Case(When(level=Severity.CRITICAL, then=0), default=1, output_field=IntegerField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which alerts: an empty field asks for nothing.

    `owner` is the id of the rule's owner, 0 for rules without one; `text` is part of the title.
    """

    level: str = ""
    state: str = ""
    owner: int | None = None
    environments: Collection[str] = ()
    text: str = ""
    rule: int | None = None
    issue: int | None = None


def alerts_of(projects: Sequence[Project]) -> QuerySet[Alert]:
    """Every alert of these projects that people heard of or could have heard of."""
    rows = Alert.objects.filter(project__in=[project.pk for project in projects])
    return rows.select_related(
        "project", "rule", "rule__owner", "rule__project", "issue", "acknowledged_by", "closed_by"
    )


def firing(projects: Sequence[Project], wanted: Wanted) -> QuerySet[Alert]:
    """What fires now, the worst first, then the newest."""
    rows = _narrowed(alerts_of(projects), wanted)
    if wanted.state == "pending":
        rows = rows.filter(state=AlertState.PENDING)
    else:
        rows = rows.filter(state__in=OPEN)
    return rows.order_by(_WORST_FIRST, "-fired_at", "-pk")


def past(
    projects: Sequence[Project], wanted: Wanted, *, start: datetime, end: datetime
) -> QuerySet[Alert]:
    """All that fired at some moment of a time, whether it is over or not, the newest first."""
    rows = _narrowed(alerts_of(projects), wanted).filter(fired_at__isnull=False)
    rows = rows.filter(Q(over_at=None) | Q(over_at__gte=start), fired_at__lt=end)
    return rows.order_by("-fired_at", "-pk")


def count_firing(projects: Sequence[Project]) -> int:
    """How many fire now, whether somebody has taken them on or not."""
    ids = [project.pk for project in projects]
    return Alert.objects.filter(state__in=OPEN, project__in=ids).count()


def rules_of(projects: Sequence[Project]) -> QuerySet[AlertRule]:
    """The rules of these projects by project and name; `open_count` is how many alerts fire."""
    rows = AlertRule.objects.filter(project__in=[project.pk for project in projects])
    rows = rows.select_related("project", "project__organization", "owner")
    return rows.annotate(open_count=Count("alerts", filter=Q(alerts__state__in=OPEN))).order_by(
        "project__name", "slug"
    )


def _narrowed(rows: QuerySet[Alert], wanted: Wanted) -> QuerySet[Alert]:
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    if wanted.owner is not None:
        rows = rows.filter(rule__owner=wanted.owner or None)
    if wanted.rule is not None:
        rows = rows.filter(rule=wanted.rule)
    if wanted.issue is not None:
        rows = rows.filter(issue=wanted.issue)
    if wanted.text:
        rows = rows.filter(title__icontains=wanted.text)
    if wanted.environments:
        named = Q(labels__environment__in=list(wanted.environments))
        rows = rows.filter(named | Q(labels__environment__isnull=True))
    return _in_state(rows, wanted.state)


def _in_state(rows: QuerySet[Alert], state: str) -> QuerySet[Alert]:
    """The states that people tell apart: taken on by somebody, or not yet."""
    if state == "waiting":
        return rows.filter(acknowledged_at=None)
    if state == "acknowledged":
        return rows.exclude(acknowledged_at=None)
    if state == "recovering":
        return rows.filter(state=AlertState.RECOVERING)
    return rows
