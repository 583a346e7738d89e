"""How budgets stand, for pages and alerts: what is used, and when it runs out at this rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Min, QuerySet, Sum

from vedette.accounts.models import Organization
from vedette.ingest.budgets import Budget
from vedette.ingest.quota_source import read_standing
from vedette.options._limits import MEGABYTE, begin_of
from vedette.projects.models import Project
from vedette.usage.models import Usage

_LOOK_BACK: Final = {"day": timedelta(hours=3), "month": timedelta(days=7)}
_LEAST: Final = {"day": timedelta(hours=1), "month": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """At the present rate: when it is used up, None if it lasts; how much by the end."""

    runs_out_at: datetime | None
    by_the_end: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One budget of a project, an organisation or the installation, and whose it is."""

    budget: Budget
    place: str
    project: Project | None = None

    @property
    def percent(self) -> int:
        """How much is used, in whole percents; 100 only where nothing is left."""
        return self.budget.used * 100 // self.budget.limit.most

    @property
    def identity(self) -> str:
        """What makes it this one: `project:7:error:month`."""
        budget, limit = self.budget, self.budget.limit
        unit = "_bytes" if limit.is_bytes else ""
        return f"{budget.owner}:{budget.owner_id}:{limit.category}:{limit.period}{unit}"

    @property
    def used(self) -> str:
        """`4,012 of 5,000 a month`."""
        limit = self.budget.limit
        return f"{amount(self.budget.used, is_bytes=limit.is_bytes)} of {limit.words}"

    @property
    def ends_at(self) -> datetime:
        """When its period ends, and it begins anew."""
        return datetime.fromtimestamp(self.budget.end, UTC)


def amount(number: int, *, is_bytes: bool) -> str:
    """A number of things, or megabytes, as it is written beside a limit."""
    return f"{number / MEGABYTE:,.1f}".removesuffix(".0") if is_bytes else f"{number:,}"


def standings(projects: Iterable[Project]) -> list[Standing]:
    """Every budget that holds for some of these projects, each once, the fullest first."""
    held = of_projects()
    found = {id(one): one for project in projects for one in held.get(project.pk, ())}
    return sorted(found.values(), key=lambda one: -one.percent)


def of_projects() -> dict[int, list[Standing]]:
    """The budgets that hold for each project."""
    budgets = read_standing(_ask).budgets
    names = dict(Organization.objects.values_list("id", "name"))
    projects = Project.objects.in_bulk(list(budgets))
    made: dict[int, Standing] = {}
    found: dict[int, list[Standing]] = {}
    for project_id, project in projects.items():
        for budget in (one for held in budgets[project_id].values() for one in held):
            if id(budget) not in made:
                made[id(budget)] = _standing(budget, project, names)
            found.setdefault(project_id, []).append(made[id(budget)])
    return found


def _standing(budget: Budget, project: Project, names: dict[int, str]) -> Standing:
    if budget.owner == "project":
        return Standing(budget, project.name, project)
    if budget.owner == "organization":
        return Standing(budget, names.get(budget.owner_id, ""))
    return Standing(budget, "Installation")


def forecast(standing: Standing, now: datetime) -> Forecast | None:
    """By the rate of the last hours for a day, of the last seven days for a month.

    None for a minute, and where nothing is known yet.
    """
    budget = standing.budget
    back = _LOOK_BACK.get(budget.limit.period)
    rows = _hours(budget)
    first = rows.aggregate(first=Min("begins"))["first"] if back is not None else None
    if back is None or first is None:
        return None
    since = max(now - back, datetime.fromtimestamp(first, UTC))
    since = min(since, now - _LEAST[budget.limit.period])
    begins = int(since.timestamp()) // 3600 * 3600
    column = "size_bytes" if budget.limit.is_bytes else "quantity"
    recent = rows.filter(begins__gte=begins).aggregate(sum=Sum(column))["sum"] or 0
    rate = recent / max(now.timestamp() - begins, 1)
    left = budget.limit.most - budget.used
    by_the_end = int(budget.used + rate * max(budget.end - now.timestamp(), 0))
    if left <= 0:
        return Forecast(runs_out_at=now, by_the_end=max(by_the_end, budget.used))
    if by_the_end < budget.limit.most or not rate:
        return Forecast(runs_out_at=None, by_the_end=by_the_end)
    return Forecast(runs_out_at=now + timedelta(seconds=left / rate), by_the_end=by_the_end)


def words_of(standing: Standing, known: Forecast | None) -> str:
    """The forecast in a sentence; "" where there is none."""
    if known is None:
        return ""
    if standing.budget.used >= standing.budget.limit.most:
        return f"used up; it begins anew {_at(standing.ends_at)}"
    if known.runs_out_at is not None:
        return f"at this rate it runs out {_at(known.runs_out_at)}"
    share = known.by_the_end * 100 // standing.budget.limit.most
    return f"at this rate it lasts: {share} % by the end"


def _at(moment: datetime) -> str:
    return f"on {moment.day} {moment:%B %H:%M} UTC"


def _hours(budget: Budget) -> QuerySet[Usage]:
    rows = Usage.objects.filter(span="hour", category=budget.limit.category)
    if budget.owner == "project":
        return rows.filter(project=budget.owner_id)
    if budget.owner == "organization":
        return rows.filter(project__organization=budget.owner_id)
    return rows


def this_month(projects: Sequence[Project], now: datetime) -> list[tuple[str, int, int]]:
    """Kind, number and bytes of what was taken since the month began, the most first."""
    begins = begin_of("month", now.timestamp())
    rows = Usage.objects.filter(span="month", begins=begins, project__in=projects)
    sums = rows.values_list("category").annotate(number=Sum("quantity"), size=Sum("size_bytes"))
    return sorted(sums, key=lambda row: -row[2])


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
