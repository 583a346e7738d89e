"""One page of a list of the metadata, for lists that may have thousands of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from vedette.issues.cursors import read_offset

Row = TypeVar("Row", bound=Model)

_ROWS = 50
_MOST_SKIPPED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Row]):
    """Some rows and the cursors of the pages beside them, for `components/pager.html`."""

    rows: list[Row]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def listed(request: HttpRequest, found: QuerySet[Row], *, most: int = _ROWS) -> Listed[Row]:
    """The rows at the request's `cursor`. Raises BadQuery for one that no list gave."""
    offset = min(read_offset(request.GET.get("cursor")), _MOST_SKIPPED)
    rows = list(found[offset : offset + most + 1])
    return Listed(
        rows=rows[:most],
        next_cursor=f"o:{offset + most}" if len(rows) > most else None,
        previous_cursor=f"o:{max(0, offset - most)}" if offset else None,
    )
