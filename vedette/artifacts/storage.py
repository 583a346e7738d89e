"""The folder of artifacts, as the pages and the loops of this process see it."""

from __future__ import annotations

import shutil
from functools import cache

from django.conf import settings

from vedette.blobs.packed import PackedFolder


class NoRoom(Exception):  # noqa: N818 - the client tries again
    """Nothing more can be taken at the moment; the text says why."""


@cache
def artifact_blobs() -> PackedFolder:
    """Uploaded bytes, by content."""
    return PackedFolder(settings.CONFIG.artifact_folder)


def check_room(size_bytes: int = 0) -> None:
    """Raises NoRoom unless the disk can take so much: files stop before events have to."""
    free = shutil.disk_usage(settings.CONFIG.data).free
    if free - size_bytes < 3 * settings.CONFIG.disk_free_min_bytes:
        raise NoRoom("The disk of this server is nearly full; nothing was uploaded.")
