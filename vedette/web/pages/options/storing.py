"""Beside the form of retention: what the values would let go of, before they are saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from vedette.control.places import Place
from vedette.control.trying import tried_by_project
from vedette.items._stocks import stocks
from vedette.storage.enforcing import cuts, evenly
from vedette.storage.limits import Limits
from vedette.storage.sums import read_sums
from vedette.web.access import Viewer
from vedette.web.wording import exact_number, size


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What of one kind would go."""

    label: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Storing:
    """The panel. `said` is empty where nothing was tried."""

    notes: Mapping[str, str]
    said: str = ""
    freed: Sequence[Freed] = ()


def build(viewer: Viewer, place: Place, tried: Mapping[str, Any] | None) -> Storing:
    """What there is of each kind at a place, and what values that are tried would free."""
    sums = read_sums(settings.CONFIG)
    projects = [one for one in viewer.projects if _is_at(place, one)]
    ids = {one.pk for one in projects}
    uses = [one for one in sums.uses if one.project_id in ids] if sums else []
    held: Counter[str] = Counter()
    for one in uses:
        held[one.stock] += one.total
    notes = {f"{name}_days": f"Takes {size(count)} now." for name, count in held.items() if count}
    if tried is None:
        return Storing(notes=notes)
    limits = Limits(tried_by_project(place, projects, "storage", tried), tried)
    rows: Counter[str] = Counter()
    freed: Counter[str] = Counter()
    for cut in cuts(limits, uses, evenly):
        rows[cut.stock.name] += cut.rows
        freed[cut.stock.name] += cut.bytes
    return Storing(
        notes=notes,
        said=_said(freed.total(), rows.total(), sums is not None),
        freed=[
            Freed(label=stocks()[name].label, rows=rows[name], bytes=count)
            for name, count in freed.most_common()
        ],
    )


def _is_at(place: Place, project: Any) -> bool:
    if place.project is not None:
        return bool(place.project.pk == project.pk)
    return place.organization is None or place.organization.pk == project.organization_id


def _said(freed: int, rows: int, is_known: bool) -> str:
    if not is_known:
        return "What is stored was not added up yet: look again in a minute."
    if not rows:
        return "These values would delete nothing of what is stored now."
    return f"These values would free {size(freed)}: about {exact_number(rows)} rows."
