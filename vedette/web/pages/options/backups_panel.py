"""Beside the form of backups: those that were taken, whether they can be used, and the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from vedette import clock
from vedette.backups import noting
from vedette.backups.schedule import Plan, next_at, what_is_wrong
from vedette.control.choosing import resolved_at
from vedette.control.places import Place
from vedette.options import groups
from vedette.options._resolving import values

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One backup; `verified` is None for one that was not looked at."""

    name: str
    place: str
    moment: datetime
    size_bytes: int
    written_bytes: int
    seconds: float
    verified: datetime | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPanel:
    """`due` is None while backups are off or one is due now; `problem` is what went wrong last."""

    is_on: bool = False
    due: datetime | None = None
    problem: str = ""
    lines: Sequence[Line] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def build() -> BackupsPanel:
    """The panel of this installation."""
    config: Any = settings.CONFIG
    plan = Plan.of(values(resolved_at(Place(), groups()["backups"], config)))
    note = noting.read(config.data)
    due = next_at(plan, note, clock.timestamp())
    return BackupsPanel(
        is_on=bool(plan.place),
        due=_moment(due) if plan.place and due > clock.timestamp() else None,
        problem=what_is_wrong(plan, note) if plan.place else "",
        lines=[_line(one) for one in note.taken[:_MOST]],
    )


def _line(taken: noting.Taken) -> Line:
    return Line(
        name=taken.name,
        place=taken.place,
        moment=_moment(taken.moment),
        size_bytes=taken.size_bytes,
        written_bytes=taken.written_bytes,
        seconds=taken.seconds,
        verified=_moment(taken.verified) if taken.verified else None,
        problem=taken.problems[0] if taken.problems else "",
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
