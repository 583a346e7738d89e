"""What the pipeline asks of uploaded debug files, and what it is told, as types for the wire."""

from __future__ import annotations

import msgspec


class WantedSymbols(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An image of an event by its ids, in lower case; `code_id` may be empty, or `debug_id`."""

    debug_id: str
    code_id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it has an id by which its file can be found."""
        return bool(self.debug_id or self.code_id)


class SymbolQuestion(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Images of one event of a project."""

    project_id: int
    images: list[WantedSymbols]


class FoundSymbols(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What there is for an image. Blobs are names in the folder of artifacts; empty for none.

    `symbols` is a symbol cache, `mapping` a ProGuard mapping, `sources` a source bundle, each
    made or kept by the upload, `frame_info` its call frame information; `fault` says why a file
    that is there cannot be used.
    """

    file_id: int = 0
    symbols: str = ""
    mapping: str = ""
    sources: str = ""
    fault: str = ""
    name: str = ""
    frame_info: str = ""
