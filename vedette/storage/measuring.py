"""Sums of what is stored, day by day: a day is looked at again only where it has changed.

What the store's books say costs nothing; kept categories and the bytes of blobs are asked of
the day's file, and of a day that changes all the time no more often than is cheap.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette import clock
from vedette.items._columns import blob_columns
from vedette.items._kept import KEPT_ITEMS
from vedette.items._stocks import stocks
from vedette.storage.folders import DATABASE, FolderSizes
from vedette.storage.sums import Sums, Use, read_sums
from vedette.store import query as q
from vedette.store.engine import FileSize, Store, Usage
from vedette.store.errors import StoreError
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

log = logging.getLogger("vedette.storage")

_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_MOST_HOURS = 24 * 100
_MOST_SHARE = 20  # a day that changes is looked at for at most a twentieth of the time
_EVER = 1 << 62
_MOST_GIVEN_UP = 200
_Place = tuple[int, str]  # project, stock


class Measuring:
    """Measures one data folder. Safe for threads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turn = threading.Lock()
        self.folders = FolderSizes(house.config.data)
        self._days: dict[tuple[str, date], tuple[object, list[Use]]] = {}
        self._again_at: dict[tuple[str, date], float] = {}
        self._last = read_sums(house.config) or Sums()

    @property
    def store(self) -> Store:
        """What it measures."""
        return self._house.store

    @property
    def last(self) -> Sums:
        """What was measured last, by an earlier process perhaps."""
        return self._last

    def look_again(self, day: int) -> None:
        """Something of a day (since 1970) was deleted: it is looked at anew."""
        for key in [key for key in self._again_at if key[1].toordinal() - _EPOCH == day]:
            self._again_at.pop(key, None)

    def measure(self) -> Sums:
        """Everything as it is now. Raises StoreError, OSError."""
        with self._turn:
            return self._measure()

    def _measure(self) -> Sums:
        sizes = {(one.retention, one.day): one for one in self._house.store.file_sizes()}
        by_file: dict[tuple[str, date], list[Usage]] = defaultdict(list)
        retention_of = {stock.table.name: str(stock.table.retention) for stock in stocks().values()}
        for usage in self._house.store.usage():
            if usage.table in retention_of:
                by_file[retention_of[usage.table], usage.day].append(usage)
        self._days = {key: held for key, held in self._days.items() if key in by_file}
        uses = [
            one
            for key, found in by_file.items()
            for one in self._day(key, sizes.get(key) or FileSize(*key, 0, 0.0), found)
        ]
        disk = shutil.disk_usage(self._house.config.data)
        parts = self.folders.parts()
        self._last = Sums(
            at=clock.timestamp(),
            uses=uses,
            parts=parts,
            dead_bytes=sum(int(one.disk_bytes * one.dead_share) for one in sizes.values()),
            growth=_grown(self._last.growth, sum(parts.values())),
            disk_bytes=disk.total,
            disk_free_bytes=disk.free,
            most_bytes=self._last.most_bytes,
            keep_free_bytes=self._last.keep_free_bytes,
            given_up=self._last.given_up[-_MOST_GIVEN_UP:],
        )
        return self._last

    def _day(self, key: tuple[str, date], size: FileSize, found: list[Usage]) -> Iterable[Use]:
        signature = (size, tuple(found))
        held = self._days.get(key)
        if held is not None and (
            held[0] == signature or time.monotonic() < self._again_at.get(key, 0.0)
        ):
            return held[1]
        started = time.monotonic()
        try:
            uses = list(self._look(key[1], size, found))
        except StoreError as error:
            log.warning("what %s takes cannot be told now: %s", key[1], error)
            return held[1] if held is not None else []
        self._days[key] = (signature, uses)
        cost = time.monotonic() - started
        self._again_at[key] = time.monotonic() + cost * _MOST_SHARE
        return uses

    def _look(self, day: date, size: FileSize, found: list[Usage]) -> Iterator[Use]:
        number = day.toordinal() - _EPOCH
        live = sum(one.bytes for one in found) or 1
        on_disk = size.disk_bytes * (1 - size.dead_share)
        rows: dict[_Place, int] = defaultdict(int)
        weights: dict[_Place, float] = defaultdict(float)
        blobs: dict[_Place, int] = defaultdict(int)
        for usage in found:
            share = usage.bytes / live
            if usage.table == KEPT_ITEMS.name:
                continue
            rows[usage.project_id, usage.table] += usage.rows
            weights[usage.project_id, usage.table] += share
        for table in {usage.table for usage in found}:
            self._look_for_blobs(table, number, rows, weights, blobs)
        kept = sum(one.bytes for one in found if one.table == KEPT_ITEMS.name) / live
        _scale_kept(weights, kept)
        for place, count in rows.items():
            yield Use(number, *place, count, int(on_disk * weights[place]), blobs.get(place, 0))

    def _look_for_blobs(
        self,
        name: str,
        day: int,
        rows: dict[_Place, int],
        weights: dict[_Place, float],
        blobs: dict[_Place, int],
    ) -> None:
        """Add the blobs that a table's rows of a day name; of kept items the rows besides."""
        table = next(one.table for one in stocks().values() if one.table.name == name)
        for column in blob_columns(table):
            for project, category, blob, count, size in self._ask(table, column, day):
                place = (project or 0, f"kept_{category}" if table is KEPT_ITEMS else name)
                if table is KEPT_ITEMS:
                    rows[place] += count
                    weights[place] += count * 300 + (0 if blob else size or 0)
                if blob:
                    blobs[place] += self._house.blobs.size(blob)

    def _ask(self, table: Table, column: str, day: int) -> Iterator[list[Any]]:
        """Project, category, blob, rows and their bytes; the last of kept items alone."""
        columns: dict[str, q.Expression] = {
            "project": q.Field("project_id"),
            "category": q.Field("category"),
            "blob": q.Field(column),
            "n": q.count(),
            "size": q.call("sum", q.Field("size_bytes")),
        }
        is_kept = table is KEPT_ITEMS
        if not is_kept:
            columns = {name: columns[name] for name in ("project", "blob", "n")}
        select = q.Select(
            projects=VisibleProjects.of_system(),
            table=table.name,
            columns=columns,
            where=[] if is_kept else [q.Present(q.Field(column))],
            group_by=[name for name in columns if name not in ("n", "size")],
            start=day * _DAY,
            end=(day + 1) * _DAY,
            limit=_EVER,
        )
        for row in self._house.store.query(select).rows:
            yield row if is_kept else [row[0], "", *row[1:], 0]


def _scale_kept(weights: dict[_Place, float], share: float) -> None:
    """Kept categories share what their table takes by the bytes of their items."""
    kept = [place for place in weights if place[1].startswith("kept_")]
    total = sum(weights[place] for place in kept) or 1.0
    for place in kept:
        weights[place] *= share / total


def _grown(growth: list[tuple[int, int]], total: int) -> list[tuple[int, int]]:
    """The bytes by hour, with those of now."""
    hour = int(clock.timestamp()) // 3600
    before = [one for one in growth if one[0] < hour]
    return [*before[-_MOST_HOURS:], (hour, total)]


def add_database(sums: Sums) -> None:
    """Count a database that does not lie in the folder. Raises what it does where it is away."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            sums.parts[DATABASE] = sums.parts.get(DATABASE, 0) + cursor.fetchone()[0]


_measurings: dict[Path, Measuring] = {}  # by data folder: loops share what one has seen
_lock = threading.Lock()


def of(house: House) -> Measuring:
    """The measuring of a data folder that all loops share."""
    with _lock:
        found = _measurings.get(house.config.data)
        if found is None or found.store is not house.store:
            found = _measurings[house.config.data] = Measuring(house)
        return found
