"""What the pipeline asks of uploaded files, and what it is told, as types for the wire."""

from __future__ import annotations

import msgspec


class Wanted(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The file of a frame: its address, and the debug id that the event gives for it."""

    url: str
    debug_id: str = ""


class Question(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Files of one event of a project."""

    project_id: int
    release: str
    dist: str
    files: list[Wanted]


class Found(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What there is for a file. Blobs are names in the folder of artifacts; empty for none.

    `file_id` is of the script, or of the map if only that is there; `by` is `debug_id`,
    `release` or `fetched`. `verdict` says why there is no map; empty if there is one.
    """

    verdict: str = ""
    map_blob: str = ""
    script_blob: str = ""
    map_url: str = ""
    by: str = ""
    file_id: int = 0
    bundle_id: int = 0
