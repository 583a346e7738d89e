"""Tables of limits as values: how much of which kind in which span of time, and its words.

Read by the door, which keeps to them, by the page of what is used, and by alert rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

Period: TypeAlias = Literal["minute", "day", "month"]
Owner: TypeAlias = Literal["project", "organization", "installation"]

PERIODS: Final[tuple[Period, ...]] = ("minute", "day", "month")
MEGABYTE: Final = 1_000_000
_BYTES = "_mb"
COLUMNS: Final = (
    *((period, f"a {period}") for period in PERIODS),
    *((f"{period}{_BYTES}", f"MB a {period}") for period in PERIODS),
)
_QUOTA = "quota_"
_OWNERS: Final[Mapping[str, str]] = {
    "project": "of the project",
    "organization": "of the organisation",
    "installation": "of the installation",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many things, or bytes, of a category within one period of UTC."""

    category: str
    period: Period
    most: int
    is_bytes: bool = False

    @property
    def words(self) -> str:
        """As people read it: `5,000 a month`, `20 MB a day`."""
        if self.is_bytes:
            return f"{self.most / MEGABYTE:,g} MB a {self.period}"
        return f"{self.most:,} a {self.period}"


def limits_of(table: object) -> Iterator[Limit]:
    """The limits of a table as it was chosen, 0 being none; what is no table has none."""
    for category, row in table.items() if isinstance(table, Mapping) else ():
        for column, number in row.items() if isinstance(row, Mapping) else ():
            limit = _limit(str(category), str(column), number)
            if limit is not None:
                yield limit


def _limit(category: str, column: str, number: Any) -> Limit | None:
    period = column.removesuffix(_BYTES)
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if period not in PERIODS or not is_number or number <= 0:
        return None
    is_bytes = column.endswith(_BYTES)
    most = int(number * MEGABYTE) if is_bytes else int(number)
    return Limit(category, period, most, is_bytes)


def reason_of(owner: Owner, limit: Limit) -> str:
    """What is refused by it counts as, in outcomes and in answers to SDKs."""
    return f"{_QUOTA}{owner}_{limit.period}{'_bytes' if limit.is_bytes else ''}"


def words_of(reason: str) -> str:
    """The words for such a reason; "" if it is another."""
    owner, _, period = reason.removeprefix(_QUOTA).partition("_")
    span, _, unit = period.partition("_")
    if not reason.startswith(_QUOTA) or owner not in _OWNERS or span not in PERIODS:
        return ""
    return f"Quota {_OWNERS[owner]}, {'bytes ' if unit else ''}a {span}"


def begin_of(period: str, moment: float) -> int:
    """When the period began in which a moment lies; seconds since 1970."""
    if period == "minute":
        return int(moment) // 60 * 60
    if period == "hour":
        return int(moment) // 3600 * 3600
    if period == "day":
        return int(moment) // 86400 * 86400
    at = datetime.fromtimestamp(moment, UTC)
    return int(datetime(at.year, at.month, 1, tzinfo=UTC).timestamp())


def end_of(period: str, begin: int) -> int:
    """When a period ends that began then."""
    if period == "month":
        later = datetime.fromtimestamp(begin, UTC) + timedelta(days=32)
        return begin_of("month", later.timestamp())
    return begin + {"minute": 60, "hour": 3600, "day": 86400}[period]


def categories_of(limits: Iterable[Limit]) -> set[str]:
    """Those that any of them is about."""
    return {limit.category for limit in limits}
