"""Reading the cursors that lists give out; what no list gave is refused in words."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from vedette.issues import telemetry
from vedette.store.errors import BadQuery

_PLACE = re.compile(r"([np]):([0-9]{1,17}):([0-9]{1,18})\Z")
_OFFSET = re.compile(r"o:([0-9]{1,9})\Z")
_EVENT = re.compile(r"([0-9]{1,17}):([0-9a-f]{32})\Z")


class Place(NamedTuple):
    """A row of a list of issues by time; `is_backwards` asks for what comes before it."""

    is_backwards: bool
    at: datetime
    pk: int


def read_place(cursor: str | None) -> Place | None:
    """The row that a cursor names; None for none, and for one of a list in another order."""
    if not cursor or _OFFSET.match(cursor):
        return None
    found = _PLACE.match(cursor)
    if found is None:
        raise BadQuery("the cursor was not given by this list")
    return Place(found[1] == "p", telemetry.moment(int(found[2])), int(found[3]))


def read_offset(cursor: str | None) -> int:
    """How many rows a cursor skips; none for one of a list in another order."""
    if not cursor or _PLACE.match(cursor):
        return 0
    found = _OFFSET.match(cursor)
    if found is None:
        raise BadQuery("the cursor was not given by this list")
    return int(found[1])


def read_event(cursor: str | None) -> tuple[int, str] | None:
    """Time and id of the event that a cursor names."""
    if not cursor:
        return None
    found = _EVENT.match(cursor)
    if found is None:
        raise BadQuery("the cursor was not given by this list")
    return int(found[1]), found[2]
