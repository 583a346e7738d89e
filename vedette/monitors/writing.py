"""Standings and intervals are written in statements for many rows: there is one a check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.db import connection

from vedette.monitors.models import MonitorStanding, StateInterval
from vedette.uptime.changes import Change
from vedette.uptime.standing import Standing, write_standing

if TYPE_CHECKING:
    from vedette.monitors.sitting import Held

_COLUMNS: Final = (
    *("state", "since", "is_verifying", "is_flapping", "suppressed_by_id", "standing", "due_at"),
)
_LAST: Final = (*("last_at", "last_outcome", "last_reason", "last_text", "last_ms", "last_status"),)
_encode = msgspec.json.Encoder().encode


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last result in short."""

    at: float
    outcome: str
    reason: str
    text: str
    ms: float | None
    status: int | None


def kept(standing: Standing) -> dict[str, Any]:
    """As it lies in its row."""
    return write_standing(standing)


def write_standings(changed: Sequence[Held]) -> None:
    """All of these, in the order given."""
    plain = [_values(held) for held in changed if held.last is None]
    checked = [_values(held) for held in changed if held.last is not None]
    with connection.cursor() as cursor:
        if plain:
            cursor.executemany(_update(_COLUMNS), plain)
        if checked:
            cursor.executemany(_update((*_COLUMNS, *_LAST)), checked)


def write_intervals(changed: Sequence[Held]) -> None:
    """The changes of state of each, one after the other."""
    for held in changed:
        for change, _ in held.changes:
            if change.before is not change.after:
                _turn(held.id, change)


def open_interval(standing_id: int, standing: Standing) -> None:
    """The first one."""
    StateInterval.objects.create(
        standing_id=standing_id, state=standing.shown, began=_ms(standing.since)
    )


def _turn(standing_id: int, change: Change) -> None:
    """End the open interval and begin the next; one that would last no time is replaced."""
    at = _ms(change.at)
    rows = StateInterval.objects.filter(standing=standing_id, ended=None)
    if rows.filter(began__gte=at).update(state=change.after):
        return
    rows.update(ended=at)
    StateInterval.objects.create(standing_id=standing_id, state=change.after, began=at)


def _update(columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in columns)
    table = quote(MonitorStanding._meta.db_table)
    return f"UPDATE {table} SET {sets} WHERE {quote('id')} = %s"  # noqa: S608 - names of ours


def _values(held: Held) -> list[Any]:
    standing, last = held.standing, held.last
    values: list[Any] = [
        str(standing.shown),
        _time(standing.since),
        standing.is_verifying,
        standing.is_flapping,
        standing.suppressed_by,
        _encode(standing).decode(),
        _time(_due(held)),
    ]
    if last is not None:
        values += [
            *(_time(last.at), last.outcome, last.reason[:64], last.text[:400]),
            *(last.ms, last.status),
        ]
    return [*values, held.id]


def _due(held: Held) -> float | None:
    """When nothing will be known any more; None where that is not found by the clock."""
    standing = held.standing
    is_asked = held.monitor.policy.is_asked
    if not is_asked or not standing.known_at or standing.is_stalled or standing.is_paused:
        return None
    return standing.known_at + held.monitor.policy.stalled_after


def _time(seconds: float | None) -> Any:
    if seconds is None:
        return None
    return connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(seconds, UTC))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
