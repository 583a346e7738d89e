"""The images of an event: which files were loaded, where, and which one an address is in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import re2
from symbolic.debuginfo import normalize_code_id, normalize_debug_id
from symbolic.exceptions import SymbolicError

from vedette.symbols.lookup import WantedSymbols

_MOST_IMAGES = 5000
_MOST_ADDRESS = 1 << 64
_OF_OTHERS = ("sourcemap", "proguard", "jvm", "dart_symbol_map")
_MOST_NAME = 500
_OF_SYSTEM = re2.compile(
    r"(?i)^(?:/lib|/usr/lib|/system/|/apex/|/vendor/|/System/|/Library/Apple/|\[?linux-gate|\[?vdso"
    r"|/data/app-lib/.*webview|/nix/store/[^/]*glibc|.*/ld-linux|.*/Xcode.*/RuntimeRoot/"
    r"|.*\.simruntime/|.*[\\/]dotnet[\\/](?:shared|packs)[\\/])"
    r"|^[a-z]:[\\/]windows[\\/]"
)


@dataclass(frozen=True, slots=True)
class Image:
    """A loaded file. `start` is -1 where its address is not known (WebAssembly has none), `end`
    the address after it, 0 where its size is not known."""

    start: int
    end: int
    wanted: WantedSymbols
    name: str
    is_system: bool


class Images:
    """The images of one event, found by address. Images without an id or address are kept, too:
    an address in them is known to be theirs."""

    def __init__(self, held: object) -> None:
        self._sent = [_read(one) for one in held[:_MOST_IMAGES]] if isinstance(held, list) else []
        self.all = sorted(
            (one for one in self._sent if one is not None and one.start >= 0),
            key=lambda one: one.start,
        )
        self.is_empty = not any(one is not None for one in self._sent)
        self._starts = [one.start for one in self.all]

    def at(self, address: int) -> Image | None:
        """The image that holds the address."""
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        image = self.all[index]
        return image if not image.end or address < image.end else None

    def by_index(self, index: int) -> Image | None:
        """The image of a relative address: `rel:2` counts as they were sent."""
        return self._sent[index] if 0 <= index < len(self._sent) else None


def _read(held: object) -> Image | None:
    """An image of a program; None for those of scripts, mappings and what is none."""
    if not isinstance(held, dict) or held.get("type") in _OF_OTHERS:
        return None
    start = read_address(held.get("image_addr"))
    size = read_address(held.get("image_size")) or 0
    debug_id = held.get("debug_id") or held.get("id") or held.get("uuid")
    code_id, name = held.get("code_id"), held.get("code_file") or held.get("name")
    wanted = WantedSymbols(
        plain_debug_id(debug_id) if isinstance(debug_id, str) else "",
        plain_code_id(code_id) if isinstance(code_id, str) else "",
    )
    name = name[:_MOST_NAME] if isinstance(name, str) else ""
    first = -1 if start is None else start
    return Image(
        start=first,
        end=first + size if size and first >= 0 else 0,
        wanted=wanted,
        name=name,
        is_system=_OF_SYSTEM.match(name) is not None,
    )


def mapping_ids(held: object) -> list[str]:
    """The UUIDs of the ProGuard mappings that the event names."""
    images: Iterable[Any] = held if isinstance(held, list) else ()
    named = (
        one.get("uuid") or one.get("debug_id")
        for one in images
        if isinstance(one, dict) and one.get("type") == "proguard"
    )
    return [plain_debug_id(one) for one in named if isinstance(one, str)]


def read_address(value: object) -> int | None:
    """An address as SDKs write it: a number, or text with or without 0x."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = int(value, 16 if value[:2].lower() == "0x" else 10)
        except ValueError:
            return None
    return value if isinstance(value, int) and 0 <= value < _MOST_ADDRESS else None


def plain_debug_id(value: str) -> str:
    """A debug id as it is stored; empty for what is none."""
    try:
        found = str(normalize_debug_id(value[:100])).lower()
    except (SymbolicError, ValueError):
        return ""
    return found if found.strip("0-") else ""


def plain_code_id(value: str) -> str:
    """A code id as it is stored; empty for what is none."""
    try:
        return str(normalize_code_id(value[:100])).lower()  # type: ignore[no-untyped-call]
    except (SymbolicError, ValueError):
        return ""
