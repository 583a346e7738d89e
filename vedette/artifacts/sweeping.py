"""What nobody needs any more goes: old chunks, bundles long unused, and bytes without a row."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from vedette import clock
from vedette.artifacts.bundles import remove_bundle
from vedette.artifacts.chunks import KEEP
from vedette.artifacts.models import (
    ArtifactFile,
    Bundle,
    Chunk,
    DebugFile,
    FrameTally,
    GroupMove,
    MapFetch,
)
from vedette.artifacts.repairing import DAYS
from vedette.artifacts.storage import artifact_blobs

_SETTLED_SECONDS = 3600.0  # the row of bytes written since may still be on its way
_AT_ONCE = 200


def sweep(retention: timedelta) -> None:
    """Delete rows that are old, then the bytes that no row names."""
    now = clock.now()
    Chunk.objects.filter(touched_at__lt=now - KEEP).delete()
    FrameTally.objects.filter(day__lt=(now - retention).date()).delete()
    MapFetch.objects.filter(asked_at__lt=now - retention).delete()
    GroupMove.objects.filter(created_at__lt=now - timedelta(days=DAYS + 1)).delete()
    _remove_unused(now - retention)
    before = clock.timestamp() - _SETTLED_SECONDS
    artifact_blobs().remove_leftovers(before)
    idle = set(artifact_blobs().names_before(before))
    artifact_blobs().remove(sorted(idle - _named()), before=before)


def _remove_unused(before: datetime) -> None:
    """Bundles that were uploaded and last read that long ago, and those of no project."""
    is_unused = Q(created_at__lt=before) & (Q(used_at=None) | Q(used_at__lt=before))
    for bundle in Bundle.objects.filter(is_unused | Q(places=None)).distinct()[:_AT_ONCE]:
        remove_bundle(bundle)
    is_unused = Q(created_at__lt=before) & (Q(used_at=None) | Q(used_at__lt=before))
    DebugFile.objects.filter(is_unused).delete()


def _named() -> set[str]:
    blobs = {
        name
        for rows in (Chunk.objects, ArtifactFile.objects, DebugFile.objects)
        for name in rows.values_list("blob", flat=True).iterator()  # type: ignore[attr-defined]
    }
    made = DebugFile.objects.values_list("symbols", "frame_info").iterator()
    return blobs | {name for names in made for name in names}
