"""Replays in which nothing went wrong go some hours after their end, where projects want it.

A replay stays that has an error, is named by one, or in which somebody wrote feedback. A turn
looks at a bounded number of replays; what is left is looked at in the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import xxhash

from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.control.effective import Effective
from vedette.issues.telemetry import micros
from vedette.items._feedback import FEEDBACK
from vedette.items._replays import REPLAYS
from vedette.items.event import ERRORS
from vedette.options import groups
from vedette.projects.models import Project
from vedette.replays.searching import total
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.run import SpoolRun
from vedette.storage.deleting import EVER, delete_rows
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope

if TYPE_CHECKING:
    from vedette.loops import House

MOST_OF_ONE = 2000  # replays of a project in one turn
_LOOKED_AT = 5  # times as many: some of them are named by errors
_DAY = 86_400_000_000
_FUTURE = timedelta(days=2)
_DELETED_SHARE = 0.3
REASON: Final = "without_errors"  # by which they are counted among the outcomes
WRITER: Final = "replays"
_CATEGORY = "replay"  # as their items are counted


class Wanted(NamedTuple):
    """A project that keeps only replays with errors, and for how many hours the others."""

    project: Project
    hours: float


def let_go(house: House, most: int = MOST_OF_ONE) -> int:
    """One turn; returns how many replays went. Raises StoreError, SpoolError, OSError."""
    gone = 0
    for wanted in _wanted(house):
        found = _without_errors(house, wanted, most)
        if not found:
            continue
        ids = list(found)
        _count(house, wanted, found)
        where = q.All(
            [
                q.Compare(q.Field("project_id"), "=", wanted.project.pk),
                q.OneOf(q.Field("replay_id"), list[q.Value](ids)),
            ]
        )
        delete_rows(house, [REPLAYS], where)
        _note(wanted, len(ids))
        gone += len(ids)
    if gone:
        house.store.rewrite(_DELETED_SHARE)
    return gone


def _wanted(house: House) -> Iterator[Wanted]:
    effective = Effective([groups()["replays"]], house.config)
    for project in Project.objects.select_related("organization"):
        values = effective.of(
            "replays", organization_id=project.organization_id, project_id=project.pk
        )
        hours = values["without_errors_hours"]
        if values["only_with_errors"] and isinstance(hours, int | float):
            yield Wanted(project, hours)


def _without_errors(house: House, wanted: Wanted, most: int) -> dict[str, int]:
    """The replays that ended before the hours, and in which nothing is known to be wrong, with
    the number of items that each came as.

    Those that stay are looked at again in every turn, so it goes on behind them.
    """
    gone: dict[str, int] = {}
    seen: set[str] = set()
    since = -EVER
    while len(gone) < most:
        found = _ended(house, wanted, most * _LOOKED_AT, since)
        items = {one: count for one, _, count in found if one not in seen}
        if not items:
            break
        ids = list(items)
        named = _named(house, wanted, ERRORS.name, ids) | _named(house, wanted, FEEDBACK.name, ids)
        left = most - len(gone)
        gone |= dict([one for one in items.items() if one[0] not in named][:left])
        seen.update(ids)
        since = found[-1][1]
    return gone


def _ended(house: House, wanted: Wanted, limit: int, since: int) -> list[list[Any]]:
    """Id, last moment and number of items of those that ended before the hours without an error,
    from a moment on."""
    now = clock.now()
    until = micros(now - timedelta(hours=wanted.hours))
    select = q.Select(
        projects=_only(wanted),
        table=REPLAYS.name,
        columns={
            "replay_id": q.Field("replay_id"),
            "ended": q.call("max", q.TIME),
            "items": q.count(),
        },
        having=[
            q.Compare(q.call("max", q.Field("received")), "<", until),
            q.Compare(total("errors"), "=", 0),
            q.Compare(q.call("max", q.TIME), ">=", since),
        ],
        group_by=["replay_id"],
        order_by=[q.Order("ended"), q.Order("replay_id")],
        start=-EVER,
        end=micros(now + _FUTURE),
        limit=limit,
    )
    return house.store.query(select).rows


def _named(house: House, wanted: Wanted, table: str, ids: Sequence[str]) -> set[str]:
    select = q.Select(
        projects=_only(wanted),
        table=table,
        columns={"replay_id": q.Field("replay_id")},
        where=[q.OneOf(q.Field("replay_id"), list[q.Value](ids))],
        group_by=["replay_id"],
        start=-EVER,
        end=EVER,
        limit=len(ids),
    )
    return {row[0] for row in house.store.query(select).rows}


def _only(wanted: Wanted) -> VisibleProjects:
    return VisibleProjects.of_system().only([wanted.project.pk])


def _count(house: House, wanted: Wanted, found: dict[str, int]) -> None:
    """Count them among the outcomes, each on its own: after a kill it is the same delivery, with
    whatever others it goes then."""
    now = clock.timestamp()
    with SpoolRun(house.spool_folder / WRITER) as spool:
        spool.append([_counted(wanted, now, *one) for one in found.items()])


def _counted(wanted: Wanted, now: float, replay_id: str, items: int) -> tuple[bytes, bytes]:
    entry = {"reason": REASON, "category": _CATEGORY, "quantity": items}
    report = msgspec.json.encode({"timestamp": now, "filtered_events": [entry]})
    body = build_envelope({}, [({"type": "client_report"}, report)])
    name = f"{wanted.project.pk} {REASON} {replay_id} {items}"
    meta = Meta(
        wanted.project.pk,
        now,
        inflated_bytes=len(body),
        delivery=xxhash.xxh3_128_hexdigest(name.encode()),
    )
    return encode_meta(meta), body


def _note(wanted: Wanted, count: int) -> None:
    words = "1 replay" if count == 1 else f"{count} replays"
    AuditEntry.objects.create(
        organization=wanted.project.organization,
        who="Vedette",
        what=f"{wanted.project.slug}: {words} without errors went after {wanted.hours:g} hours",
        via="setting",
    )
