"""Silences as pages list them: those that hold, and which alerts they cover."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts.labels import all_match, read_matcher
from vedette.alerts.models import Alert, Silence
from vedette.projects.models import Project


def silences_in(organizations: Sequence[Organization]) -> QuerySet[Silence]:
    """All of some organisations, those that end last first."""
    rows = Silence.objects.filter(organization__in=organizations)
    return rows.select_related("organization", "by").order_by("-ends_at", "-pk")


def silences_over(alert: Alert) -> list[Silence]:
    """Those that keep this alert from being told now."""
    now = clock.now()
    labels = {**alert.labels, "level": alert.level}
    rows = silences_in([alert.rule.project.organization])
    held = rows.filter(starts_at__lte=now, ends_at__gt=now)
    return [one for one in held if all_match(one.matchers, labels)]


def hidden_from(
    visible: Collection[int], organizations: Sequence[Organization]
) -> dict[int, set[str]]:
    """The slugs of the projects that somebody who sees `visible` does not, by organisation."""
    found: dict[int, set[str]] = {one.pk: set() for one in organizations}
    rows = Project.objects.filter(organization__in=organizations).exclude(pk__in=visible)
    for organization, slug in rows.values_list("organization", "slug"):
        found[organization].add(slug)
    return found


def is_open_to(silence: Silence, hidden: Collection[str]) -> bool:
    """Whether its matchers name none of the projects that somebody does not see."""
    try:
        matchers = [read_matcher(text) for text in silence.matchers]
    except ValueError:
        return not hidden
    return not any(one.name == "project" and one.value in hidden for one in matchers)
