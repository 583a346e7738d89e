"""What is beyond its days, bytes or count goes: whole days as files, the rest as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vedette import clock
from vedette.items._stocks import Stock, stocks
from vedette.storage.deleting import delete_rows, rows_of
from vedette.storage.limits import Limit, Limits
from vedette.storage.sums import Use
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

DAY = 86_400_000_000
_BUCKET_SECONDS = 60
_REWRITE_SHARE = 0.3
_AT_ONCE = 500


class Cut(NamedTuple):
    """Rows of a kind of a project before `end` (microseconds) go; `rows` and `bytes` of them."""

    project_id: int
    stock: Stock
    end: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """The days of one kind of one project, the newest first."""

    project_id: int
    stock: Stock
    days: list[Use]


def enforce(house: House, limits: Limits, uses: Iterable[Use]) -> int:
    """Delete what is beyond the limits; returns how many rows. Raises StoreError, OSError."""
    together: dict[tuple[str, int], list[int]] = defaultdict(list)
    for cut in cuts(limits, uses, lambda kind, day, most: _moment(house, kind, day, most)):
        together[cut.stock.name, cut.end].append(cut.project_id)
    count = 0
    for (name, end), projects in together.items():
        stock = stocks()[name]
        for first in range(0, len(projects), _AT_ONCE):
            where = rows_of(stock, projects[first : first + _AT_ONCE])
            count += delete_rows(house, [stock.table], where, end=end)
    if count:
        house.store.rewrite(_REWRITE_SHARE)
    return count


def cuts(limits: Limits, uses: Iterable[Use], moment: Moment) -> Iterator[Cut]:
    """What limits would have deleted now; `moment` finds where within a day it ends."""
    today = int(clock.timestamp() // 86400)
    for kind in _kinds(uses):
        limit = limits.of(kind.project_id, kind.stock)
        cut = _cut(kind, limit, today, moment)
        if cut is not None:
            yield cut


class Moment(Protocol):
    """Called with a kind, one of its days and how many of its newest rows stay; gives the time."""

    def __call__(self, kind: _Kind, day: Use, most_rows: int) -> int:  # noqa: D102
        ...


def evenly(kind: _Kind, day: Use, most_rows: int) -> int:
    """As if the rows of the day had come evenly: for forecasts, which ask nobody."""
    share = most_rows / day.rows if day.rows else 0.0
    return day.day * DAY + int(DAY * (1 - min(share, 1.0)))


def _cut(kind: _Kind, limit: Limit, today: int, moment: Moment) -> Cut | None:
    """The latest end of what days, bytes and count let go of."""
    end = (today - limit.days) * DAY
    rows_left = limit.most_rows or (1 << 62)
    bytes_left = limit.most_bytes or (1 << 62)
    for day in kind.days:
        if day.rows > rows_left or day.total > bytes_left:
            by_bytes = int(day.rows * bytes_left / day.total) if day.total else day.rows
            end = max(end, moment(kind, day, max(min(rows_left, by_bytes), 0)))
            break
        rows_left -= day.rows
        bytes_left -= day.total
    gone = [_part(day, end) for day in kind.days]
    rows, size = sum(rows for rows, _ in gone), sum(size for _, size in gone)
    return Cut(kind.project_id, kind.stock, end, rows, size) if rows else None


def _part(day: Use, end: int) -> tuple[int, int]:
    """The rows and bytes of a day before a moment, taken as spread evenly."""
    share = min(max((end - day.day * DAY) / DAY, 0.0), 1.0)
    return round(day.rows * share), round(day.total * share)


def _kinds(uses: Iterable[Use]) -> Iterator[_Kind]:
    held: dict[tuple[int, str], list[Use]] = defaultdict(list)
    for one in uses:
        held[one.project_id, one.stock].append(one)
    for (project_id, name), days in held.items():
        if name in stocks():
            days.sort(key=lambda one: one.day, reverse=True)
            yield _Kind(project_id, stocks()[name], days)


def _moment(house: House, kind: _Kind, day: Use, most_rows: int) -> int:
    """The start of the first minute of a day since which there are no more rows than stay."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=kind.stock.table.name,
        columns={"at": q.bucket(_BUCKET_SECONDS), "n": q.count()},
        where=[rows_of(kind.stock, [kind.project_id])],
        group_by=["at"],
        order_by=[q.Order("at", True)],
        start=day.day * DAY,
        end=(day.day + 1) * DAY,
    )
    left = most_rows
    for at, count in house.store.query(select).rows:
        if count > left:
            return (int(at) + _BUCKET_SECONDS) * q.MICROSECONDS
        left -= count
    return day.day * DAY
