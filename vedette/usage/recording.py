"""Adding up what came in: by minute, hour, day and month, in statements for many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from vedette import clock
from vedette.control.effective import Effective
from vedette.facts import Fact, UsageSeen, VolumeSeen
from vedette.options import groups
from vedette.options._limits import begin_of
from vedette.outcome import TAKEN, DropReason
from vedette.projects.models import Project
from vedette.usage.models import Spike
from vedette.usage.normal import ERRORS, rate_of, usual_now

# Selects its project, so that what came of one that was deleted a moment ago adds nothing: a
# question of its own for that costs each batch more than all the adding.
_ADD: Final = """
INSERT INTO usage_usage (project_id, category, span, begins, quantity, size_bytes)
SELECT id, %s, %s, %s, %s, %s FROM projects_project WHERE id = %s
ON CONFLICT (project_id, category, span, begins) DO UPDATE SET
  quantity = usage_usage.quantity + excluded.quantity,
  size_bytes = usage_usage.size_bytes + excluded.size_bytes
"""
_LONG: Final = ("hour", "day", "month")
Place: TypeAlias = tuple[int, str, str, int]


def record(facts: Sequence[UsageSeen | VolumeSeen]) -> list[Fact]:
    """Add what a batch says, in the order of the rows. Within a transaction."""
    sums: dict[Place, list[int]] = defaultdict(lambda: [0, 0])
    cut: dict[int, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, VolumeSeen):
            _add_volume(fact, sums)
        elif fact.outcome in TAKEN:
            for span in _LONG:
                place = (fact.project_id, fact.category, span, begin_of(span, fact.hour))
                sums[place][0] += fact.quantity
        elif _is_cut(fact):
            cut[fact.project_id] += fact.quantity
    known = _limited()
    wanted = [place for place in sorted(sums) if place[1] in known and any(sums[place])]
    rows: list[tuple[int | str, ...]] = [(*place[1:], *sums[place], place[0]) for place in wanted]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)
    for project_id in sorted(_existing(cut)) if cut else ():
        if cut[project_id] > 0:
            _note_cut(project_id, cut[project_id])
    return []


def _is_cut(fact: UsageSeen) -> bool:
    """Whether it is of events, not of the files that came with them."""
    return fact.category == ERRORS and (fact.outcome, fact.reason) == DropReason.SPIKE.value


def _add_volume(fact: VolumeSeen, sums: dict[Place, list[int]]) -> None:
    place = (fact.project_id, fact.category)
    minute = sums[(*place, "minute", fact.minute)]
    minute[0] += fact.quantity
    minute[1] += fact.size_bytes
    for span in _LONG:
        sums[(*place, span, begin_of(span, fact.minute))][1] += fact.size_bytes


def _limited() -> set[str]:
    """The categories that limits may be about: others are the product's own."""
    option = groups()["quotas"].option("limits")
    return {name for name, _ in option.rows} if option is not None else set()


def _existing(projects: Iterable[int]) -> set[int]:
    """Those that were not deleted a moment ago."""
    return set(Project.objects.filter(pk__in=sorted(projects)).values_list("pk", flat=True))


def _note_cut(project_id: int, quantity: int) -> None:
    """Add to the spike that goes on, or begin one."""
    now = clock.now()
    going_on = Spike.objects.filter(project_id=project_id, ended_at=None)
    if going_on.update(cut=F("cut") + quantity, last_at=Greatest(F("last_at"), now)):
        return
    organization_id = Project.objects.values_list("organization_id", flat=True).get(pk=project_id)
    effective = Effective([groups()["quotas"]], settings.CONFIG)
    chosen = effective.of("quotas", organization_id=organization_id, project_id=project_id)
    rate = rate_of(usual_now().get(project_id), chosen)
    Spike.objects.create(
        project_id=project_id,
        began_at=now,
        last_at=now,
        cut=quantity,
        usual=rate.usual if rate else 0,
        bound=rate.bound if rate else 0,
    )
