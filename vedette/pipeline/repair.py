"""Events that lacked their source map are read again when it has come.

A stored event is taken back to how it was sent, read through the maps of today, and put in its
own place if more of its frames are readable than before: the same row, in the same group. What
the new reading would be grouped as is told to the metadata first, which lets that group lead to
the event's issue; so nothing is counted anew, and whatever is repeated changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import zstandard

from vedette.blobs import BlobFolder
from vedette.items import INLINE_BYTES
from vedette.items.event import ERRORS
from vedette.pipeline import enrich as enrichment
from vedette.pipeline.grouping import Grouping, Title, group_and_name
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, TooCostly, decode_remarks, encode_remarks, meta
from vedette.pipeline.steps import group_number
from vedette.sourcemaps.stacks import SCRIPT_PLATFORMS, Stacks
from vedette.sourcemaps.symbolicator import Place, Symbolicator
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects
from vedette.symbols.reader import SymbolReader
from vedette.wire.event import decode_event

PORTION = 200
_COLUMNS = tuple(column.name for column in ERRORS.all_columns)


class Window(NamedTuple):
    """Events of a project between two times (microseconds), the end excluded.

    Of the end's own moment those are left whose ids come after `after`, where that is given.
    """

    project_id: int
    start: int
    end: int
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """An event that can be read now: its group, the one it would be in, and what it is called."""

    project_id: int
    event_id: str
    timestamp: int
    group_id: int
    new_group_id: int
    grouping: Grouping
    title: Title
    row: dict[str, Any]


class _Again(NamedTuple):
    """An event that was read again, and how many of its frames can and cannot be read."""

    payload: bytes
    readable: int
    unread: int


class Repairer:
    """Reads stored events again. For one thread. Raises StoreError and OSError."""

    def __init__(
        self,
        store: Store,
        blobs: BlobFolder,
        readers: tuple[Symbolicator, SymbolReader],
        scrubber: Scrubber,
    ) -> None:
        self._store = store
        self._scrubber = scrubber
        self._blobs = blobs
        self._symbolicator, self._symbols = readers
        self._codec = PayloadCodec()

    def portion(self, window: Window) -> list[dict[str, Any]]:
        """The newest events that may lack a map or a debug file, at most PORTION of them."""
        field = q.Field("unread")
        select = q.Select(
            projects=VisibleProjects.of_system().only([window.project_id]),
            table=ERRORS.name,
            columns={name: q.Field(name) for name in _COLUMNS},
            where=[
                q.Either(
                    [
                        q.All(
                            [
                                q.OneOf(
                                    q.Field("platform"), list[q.Value](sorted(SCRIPT_PLATFORMS))
                                ),
                                q.Not(q.Present(field)),
                            ]
                        ),
                        q.Compare(field, ">", 0),
                    ]
                ),
                *_left(window),
            ],
            order_by=[q.Order("timestamp", descending=True), q.Order("event_id")],
            start=window.start,
            end=window.end + bool(window.after),
            limit=PORTION,
        )
        return self._store.query(select).dicts()

    def is_read(self, window: Window, groups: Sequence[int]) -> bool:
        """Whether every event of these groups in the window has the maps that it needs."""
        field = q.Field("unread")
        select = q.Select(
            projects=VisibleProjects.of_system().only([window.project_id]),
            table=ERRORS.name,
            columns={"events": q.count()},
            where=[
                q.OneOf(q.Field("group_id"), list[q.Value](groups)),
                q.Either([q.Not(q.Present(field)), q.Compare(field, ">", 0)]),
            ],
            start=window.start,
            end=window.end,
        )
        return not self._store.query(select).rows[0][0]

    def read(self, rows: Iterable[dict[str, Any]], place: Place) -> Iterator[Repaired]:
        """Those of the events of which more can be read now; nothing is written yet."""
        for row in rows:
            found = self._read(row, place)
            if found is not None:
                yield found

    def write(self, repaired: Iterable[Repaired]) -> None:
        """Put the events in their places, whole or not at all."""
        rows = Rows(ERRORS)
        for one in repaired:
            body = one.row.pop("payload")
            packed = self._codec.compress(body)
            is_large = len(packed) > INLINE_BYTES
            one.row["body_blob"] = self._blobs.put(packed) if is_large else None
            one.row["body"] = None if is_large else packed
            rows.add(one.row)
        if len(rows):
            self._store.replace(ERRORS.name, ["project_id", "event_id"], rows)

    def _again(self, payload: bytes, place: Place) -> _Again | None:
        """An event, as it was sent, through the maps and debug files of today."""
        maps = self._symbolicator.read(payload, place)
        if maps is not None:
            payload = maps.payload
        symbols = self._symbols.read(payload, place.project_id, place.version)
        if maps is None and symbols is None:
            return None
        held = [one for one in (maps, symbols) if one is not None]
        return _Again(
            payload=symbols.payload if symbols is not None else payload,
            readable=sum(one.readable for one in held),
            unread=sum(one.unread for one in held),
        )

    def _read(self, row: dict[str, Any], place: Place) -> Repaired | None:
        body = row["body"] if row["body"] is not None else self._blobs.get(row["body_blob"] or "")
        try:
            payload = self._codec.restore(body or b"")
            remarks = decode_remarks(row["remarks"] or b"")
            stacks = Stacks(payload, meta(payload, remarks) if remarks else None)
        except (zstandard.ZstdError, msgspec.DecodeError, ValueError):
            return None
        before = stacks.undo()
        own = place._replace(release=row["release"] or "", dist=row["dist"] or "")
        reading = self._again(stacks.encode(), own)
        if reading is None or reading.readable <= before:
            return None
        try:
            scrubbed = self._scrubber.scrub(reading.payload)
            event = decode_event(scrubbed.payload)
        except (TooCostly, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None  # it was stored in spite of what is wrong with it, and stays as it is
        grouping, title = group_and_name(event)
        changes = {
            **enrichment.named(event, title),
            "unread": reading.unread,
            "remarks": encode_remarks(scrubbed.remarks) or None,
            "size_bytes": len(scrubbed.payload),
            "payload": scrubbed.payload,
        }
        return Repaired(
            project_id=row["project_id"],
            event_id=row["event_id"],
            timestamp=row["timestamp"],
            group_id=row["group_id"],
            new_group_id=group_number(grouping.key, row["project_id"]),
            grouping=grouping,
            title=title,
            row={**row, **changes},
        )


def _left(window: Window) -> list[q.Condition]:
    """What is left of the moment at which a window ends."""
    if not window.after:
        return []
    before = q.Compare(q.Field("timestamp"), "<", window.end)
    same = q.Compare(q.Field("timestamp"), "=", window.end)
    return [
        q.Either([before, q.All([same, q.Compare(q.Field("event_id"), ">", window.after)])]),
    ]
