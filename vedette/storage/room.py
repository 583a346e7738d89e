"""The installation never fills its disk: what is worth least goes before there is no room.

Looked at every few seconds. Nothing is asked of the database here that a full disk would not
let it answer: the bounds are those that were known last, and the sums are the store's books.
"""

from __future__ import annotations

import logging
import shutil
import time
from typing import TYPE_CHECKING, NamedTuple

from vedette import clock
from vedette.config import Config
from vedette.items._stocks import Layer, Stock
from vedette.loops import _blobs
from vedette.storage import measuring
from vedette.storage.deleting import EVER, rows_of
from vedette.storage.limits import GB
from vedette.storage.sums import write_sums
from vedette.storage.turns import Turn, turns
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

log = logging.getLogger("vedette.storage")

_DAY = 86_400_000_000
_BUCKET_SECONDS = 10
_BEGINS_AT = 0.9  # of the bound, so that what comes meanwhile still has room
_ENDS_AT = 0.8
_REWRITE_SHARE = 0.2
_SMALL_DISK_SHARE = 0.1
_MOST_SPARED = 100_000
_YOUNG_SECONDS = 5.0  # whoever mends rows puts bytes first, and names them a moment later
_AT_ONCE = 1000


class Bounds(NamedTuple):
    """How large the data folder may be, and how much stays free; 0 is no bound."""

    most_bytes: int
    free_bytes: int


class Given(NamedTuple):
    """What a turn came to."""

    stock: str
    rows: int
    bytes: int


def load_bounds(config: Config) -> Bounds:
    """What is set now. Raises what the database does where it is away."""
    from vedette.control.choosing import resolved_at
    from vedette.control.places import Place
    from vedette.options import groups
    from vedette.options._resolving import values

    chosen = values(resolved_at(Place(), groups()["disk"], config))
    disk = shutil.disk_usage(config.data).total
    free = min(float(chosen["free_gb"]) * GB, disk * _SMALL_DISK_SHARE)  # type: ignore[arg-type]
    return Bounds(int(float(chosen["most_gb"]) * GB), int(free))  # type: ignore[arg-type]


def over_the_bound(size: int, bounds: Bounds) -> int:
    """How much has to go for the folder to be well below its bound; 0 while it is."""
    if not bounds.most_bytes or size < bounds.most_bytes * _BEGINS_AT:
        return 0
    return int(size - bounds.most_bytes * _ENDS_AT)


def short_of_free(config: Config, bounds: Bounds) -> int:
    """How much has to go for the disk to be well above what stays free; 0 while it is."""
    free = shutil.disk_usage(config.data).free
    return 0 if free >= bounds.free_bytes else int(bounds.free_bytes * 1.1 - free)


def make_room(house: House, needed: int, *, before_day: int | None = None) -> list[Given]:
    """Give up so many bytes, nothing of `before_day` (since 1970) or later.

    Returns what went, which may be less than is needed. Raises StoreError, OSError.
    """
    measured = measuring.of(house)
    given: list[Given] = []
    names: set[str] = set()
    freed = sum(dead for dead, _ in _dead(house))  # the room of what is gone comes first
    for turn in turns(measured.measure().uses):
        if freed >= needed:
            break
        if before_day is not None and turn.day >= before_day:
            continue
        rows, size = _give_up(house, turn, needed - freed, names)
        freed += size
        if rows:
            measured.look_again(turn.day)
            given.append(Given(turn.stock.name, rows, size))
    in_blobs = sum(house.blobs.size(name) for name in names)
    remove_blobs(house, names)
    house.store.rewrite(_share_that_frees(house, needed - in_blobs))
    for one in given:
        log.warning("%d rows of %s were given up for room: %d bytes", one.rows, *one[::2])
    if freed < needed:
        log.error("%d bytes are needed and nothing is left that may be given up", needed - freed)
    return given


def _dead(house: House) -> list[tuple[int, float]]:
    """Bytes that writing a file anew would free, and their share of it: of files of which there is
    room for a copy, those of which most is dead first."""
    free = shutil.disk_usage(house.config.data).free
    found = [
        (int(one.disk_bytes * one.dead_share), one.dead_share)
        for one in house.store.file_sizes()
        if one.dead_share > 0 and one.can_be_copied(free)
    ]
    return sorted(found, key=lambda one: one[1], reverse=True)


def _share_that_frees(house: House, needed: int) -> float:
    """The share of dead bytes from which on files are written anew to free so much.

    No more than is needed is copied; less than that would have the next look give up more.
    """
    share, freed = _REWRITE_SHARE, 0
    for dead, share_of_file in _dead(house):
        if freed >= needed:
            break
        share = min(share, share_of_file)
        freed += dead
    return share


def remove_blobs(house: House, names: set[str]) -> None:
    """Delete those of the blobs that no row names, also none that comes in meanwhile.

    What somebody wrote a moment ago stays for now. Raises StoreError, OSError.
    """
    found = sorted(names)
    for first in range(0, len(found), _AT_ONCE):
        some = set(found[first : first + _AT_ONCE])
        with house.owner.noting_blobs() as named_meanwhile:
            unnamed = some - _blobs.still_named(house, some)
            with house.owner.pausing():
                before = time.time() - _YOUNG_SECONDS
                house.blobs.remove(unnamed - named_meanwhile, before=before)


def _give_up(house: House, turn: Turn, needed: int, names: set[str]) -> tuple[int, int]:
    """Delete what a turn is about, no more than is needed; returns rows and bytes."""
    start, end = turn.day * _DAY, (turn.day + 1) * _DAY
    where = rows_of(turn.stock, None, *_spared(house, turn.stock, turn.layer, start, end))
    if turn.bytes > needed:
        end = _moment(house, turn, where, needed)
    try:
        names |= _blobs.note_rows(house, [turn.stock.table], where, start, end)
    except OSError as error:  # what is not noted goes with its retention at the latest
        log.warning("the bytes of %s cannot be noted: %s", turn.stock.name, error)
    count = house.store.delete([turn.stock.table.name], where, start, end)
    return count, turn.bytes * count // turn.rows if turn.rows else 0


def _spared(house: House, stock: Stock, layer: Layer, start: int, end: int) -> list[q.Condition]:
    """The conditions that let stay what a kind gives up last."""
    if layer is Layer.REST:
        return []
    found: list[q.Condition] = []
    if stock.precious is not None:
        found.append(q.Not(stock.precious))
    if stock.spares:
        found.append(q.Not(q.OneOf(q.Field("event_id"), _newest_of_each(house, stock, start, end))))
    return found


def _newest_of_each(house: House, stock: Stock, start: int, end: int) -> list[q.Value]:
    """The ids of the rows of a time after which their value of the column has none."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=stock.table.name,
        columns={
            "project": q.Field("project_id"),
            "of": q.Field(stock.spares),
            "at": q.call("max", q.TIME),
            "id": q.call("last", q.Field("event_id"), q.TIME),
        },
        where=list(stock.conditions),
        group_by=["project", "of"],
        start=start,
        end=EVER,
        limit=_MOST_SPARED,
    )
    rows = house.store.query(select).rows
    return [event_id for _, of, at, event_id in rows if of is not None and at < end]


def _moment(house: House, turn: Turn, where: q.Condition, needed: int) -> int:
    """The end of the first seconds of a day in which as much lies as is needed."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=turn.stock.table.name,
        columns={"at": q.bucket(_BUCKET_SECONDS), "n": q.count()},
        where=[where],
        group_by=["at"],
        order_by=[q.Order("at")],
        start=turn.day * _DAY,
        end=(turn.day + 1) * _DAY,
    )
    left = turn.rows * needed / turn.bytes
    for at, count in house.store.query(select).rows:
        left -= count
        if left <= 0:
            return (int(at) + _BUCKET_SECONDS) * q.MICROSECONDS
    return (turn.day + 1) * _DAY


def note_sums(house: House, bounds: Bounds) -> None:
    """Add up what has changed, and let others read it. Raises StoreError, OSError."""
    sums = measuring.of(house).measure()
    sums.most_bytes, sums.keep_free_bytes = bounds
    measuring.add_database(sums)
    write_sums(house.config, sums)


def today() -> int:
    """The day of now, since 1970."""
    return int(clock.timestamp() // 86400)
