"""What filters would have dropped: the code that drops, over what is stored.

What present filters turned away is not stored, so a preview says what would be dropped besides.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vedette import clock
from vedette.control.stored_views import Stored, count, portions
from vedette.filters import filters, title_of
from vedette.filters._compiled import Filters, compiled, settings_of
from vedette.issues import telemetry
from vedette.issues.lookup import issue_of_group
from vedette.issues.outcomes import outcomes
from vedette.issues.shapes import Period, Scope
from vedette.items.event import ERRORS
from vedette.spans.rows import SPANS
from vedette.store.asker import asker
from vedette.store.room import Room
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

HOURS = 24
SECONDS = 4.0
MOST_SAMPLES = 5
_TABLES: tuple[Table, ...] = (ERRORS, SPANS)
# A preview computes for seconds, which all who ask share: few at once, of one person one.
PREVIEWS = Room(2, 2.0, line=4, own_line=1)
_HOUR_MICROSECONDS = 3_600_000_000
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One of what would have been dropped; `issue_id` or `trace_id` say where it is shown."""

    at: datetime
    project_id: int
    words: str
    event_id: str
    trace_id: str
    issue_id: int | None


@dataclass(slots=True, kw_only=True)
class Dropped:
    """What one filter, or one written rule, would have dropped; by kind, and some of it."""

    reason: str
    counts: Counter[str] = field(default_factory=Counter)
    samples: list[Sampled] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The filter as people read it."""
        return title_of(self.reason)

    @property
    def total(self) -> int:
        """How many."""
        return self.counts.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would have been dropped, by filter, of `looked` of the `total` that came."""

    dropped: list[Dropped]
    looked: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether all that came was looked at."""
        return self.looked >= self.total

    @property
    def sum(self) -> int:
        """How many in all."""
        return sum(one.total for one in self.dropped)


def preview(
    visible: VisibleProjects, chosen: Mapping[str, Any], *, seconds: float = SECONDS
) -> Preview:
    """What filters with these values would have dropped in the last day. Raises StoreError.

    Of streamed spans those are looked at that a service began with.
    """
    with PREVIEWS.place(asker()):
        return _look(visible, chosen, seconds)


def _look(visible: VisibleProjects, chosen: Mapping[str, Any], seconds: float) -> Preview:
    text = settings_of(chosen)
    end = clock.now() + timedelta(minutes=1)
    start = end - timedelta(hours=HOURS, minutes=1)
    judging = _Judging(visible, compiled(text) if text else Filters({}))
    until = time.monotonic() + seconds
    counts = {table.name: count(visible, table, start, end) for table in _TABLES}
    held = [table for table in _TABLES if counts[table.name]]
    for at, table in enumerate(held):
        # half of the time is for transactions, if there are any, and what errors leave of theirs
        judging.look(table, start, end, until - seconds / 2 * (len(held) - 1 - at))
    total = sum(counts.values())
    return Preview(dropped=judging.found(), looked=judging.looked, total=total)


def dropped_since(visible: VisibleProjects) -> dict[str, tuple[int, float]]:
    """Of each filter that dropped something: how much in a day, and a day of the last week."""
    now = clock.now()
    week = Period(start=now - timedelta(days=_WEEK_DAYS), end=now, label="7d")
    day = Period(start=now - timedelta(hours=HOURS), end=now, label="24h")
    of_day, of_week = (_by_filter(visible, period) for period in (day, week))
    return {name: (of_day[name], of_week[name] / _WEEK_DAYS) for name in of_week}


def _by_filter(visible: VisibleProjects, period: Period) -> Counter[str]:
    scope = Scope(visible=visible, period=period)
    counts: Counter[str] = Counter()
    for row in outcomes(scope, by=("reason",), only={"outcome": ["filtered"]}).rows:
        name = row.reason.partition(":")[0]
        if name in filters():
            counts[name] += row.quantity
    return counts


class _Judging:
    """Goes through what is stored and keeps what would have been dropped."""

    def __init__(self, visible: VisibleProjects, asked: Filters) -> None:
        self._visible = visible
        self._filters = asked
        self._dropped: dict[str, Dropped] = {}
        self.looked = 0

    def look(self, table: Table, start: datetime, end: datetime, until: float) -> None:
        """Judge the rows of a table, until there are no more or the time is over."""
        kept: list[_Waiting] = []
        for rows in portions(self._visible, table, self._filters, start, end):
            self.looked += len(rows)
            kept += filter(None, map(self._judge, rows))
            if time.monotonic() > until:
                break
        self._count(kept)

    def found(self) -> list[Dropped]:
        """What would have been dropped, in the order of the filters."""
        order = {name: at for at, name in enumerate(filters())}
        return sorted(
            self._dropped.values(),
            key=lambda one: (order[one.reason.partition(":")[0]], one.reason),
        )

    def _judge(self, row: Stored) -> _Waiting | None:
        """Note what a filter drops; what limits or written rules have to say waits."""
        if row.view is None:
            return None
        reason = self._filters.verdict(row.view)
        if not reason and row.table == SPANS.name:
            reason = self._filters.written(row.table, row.values)
        if reason:
            self._note(reason, row)
            return None
        limits = list(self._filters.limits(row.view))
        if not limits:
            self._ask_written(row)
            return None
        return _Waiting(row.without_body(), limits)

    def _ask_written(self, row: Stored) -> None:
        reason = self._filters.written(row.table, row.values) if row.table == ERRORS.name else ""
        if reason:
            self._note(reason, row)

    def _count(self, waiting: Iterable[_Waiting]) -> None:
        """Count in the order in which they came."""
        counts: Counter[tuple[object, ...]] = Counter()
        for one in sorted(waiting, key=lambda held: held.place):
            values, over = one.row.values, ""
            hour = values["received"] // _HOUR_MICROSECONDS
            for name, key, most in one.limits:
                place = (values["project_id"], name, hour, key)
                counts[place] += 1
                if counts[place] > most:
                    over = over or name
            if over:
                self._note(over, one.row)
            else:
                self._ask_written(one.row)

    def _note(self, reason: str, row: Stored) -> None:
        held = self._dropped.setdefault(reason, Dropped(reason=reason))
        held.counts[row.kind] += 1
        if len(held.samples) < MOST_SAMPLES:
            held.samples.append(self._sample(row))

    def _sample(self, row: Stored) -> Sampled:
        values, issue = row.values, None
        if row.table == ERRORS.name:
            issue = issue_of_group(self._visible, values["project_id"], values["group_id"])
        return Sampled(
            at=telemetry.moment(values["timestamp"]),
            project_id=values["project_id"],
            words=_words(row),
            event_id=values["event_id"] or "",
            trace_id=values["trace_id"] or "",
            issue_id=issue.pk if issue is not None else None,
        )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A row that limits have to count, in the order in which things came."""

    row: Stored
    limits: list[tuple[str, str, int]]

    @property
    def place(self) -> tuple[int, int]:
        return self.row.values["received"], self.row.values["timestamp"]


def _words(row: Stored) -> str:
    values = row.values
    if row.table == SPANS.name:
        return values["transaction"] or values["description"] or "a span without a name"
    parts = [text for text in (values["type"], values["value"]) if text]
    return ": ".join(parts) or values["message"] or "an error without a message"
