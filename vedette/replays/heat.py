"""Where people clicked on a page, added up over replays: a heat map, and the elements below it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from vedette.issues.shapes import Scope
from vedette.issues.telemetry import micros
from vedette.recordings.placing import WIDTH_CLASSES, Place, WidthClass, place_clicks
from vedette.recordings.tracks import Step, decode_track
from vedette.replays.gathering import gather
from vedette.replays.selectors import Who, whose

MOST_PAGES: Final = 200
MOST_ELEMENTS: Final = 50
MOST_SPOTS: Final = 5000
SPOT_SHARE: Final = 0.005  # of the width: clicks nearer to each other are one spot
SPOT_PIXELS: Final = 6
_SOON_MS = 30_000  # after a whole page, whose picture is quickly made
Wish = Literal["all", "dead", "rage"]
WISHES: Final[tuple[Wish, ...]] = ("all", "dead", "rage")


class PageOf(NamedTuple):
    """A page of a project, whose ids are left out."""

    project_id: int
    page: str


class Click(NamedTuple):
    """A click, and in which replay of whom."""

    page: PageOf
    replay_id: str
    who: str
    place: Place


class Spot(NamedTuple):
    """How often was clicked there: as a share of the width, and in pixels from the top."""

    share: float
    top: int
    clicks: int


class Moment(NamedTuple):
    """A moment of a replay, in milliseconds since 1970."""

    project_id: int
    replay_id: str
    ms: int


@dataclass(slots=True)
class Element:
    """What was clicked, how often, by whom, and when last in each replay; "" where no SDK said
    what it is. A click in rage is a dead one, too."""

    selector: str
    clicks: int = 0
    dead: int = 0
    rage: int = 0
    people: set[str] = field(default_factory=set)
    newest: dict[str, Moment] = field(default_factory=dict)

    @property
    def examples(self) -> list[Moment]:
        """The newest moments, one of each replay."""
        return sorted(self.newest.values(), key=lambda one: -one.ms)


@dataclass(frozen=True, slots=True)
class Clicks:
    """The clicks of replays; `unplaced` happened where nobody knows, `is_cut` says that there
    are more segments than the `looked_at`."""

    held: list[Click]
    unplaced: int
    looked_at: int
    is_cut: bool

    def pages(self) -> Counter[PageOf]:
        """How often was clicked on each page."""
        return Counter(click.page for click in self.held)

    def widths(self, page: PageOf) -> dict[WidthClass, int]:
        """How often on a page in windows of each class of width, of those that there are."""
        found = Counter(one.place.width_class for one in self.held if one.page == page)
        return {name: found[name] for name in WIDTH_CLASSES if found[name]}

    def on(self, page: PageOf, width: WidthClass) -> list[Click]:
        """Those on a page in windows of a class of width, in order."""
        found = (one for one in self.held if one.page == page and one.place.width_class == width)
        return sorted(found, key=lambda one: one.place.ms)


def clicks_in(scope: Scope) -> Clicks:
    """The clicks of a period, as far as their segments are looked at. Raises StoreError."""
    gathered = gather(scope)
    tracks = tracks_of(gathered.rows)
    people = whose(scope, {replay_id for _, replay_id in tracks})
    since = micros(scope.period.start) // 1000
    held: list[Click] = []
    unplaced = 0
    for (project_id, replay_id), segments in tracks.items():
        who = people.get(replay_id, Who("", ""))
        if scope.environments and who.environment not in scope.environments:
            continue
        placed = place_clicks(segments.items())
        unplaced += placed.unplaced
        held += [
            Click(PageOf(project_id, one.page), replay_id, who.user or replay_id, one)
            for one in placed.places
            if one.ms >= since
        ]
    return Clicks(held, unplaced, len(gathered.rows), gathered.is_cut)


def tracks_of(rows: Iterable[list[Any]]) -> dict[tuple[int, str], dict[int, list[Step]]]:
    """By project and replay the tracks of the segments; of one that came twice the last."""
    held: dict[tuple[int, str], dict[int, list[Step]]] = defaultdict(dict)
    for project_id, replay_id, number, track, *_ in sorted(rows, key=lambda row: row[4]):
        held[project_id, replay_id][number] = decode_track(track or "[]")
    return held


def wanted(clicks: Iterable[Click], wish: Wish) -> list[Click]:
    """All clicks, or those that nothing came of, or those in rage, which are some of these."""
    verdicts = {"all": ("", "dead", "rage"), "dead": ("dead", "rage"), "rage": ("rage",)}[wish]
    return [one for one in clicks if one.place.verdict in verdicts]


def spots_of(clicks: Iterable[Click]) -> list[Spot]:
    """Where was clicked how often, the most first; those beyond `MOST_SPOTS` are left out."""
    counts = Counter(
        (round(one.place.share / SPOT_SHARE), one.place.top // SPOT_PIXELS) for one in clicks
    )
    half = SPOT_PIXELS // 2
    return [
        Spot(round(column * SPOT_SHARE, 4), row * SPOT_PIXELS + half, count)
        for (column, row), count in counts.most_common(MOST_SPOTS)
    ]


def elements_of(clicks: Iterable[Click]) -> list[Element]:
    """What was clicked, the most clicked first."""
    held: dict[str, Element] = {}
    for one in clicks:
        place = one.place
        element = held.setdefault(place.selector, Element(place.selector))
        element.clicks += 1
        element.dead += place.verdict != ""
        element.rage += place.verdict == "rage"
        element.people.add(one.who)
        last = element.newest.get(one.replay_id)
        if last is None or place.ms > last.ms:
            element.newest[one.replay_id] = Moment(one.page.project_id, one.replay_id, place.ms)
    ordered = sorted(held.values(), key=lambda one: (-one.clicks, one.selector))
    return ordered[:MOST_ELEMENTS]


def backdrop_of(clicks: Sequence[Click]) -> Moment | None:
    """A moment at which the page stood as most people saw it: just before one of them clicked.

    One in a window of the usual width, soon after a whole page was recorded, the newest of these;
    None where no picture of the page was recorded.
    """
    seen = list(_seen(clicks))
    if not seen:
        return None
    (usual, _), *_ = Counter(one.place.width for one, _ in seen).most_common(1)
    best, _ = min(
        seen,
        key=lambda held: (
            held[0].place.width != usual,
            held[1] // _SOON_MS,
            -held[0].place.ms,
        ),
    )
    return Moment(best.page.project_id, best.replay_id, best.place.ms - 1)


def _seen(clicks: Iterable[Click]) -> Iterator[tuple[Click, int]]:
    """Clicks on pages of which there is a picture, and how long after it."""
    for one in clicks:
        if one.place.seen_ms is not None and one.place.ms > one.place.seen_ms:
            yield one, one.place.ms - one.place.seen_ms
