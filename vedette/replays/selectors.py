"""What people click in vain: dead and rage clicks by what was clicked and on which page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from vedette.issues.shapes import Scope
from vedette.issues.telemetry import ask
from vedette.items._replays import EVENT, RECORDING, REPLAYS
from vedette.recordings.findings import page_of
from vedette.recordings.marks import Mark, decode_marks
from vedette.spans.subject import without_ids
from vedette.store import query as q

MOST_SEGMENTS: Final = 2000  # the newest, that are looked at
MOST_SELECTORS: Final = 100
_COLUMNS = ("project_id", "replay_id", "marks", "timestamp")
Sort = Literal["people", "rage", "dead"]
SORTS: Final[tuple[Sort, ...]] = ("people", "rage", "dead")


class Moment(NamedTuple):
    """When somebody clicked in vain, in milliseconds since 1970."""

    replay_id: str
    ms: int


class Place(NamedTuple):
    """What was clicked: a selector on a page of a project, whose ids are left out."""

    project_id: int
    selector: str
    page: str


@dataclass(slots=True)
class Selector:
    """What was clicked, how often in vain, and by whom. A rage click is a dead one, too.

    `newest` is the last time in each replay.
    """

    place: Place
    dead: int = 0
    rage: int = 0
    people: set[str] = field(default_factory=set)
    newest: dict[str, Moment] = field(default_factory=dict)

    @property
    def examples(self) -> list[Moment]:
        """The newest moments, one of each replay."""
        return sorted(self.newest.values(), key=lambda one: -one.ms)


@dataclass(frozen=True, slots=True)
class Selectors:
    """The selectors in order; `is_cut` where there are more segments than were looked at."""

    rows: list[Selector]
    is_cut: bool


class Who(NamedTuple):
    """Whose replay it is, and of which environment; "" where nothing says so."""

    user: str
    environment: str


def selectors_in(scope: Scope, *, sort: Sort = "people", is_rising: bool = False) -> Selectors:
    """What was clicked in vain, that which most people clicked first. Raises StoreError."""
    found = ask(
        scope.visible,
        {name: q.Field(name) for name in _COLUMNS},
        [
            q.Compare(q.Field("part"), "=", RECORDING),
            q.Compare(q.Field("dead_clicks"), ">", 0),  # of which those in rage are some
        ],
        scope.period.start,
        scope.period.end,
        table=REPLAYS.name,
        newest=REPLAYS.updates,
        order_by=[q.Order("timestamp", descending=True)],
        limit=MOST_SEGMENTS + 1,
    )
    people = whose(scope, {row[1] for row in found})
    held: dict[Place, Selector] = {}
    for project_id, replay_id, marks, _ in found[:MOST_SEGMENTS]:
        who = people.get(replay_id, Who("", ""))
        if scope.environments and who.environment not in scope.environments:
            continue
        for mark in _in_vain(decode_marks(marks or "")):
            place = Place(project_id, mark.label, without_ids(page_of(mark)))
            _count(held.setdefault(place, Selector(place)), mark, replay_id, who)
    rows = sorted(held.values(), key=lambda one: _key(one, sort), reverse=not is_rising)
    return Selectors(rows[:MOST_SELECTORS], len(found) > MOST_SEGMENTS)


def _in_vain(marks: Iterable[Mark]) -> Iterable[Mark]:
    return (mark for mark in marks if mark.kind in ("dead", "rage"))


def _count(selector: Selector, mark: Mark, replay_id: str, who: Who) -> None:
    selector.dead += 1
    selector.rage += mark.kind == "rage"
    selector.people.add(who.user or replay_id)
    last = selector.newest.get(replay_id)
    if last is None or mark.ms > last.ms:
        selector.newest[replay_id] = Moment(replay_id, mark.ms)


def _key(one: Selector, sort: Sort) -> tuple[int, int, int, Place]:
    numbers = {"people": len(one.people), "rage": one.rage, "dead": one.dead}
    return numbers[sort], one.rage, one.dead, one.place


def whose(scope: Scope, ids: set[str]) -> dict[str, Who]:
    """Whose some replays are, by their ids. Raises StoreError."""
    if not ids:
        return {}
    found = ask(
        scope.visible,
        {
            "replay_id": q.Field("replay_id"),
            "user": q.call("last", q.Field("user_key"), q.TIME),
            "where": q.call("last", q.Field("environment"), q.TIME),
        },
        [q.Compare(q.Field("part"), "=", EVENT), q.OneOf(q.Field("replay_id"), list[q.Value](ids))],
        scope.period.start,
        scope.period.end,
        table=REPLAYS.name,
        group_by=["replay_id"],
        limit=len(ids),
    )
    return {replay_id: Who(user or "", environment or "") for replay_id, user, environment in found}
