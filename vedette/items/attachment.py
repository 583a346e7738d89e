"""Files that came with an event; the bytes lie in the blob store."""

from __future__ import annotations

from vedette.items import Blob, Effects, ItemKind, PayloadForm, RawItem, Row
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
    """A row that names the file, and its bytes."""
    if not item.meta.event_id:
        return Drop(DropReason.INVALID_ITEM, "attachment_without_event")
    header = item.header
    received = int(item.meta.received * 1_000_000)
    row = Row(
        ATTACHMENTS,
        {
            "project_id": item.meta.project_id,
            "event_id": item.meta.event_id,
            "timestamp": received,
            "received": received,
            "attachment_id": new_event_id(),
            "name": _safe_name(header.filename),
            "content_type": (header.content_type or "application/octet-stream")[:128],
            "attachment_type": (header.attachment_type or "event.attachment")[:64],
            "size_bytes": len(item.payload),
        },
    )
    return Effects(rows=[row], blobs=[Blob(row, "blob", item.payload)])


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
    aliases=("attachment_item",),
    most_bytes=100 << 20,
    carries_event_id=True,
    form=PayloadForm.BINARY,
    tables=(ATTACHMENTS,),
    read=read,
    sample=sample,
)
