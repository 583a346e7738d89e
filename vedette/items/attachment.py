"""Files that came with an event; the bytes lie in the blob store."""

from __future__ import annotations

from typing import NamedTuple

from vedette.crashes.unreal import NoContainer, unpack_container
from vedette.items import Blob, Effects, ItemKind, PayloadForm, RawItem, Row, Worth
from vedette.items._columns import integer, text, time, uuid
from vedette.outcome import Drop, DropReason
from vedette.store.table import Table
from vedette.wire.envelope import build_envelope, new_event_id

ATTACHMENTS = Table(
    name="attachments",
    columns=(
        *integer("project_id", "size_bytes"),
        *uuid("event_id"),
        *time("received"),
        *text("attachment_id", "name", "content_type", "attachment_type", "blob"),
    ),
)


def read(item: RawItem) -> Effects | Drop:
    """A row that names the file, and its bytes; of an Unreal container, of each file in it."""
    if not item.meta.event_id:
        return Drop(DropReason.INVALID_ITEM, "attachment_without_event")
    effects = Effects(rows=[], blobs=[])
    for file in _files(item):
        row = _row(item, file)
        effects.rows.append(row)
        effects.blobs.append(Blob(row, "blob", file.data))
    return effects


class _File(NamedTuple):
    name: str
    content_type: str
    attachment_type: str
    data: bytes


def _files(item: RawItem) -> list[_File]:
    header = item.header
    if "unreal" in (header.attachment_type or header.type):
        try:
            packed = unpack_container(item.payload)
        except NoContainer:
            packed = []  # kept as it came
        if packed:
            return [_File(one.name, "", one.kind, one.data) for one in packed]
    own = (header.filename or "", header.content_type or "", header.attachment_type or "")
    return [_File(*own, item.payload)]


def _row(item: RawItem, file: _File) -> Row:
    received = int(item.meta.received * 1_000_000)
    return Row(
        ATTACHMENTS,
        {
            "project_id": item.meta.project_id,
            "event_id": item.meta.event_id,
            "timestamp": received,
            "received": received,
            "attachment_id": new_event_id(),
            "name": _safe_name(file.name),
            "content_type": (file.content_type or "application/octet-stream")[:128],
            "attachment_type": (file.attachment_type or "event.attachment")[:64],
            "size_bytes": len(file.data),
        },
    )


def sample() -> bytes:
    """A text file."""
    header: dict[str, object] = {"type": "attachment", "filename": "notes.txt"}
    return build_envelope({"event_id": new_event_id()}, [(header, b"a note\n")])


def _safe_name(name: str | None) -> str:
    """The last part of the name without control characters: it is only ever shown."""
    plain = "".join(char for char in (name or "") if char.isprintable())
    return plain.replace("\\", "/").rpartition("/")[2][:255] or "attachment"


KIND = ItemKind(
    types=("attachment",),
    category="attachment",
    worth=Worth.BULK,
    aliases=("attachment_item",),
    most_bytes=100 << 20,
    goes_with_event=True,
    carries_event_id=True,
    form=PayloadForm.BINARY,
    tables=(ATTACHMENTS,),
    read=read,
    sample=sample,
)
