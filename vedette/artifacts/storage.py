"""The folder of artifacts, as the pages and the loops of this process see it."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from vedette.blobs.packed import PackedFolder


@cache
def artifact_blobs() -> PackedFolder:
    """Uploaded bytes, by content."""
    return PackedFolder(settings.CONFIG.artifact_folder)
