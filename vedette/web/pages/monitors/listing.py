"""The list of monitors: what is down first, uptime and response times beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.access.actions import Action
from vedette.issues.cursors import read_offset
from vedette.monitors.kinds import monitor_kinds
from vedette.monitors.listing import SPANS, MonitorRow, Sort, Wanted, listed
from vedette.monitors.models import MonitorStanding
from vedette.store.errors import BadQuery
from vedette.uptime.changes import State
from vedette.uptime.intervals import Share
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.scope import shared_filter

SORTS: dict[Sort, str] = {"state": "State", "name": "Name", "changed": "Last change"}
TABS = (
    ("", "All"),
    (str(State.DOWN), "Down"),
    (str(State.DEGRADED), "Degraded"),
    (str(State.UP), "Up"),
    (str(State.UNKNOWN), "Unknown"),
    (str(State.MAINTENANCE), "Maintenance"),
    (str(State.PAUSED), "Paused"),
)
_SIZE = 50
_MOST_OFFSET = 100_000
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a bar of states: what it is drawn as, and what it says."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One monitor with its bar."""

    about: MonitorRow
    segments: list[Segment]
    uptimes: list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What the page shows. `answer` says in a line how things are."""

    rows: list[ListRow]
    answer: str
    tabs: list[tuple[str, str, int]]
    state: str
    kind: str
    kinds: list[tuple[str, str]]
    tag: str
    tags: list[str]
    query: str
    sort: Sort
    sorts: dict[Sort, str]
    total: int
    has_any: bool
    may_change: bool
    spans: list[str]
    next_cursor: str | None
    previous_cursor: str | None


def show_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """`state`, `kind`, `tag` and `query` say which, `sort` in what order."""
    shared = shared_filter(request, viewer)
    projects = [
        one for one in shared.selected or viewer.projects if viewer.may(Action.VIEW_ALERTS, one)
    ]
    asked = request.GET
    sort: Sort = next((known for known in SORTS if known == asked.get("sort")), "state")
    state = asked.get("state", "")
    if state and state not in {name for name, _ in TABS}:
        raise BadQuery(f"no monitor is {state[:40]!r}")
    wanted = Wanted(
        visible=shared.scope.visible,
        projects=projects,
        environments=shared.scope.environments,
        state=state,
        kind=asked.get("kind", "")[:40],
        tag=asked.get("tag", "")[:_MOST_TEXT],
        text=asked.get("query", "").strip()[:_MOST_TEXT],
    )
    offset = min(read_offset(asked.get("cursor", "")), _MOST_OFFSET)
    found = listed(wanted, sort=sort, offset=offset, size=_SIZE)
    context = ListContext(
        rows=[_row(one) for one in found.rows],
        answer=_answer(found.counts),
        tabs=[
            (name, label, found.counts[name] if name else sum(found.counts.values()))
            for name, label in TABS
            if not name or found.counts[name] or name == state
        ],
        state=state,
        kind=wanted.kind,
        kinds=[(name, _label(name)) for name in found.kinds],
        tag=wanted.tag,
        tags=found.tags,
        query=wanted.text,
        sort=sort,
        sorts=SORTS,
        total=found.total,
        has_any=bool(found.kinds),
        may_change=viewer.may(Action.CHANGE_ALERTS),
        spans=list(SPANS),
        next_cursor=f"o:{offset + _SIZE}" if offset + _SIZE < found.total else None,
        previous_cursor=f"o:{max(offset - _SIZE, 0)}" if offset else None,
    )
    return show(request, "pages/monitors/list.html", context, section="monitors")


def down(viewer: Viewer) -> int:
    """How many of the viewer's monitors are down, for the rail."""
    projects = [one.pk for one in viewer.projects]
    rows = MonitorStanding.objects.filter(state=State.DOWN, monitor__is_paused=False)
    return rows.filter(monitor__project__in=projects).values("monitor").distinct().count()


def segments(shares: Sequence[Share], words: Sequence[str]) -> list[Segment]:
    """A bar: a segment for each time, in the tone of the worst that it was for a while."""
    return [
        Segment(tone=tone_of(share), words=f"{when}: {said(share)}")
        for share, when in zip(shares, words, strict=True)
    ]


def tone_of(share: Share) -> str:
    """Down for any time is shown; then degraded, up, and what is no answer at all."""
    seconds = share.seconds
    for state in (State.DOWN, State.DEGRADED, State.UP, State.MAINTENANCE, State.UNKNOWN):
        if seconds.get(state, 0) > 0:
            return str(state)
    return str(State.PAUSED) if seconds.get(State.PAUSED) else "none"


def said(share: Share) -> str:
    """`99.2 % up, down for 12 min`."""
    uptime = share.uptime
    if uptime is None:
        apart = max(share.apart, key=lambda state: share.apart[state], default=None)
        return str(apart) if apart else "not watched"
    away = share.seconds.get(State.DOWN, 0)
    return percent(uptime) + (f" up, down for {_lasted(away)}" if away else " up")


def percent(share: float | None) -> str:
    """As people read uptime: never 100 % where something was down."""
    if share is None:
        return "–"
    if share >= 1:
        return "100 %"
    text = f"{share * 100:.2f}"
    return "99.99 %" if text == "100.00" else f"{text} %"


def _row(one: MonitorRow) -> ListRow:
    number = len(one.hours)
    words = [f"{number - at} h ago" for at in range(number)]
    return ListRow(
        about=one,
        segments=segments(one.hours, words),
        uptimes=[
            (name, percent(share), share is not None and share < 0.99)
            for name, share in one.uptimes.items()
        ],
    )


def _answer(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    if not total:
        return ""
    bad = [
        f"{counts[str(state)]} {state}"
        for state in (State.DOWN, State.DEGRADED, State.UNKNOWN)
        if counts[str(state)]
    ]
    watched = total - counts[str(State.PAUSED)]
    if bad:
        return f"{', '.join(bad)} of {watched}"
    new = counts[str(State.NEW)]
    if new and new == watched:
        return "Waiting for the first result" if new == 1 else f"{new} wait for their first result"
    return "Everything is up" if watched else "Everything is paused"


def _label(kind: str) -> str:
    found = monitor_kinds().get(kind)
    return found.label if found else kind


def _lasted(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
