"""Crash containers of the Unreal Engine: the files in them become attachments of their event.

The event itself is made of the container by the pipeline (`vedette.crashes`).
"""

from __future__ import annotations

from vedette.items import ItemKind, PayloadForm, Worth
from vedette.items._kept import bytes_sample
from vedette.items.attachment import ATTACHMENTS, read

KIND = ItemKind(
    types=("unreal_report",),
    category="attachment",
    worth=Worth.BULK,
    most_bytes=100 << 20,
    carries_event_id=True,
    form=PayloadForm.BINARY,
    tables=(ATTACHMENTS,),
    read=read,
    sample=bytes_sample("unreal_report", b"CR1\x00"),
)
