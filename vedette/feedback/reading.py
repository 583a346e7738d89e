"""The inbox: words from the store and how they stand, within what may be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from vedette.accounts.models import User
from vedette.feedback.models import Feedback, FeedbackStatus
from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import ask, in_environments, in_groups, kept, moment
from vedette.items._feedback import FEEDBACK
from vedette.projects.models import Project
from vedette.releases.lookup import KnownReleases
from vedette.search import compile_event_search, parse
from vedette.search.fields import fields_of
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id

Place: TypeAlias = tuple[int, str]  # a project and the id of one piece of feedback
PORTION = 5000  # of what a search finds, that is looked at together
MOST_LOOKED_AT = 20 * PORTION
MOST_EVENTS = 5000  # of an issue, that feedback may be about
_UNDECIDED: Final = (FeedbackStatus.UNRESOLVED.value, 0)
SORTS = ("newest", "oldest")
_COLUMNS = tuple(
    column.name
    for column in FEEDBACK.all_columns
    if column.name not in ("timestamp", "writer", "position", "links", "trapped")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One piece of feedback: who wrote what where, and how it stands."""

    id: str
    project_id: int
    at: datetime
    kind: str
    comments: str
    name: str
    email: str
    url: str
    source: str
    release: str
    environment: str
    platform: str
    user_agent: str
    user_id: str
    sdk_name: str
    event_id: str
    trace_id: str
    replay_id: str
    tags: list[tuple[str, str]]
    status: str = FeedbackStatus.UNRESOLVED
    signs: tuple[str, ...] = ()
    assignee: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of what a search finds. `assignee` is a user's id, 0 for nobody, None for any."""

    query: str = ""
    status: str = FeedbackStatus.UNRESOLVED
    assignee: int | None = None
    issue: Issue | None = None
    sort: str = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of it; `counts` are by status, of what was looked at. `is_cut` says that the search
    finds more."""

    rows: list[Said]
    counts: Mapping[str, int]
    has_more: bool
    is_cut: bool = False


def read_inbox(scope: Scope, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> Inbox:
    """Those that fit, from the newest or oldest on, until there are enough: however many others,
    such as spam, lie between them. Raises SearchError for the search, and StoreError."""
    counts: Counter[str] = Counter()
    chosen: list[Place] = []
    looked = 0
    is_cut = False
    for found, is_last in _portions(scope, wanted):
        is_cut = not is_last
        held = _decided(found)
        for place in found:
            status, assignee = held.get(place, _UNDECIDED)
            if wanted.assignee is None or assignee == wanted.assignee:
                counts[status] += 1
                if status == wanted.status:
                    chosen.append(place)
        looked += len(found)
        if looked >= MOST_LOOKED_AT or len(chosen) > offset + limit:
            break
    shown = chosen[offset : offset + limit]
    period = (scope.period.start, scope.period.end)
    rows = _read(scope.visible, shown, *period, _standing(shown))
    by_place = {(one.project_id, one.id): one for one in rows}
    return Inbox(
        rows=[by_place[place] for place in shown if place in by_place],
        counts=counts,
        has_more=len(chosen) > offset + limit,
        is_cut=is_cut,
    )


def find(visible: VisibleProjects, ids: Iterable[str]) -> list[Said]:
    """Those of these that may be seen, whenever they came. Raises StoreError."""
    names = [name for name in map(clean_event_id, ids) if name]
    if not names:
        return []
    rows = ask(
        visible,
        {"project_id": q.Field("project_id"), "id": q.Field("feedback_id")},
        [q.OneOf(q.Field("feedback_id"), list[q.Value](names))],
        *kept(),
        table=FEEDBACK.name,
    )
    places = [(project_id, name) for project_id, name in rows]
    return _read(visible, places, *kept(), _standing(places))


def count_about(visible: VisibleProjects, issue: Issue) -> int:
    """How many pieces of feedback are about events of the issue. Raises StoreError."""
    where = _about(visible, issue)
    if where is None:
        return 0
    rows = ask(visible, {"count": q.count()}, [where], *kept(), table=FEEDBACK.name)
    return int(rows[0][0])


def _portions(scope: Scope, wanted: Wanted) -> Iterator[tuple[list[Place], bool]]:
    """What the search finds, some at a time, in the wanted order; and whether that is the last."""
    where = in_environments(scope)
    if wanted.query.strip():
        projects = Project.objects.filter(pk__in=list(scope.visible)).values_list("slug", "pk")
        where.append(
            compile_event_search(
                parse(wanted.query),
                fields_of(FEEDBACK.name),
                projects=dict(projects),
                releases=KnownReleases(scope.visible, scope.environments),
            )
        )
    if wanted.issue is not None:
        about = _about(scope.visible, wanted.issue)
        if about is None:
            return
        where.append(about)
    is_oldest = wanted.sort == "oldest"
    start, end = scope.period.start, scope.period.end
    seen: set[Place] = set()
    while True:
        rows = _portion(scope, where, start, end, is_oldest=is_oldest)
        found = list(dict.fromkeys((row[0], row[1]) for row in rows))
        found = [place for place in found if place not in seen]
        is_last = len(rows) < PORTION or not found
        yield found, is_last
        if is_last:
            return
        seen = set(found)  # those of one moment come again
        if is_oldest:
            start = moment(rows[-1][2])
        else:
            end = moment(rows[-1][2] + 1)


def _portion(
    scope: Scope, where: list[q.Condition], start: datetime, end: datetime, *, is_oldest: bool
) -> list[list[Any]]:
    return ask(
        scope.visible,
        {
            "project_id": q.Field("project_id"),
            "id": q.Field("feedback_id"),
            "timestamp": q.Field("timestamp"),
        },
        where,
        start,
        end,
        table=FEEDBACK.name,
        order_by=[q.Order("timestamp", descending=not is_oldest), q.Order("id")],
        limit=PORTION,
    )


def _about(visible: VisibleProjects, issue: Issue) -> q.Condition | None:
    """The condition of feedback about the issue's events: few events have any, so those first."""
    mine = visible.only([issue.project_id])
    named = ask(
        mine,
        {"event_id": q.Field("event_id")},
        [q.Present(q.Field("event_id"))],
        *kept(),
        table=FEEDBACK.name,
        limit=MOST_EVENTS,
    )
    ids: list[q.Value] = list(dict.fromkeys(row[0] for row in named))
    if not ids:
        return None
    events = ask(
        mine,
        {"event_id": q.Field("event_id")},
        [in_groups(group_ids(issue)), q.OneOf(q.Field("event_id"), ids)],
        *kept(),
        limit=MOST_EVENTS,
    )
    its: list[q.Value] = [row[0] for row in events]
    return q.OneOf(q.Field("event_id"), its) if its else None


def _read(
    visible: VisibleProjects,
    places: Sequence[Place],
    start: datetime,
    end: datetime,
    standing: Mapping[Place, Feedback],
) -> list[Said]:
    if not places:
        return []
    rows = ask(
        visible,
        {**{name: q.Field(name) for name in _COLUMNS}, "at": q.Field("timestamp")},
        [q.OneOf(q.Field("feedback_id"), list[q.Value]([name for _, name in places]))],
        start,
        end,
        table=FEEDBACK.name,
    )
    return [_said(dict(zip((*_COLUMNS, "at"), row, strict=True)), standing) for row in rows]


def _said(row: dict[str, Any], standing: Mapping[Place, Feedback]) -> Said:
    held = standing.get((row["project_id"], row["feedback_id"]))
    texts = (
        *("kind", "comments", "name", "email", "url", "source", "release", "environment"),
        *("platform", "user_agent", "user_id", "sdk_name", "event_id", "trace_id", "replay_id"),
    )
    return Said(
        id=row["feedback_id"],
        project_id=row["project_id"],
        at=moment(row["at"]),
        tags=[(key, value) for key, value in dict(row["tags"] or {}).items()],
        status=_status(held),
        signs=tuple(held.signs) if held else (),
        assignee=held.assignee if held else None,
        **{name: row[name] or "" for name in texts},
    )


def _decided(places: Sequence[Place]) -> dict[Place, tuple[str, int]]:
    """Status and assignee of those of which either was decided."""
    rows = (
        Feedback.objects.filter(
            project__in={project for project, _ in places},
            feedback_id__in=[name for _, name in places],
        )
        .exclude(status=FeedbackStatus.UNRESOLVED, assignee=None)
        .values_list("project_id", "feedback_id", "status", "assignee_id")
    )
    return {(row[0], row[1]): (row[2], row[3] or 0) for row in rows}


def _standing(places: Iterable[Place]) -> dict[Place, Feedback]:
    wanted = set(places)
    rows = Feedback.objects.filter(
        project__in={project for project, _ in wanted},
        feedback_id__in=[name for _, name in wanted],
    ).select_related("assignee")
    return {(row.project_id, row.feedback_id): row for row in rows}


def _status(held: Feedback | None) -> str:
    return held.status if held else FeedbackStatus.UNRESOLVED
