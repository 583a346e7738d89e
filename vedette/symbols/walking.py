"""Call frame information of uploaded programs, for those who walk the stacks of their dumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from vedette.blobs.packed import PackedFolder
from vedette.crashes.frame_info import AskFrameInfo, FrameInfo, InfoOf
from vedette.crashes.modules import Module
from vedette.symbols.caches import Bounded, Unreadable
from vedette.symbols.images import plain_code_id, plain_debug_id
from vedette.symbols.lookup import FoundSymbols, WantedSymbols

FindSymbols: TypeAlias = Callable[[set[WantedSymbols]], Mapping[WantedSymbols, FoundSymbols]]

_MOST_BYTES = 32 << 20
_MOST_OPENED_BYTES = 64 << 20  # for one dump


class FrameInfos:
    """Those that were asked for last, within a bound of bytes. For one thread."""

    def __init__(self, blobs: PackedFolder) -> None:
        self._held: Bounded[FrameInfo] = Bounded(_MOST_BYTES, blobs, FrameInfo)

    def asked_by(self, find: FindSymbols) -> AskFrameInfo:
        """Who answers for the modules of a dump; `find` is asked once, for all of them."""

        def ask(modules: Sequence[Module]) -> InfoOf:
            wanted = {module: _wanted(module) for module in modules}
            found = find({ids for ids in wanted.values() if ids.is_known})
            return self._info_of(
                {
                    module: found[ids].frame_info if ids in found else ""
                    for module, ids in wanted.items()
                }
            )

        return ask

    def _info_of(self, blobs: Mapping[Module, str]) -> InfoOf:
        """For one dump. What it needs stays open until all its stacks are walked: a stack goes
        to and fro between modules."""
        opened: dict[str, FrameInfo | None] = {"": None}
        left = _MOST_OPENED_BYTES

        def info_of(module: Module) -> FrameInfo | None:
            nonlocal left
            blob = blobs[module]
            if blob not in opened:
                info = self._opened(blob) if left > 0 else None
                left -= info.size_bytes if info is not None else 0
                opened[blob] = info
            return opened[blob]

        return info_of

    def _opened(self, blob: str) -> FrameInfo | None:
        try:
            return self._held.get(blob)
        except Unreadable:
            return None


def _wanted(module: Module) -> WantedSymbols:
    return WantedSymbols(plain_debug_id(module.debug_id), plain_code_id(module.code_id))
