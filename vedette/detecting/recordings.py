"""What people did in vain in the recordings that have arrived, as projects want to hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from vedette.control.effective import Effective
from vedette.items._replays import EVENT, RECORDING, REPLAYS
from vedette.options import groups
from vedette.projects.models import Project
from vedette.recordings.findings import FINDINGS, event_of
from vedette.recordings.marks import decode_marks
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

_DAY = 86_400_000_000
_BACK = 3 * _DAY  # what was recorded earlier when it came is not looked at
_COUNTS = ("rage_clicks", "dead_clicks", "hydrate_errors")
_OF_REPLAY = (
    *("project_id", "replay_id", "release", "dist", "environment", "platform", "user_id"),
    *("user_email", "user_username", "user_ip", "browser_name", "os_name", "timestamp"),
)
_MOST_OF_ONE = 20_000  # rows of the events of replays
Found = tuple[int, dict[str, Any]]


def found_in(
    store: Store, writer: str, start: int, end: int, *, now: int, since: int, most: int
) -> Iterator[Found]:
    """By project the events of what the recordings of a writer's records show.

    Between two positions, at most of so many segments, those of each project in turn. `now` and
    `since`, the earliest receipt, are microseconds. Raises StoreError.
    """
    position = q.Field("position")
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=REPLAYS.name,
        columns={name: q.Field(name) for name in ("project_id", "replay_id", "marks")},
        where=[
            q.Compare(q.Field("part"), "=", RECORDING),
            q.Compare(q.Field("writer"), "=", writer),
            q.Compare(position, ">=", start),
            q.Compare(position, "<", end),
            q.Compare(q.Field("received"), ">=", since),
            q.Either([q.Compare(q.Field(name), ">", 0) for name in _COUNTS]),
        ],
        order_by=[q.Order("replay_id")],
        start=now - _BACK,
        end=now + _DAY,
        limit=most,
        limit_by=q.LimitBy(["project_id"], most),
    )
    rows = store.query(select).dicts()
    wanted = _wanted({row["project_id"] for row in rows})
    rows = [row for row in rows if wanted.get(row["project_id"])]
    told = _told(store, rows, now)
    for row in rows:
        place = (row["project_id"], row["replay_id"])
        about = told.get(place, {"replay_id": row["replay_id"]})
        for mark in decode_marks(row["marks"] or ""):
            kind = FINDINGS.get(mark.kind)
            if kind is not None and kind.option in wanted[row["project_id"]]:
                yield row["project_id"], event_of(mark, about)


def _wanted(project_ids: set[int]) -> dict[int, set[str]]:
    """By project the options that are on."""
    if not project_ids:
        return {}
    effective = Effective([groups()["replays"]], settings.CONFIG)
    options = {kind.option for kind in FINDINGS.values()}
    owners = Project.objects.filter(pk__in=project_ids).values_list("pk", "organization_id")
    found = {}
    for project_id, organization_id in owners:
        values = effective.of("replays", organization_id=organization_id, project_id=project_id)
        found[project_id] = {name for name in options if values[name]}
    return found


def _told(
    store: Store, rows: list[dict[str, Any]], now: int
) -> dict[tuple[int, str], dict[str, Any]]:
    """By project and replay what its own events say of who and where it was."""
    if not rows:
        return {}
    select = q.Select(
        projects=VisibleProjects.of_system().only({row["project_id"] for row in rows}),
        table=REPLAYS.name,
        columns={name: q.Field(name) for name in _OF_REPLAY},
        where=[
            q.Compare(q.Field("part"), "=", EVENT),
            q.OneOf(q.Field("replay_id"), sorted({row["replay_id"] for row in rows})),
        ],
        order_by=[q.Order("timestamp")],
        start=now - _BACK,
        end=now + _DAY,
        limit=_MOST_OF_ONE,
    )
    return {(one["project_id"], one["replay_id"]): one for one in store.query(select).dicts()}
