"""The files that came with an event."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.issues.reading import Attachment, StoredEvent

_MOST_INLINE_BYTES = 10 << 20
_RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file; an image of moderate size is shown in the page."""

    file: Attachment
    is_shown: bool


def make_files(stored: StoredEvent) -> list[FileView]:
    """The event's files, images first."""
    made = [FileView(file=file, is_shown=_is_shown(file)) for file in stored.attachments[:100]]
    return sorted(made, key=lambda view: not view.is_shown)


def _is_shown(file: Attachment) -> bool:
    """A vector image can hold script, so it is only ever downloaded."""
    kind = file.content_type.partition(";")[0].strip().lower()
    named = file.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp"))
    return file.is_image and file.size_bytes <= _MOST_INLINE_BYTES and (kind in _RASTER or named)
