"""When releases appeared, for the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from vedette.issues.shapes import Scope
from vedette.releases.models import ReleaseEnvironment, ReleaseProject

_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A release was there for the first time."""

    version: str
    at: datetime


def appearances(scope: Scope) -> list[Appearance]:
    """The releases that appeared in the range, the newest of them, the oldest first.

    With chosen environments, when each was first seen in one of these.
    """
    dated = _first_seen(scope) if scope.environments else _first_known(scope)
    within = [one for one in dated if scope.period.start <= one.at < scope.period.end]
    return sorted(within, key=lambda one: one.at)[-_MOST:]


def _first_known(scope: Scope) -> list[Appearance]:
    mine = ReleaseProject.objects.filter(
        project__in=list(scope.visible), created_at__lt=scope.period.end
    )
    rows = mine.values_list("release__version").annotate(at=Min("created_at")).order_by("-at")
    return [Appearance(version=version, at=at) for version, at in rows[:_MOST]]


def _first_seen(scope: Scope) -> list[Appearance]:
    mine = ReleaseEnvironment.objects.filter(
        project__in=list(scope.visible),
        environment__in=scope.environments,
        first_seen__lt=scope.period.end,
    )
    rows = mine.values_list("release__version").annotate(at=Min("first_seen")).order_by("-at")
    return [Appearance(version=version, at=at) for version, at in rows[:_MOST]]
