"""One native frame read through the symbol cache of its image; inlined calls become frames."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from symbolic.exceptions import SymbolicError
from symbolic.symcache import SymCache

from vedette.symbols.caches import Bounded
from vedette.symbols.demangling import demangle
from vedette.symbols.images import Image
from vedette.symbols.room import Room
from vedette.symbols.sources import SourceBundle

Tree: TypeAlias = dict[str, Any]

_MOST_INLINED = 64
_MOST_NAME = 4000
_MOST_PATH = 1000
_MOST_ANSWERS = 20_000
_OF_TOOLCHAIN = re.compile(
    r"^/rustc/[0-9a-f]+/|[/\\]\.cargo[/\\](?:registry|git)[/\\]|[/\\]rustup[/\\]toolchains[/\\]"
    r"|^/usr/(?:local/)?(?:include|lib)/|[/\\]c\+\+[/\\](?:v1|\d+)[/\\]|^/Applications/Xcode"
    r"|[/\\]VC[/\\]Tools[/\\]MSVC[/\\]|[/\\]Windows Kits[/\\]"
    r"|^/build/glibc|^\./(?:nptl|csu|signal)/",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[/\\]")


class Call(NamedTuple):
    """One function at an address: `symbol` as the linker knows it, `line` 0 for none."""

    function: str
    symbol: str
    path: str
    line: int


class AddressCache:
    """What lies at the addresses asked last, by symbol cache. For one thread."""

    def __init__(self, symbols: Bounded[SymCache]) -> None:
        self._symbols = symbols
        self._held: OrderedDict[tuple[str, int], list[Call]] = OrderedDict()

    def get(self, blob: str, address: int) -> list[Call]:
        """The calls at an address of the image, the outermost first; none for no function.

        Raises Unreadable and OSError.
        """
        key = blob, address
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = _look_up(self._symbols.get(blob), address)
            if len(self._held) > _MOST_ANSWERS:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(key)
        return found


def _look_up(symbols: SymCache, address: int) -> list[Call]:
    try:
        found = symbols.lookup(address)  # type: ignore[no-untyped-call]
    except SymbolicError:
        return []
    calls = [
        Call(
            demangle(one.symbol)[:_MOST_NAME],
            one.symbol[:_MOST_NAME],
            (one.full_path or "")[:_MOST_PATH],
            int(one.line),
        )
        for one in found[:_MOST_INLINED]
        if one.symbol or one.line
    ]
    return calls[::-1]


def expand(frame: Tree, calls: Sequence[Call], image: Image) -> list[Tree]:
    """The frames that stand for one: callers first, as frames are ordered."""
    made = []
    for at, call in enumerate(calls):
        new = {**frame, "package": frame.get("package") or image.name or None}
        new["function"] = call.function or "<unknown>"
        new["symbol"] = call.symbol
        for key in ("lineno", "colno", "filename", "abs_path", "raw_function", "context_line"):
            new.pop(key, None)
        if call.line:
            new["lineno"] = call.line
        if call.path:
            new["abs_path"] = call.path
            new["filename"] = _ENDS.split(call.path)[-1]
        _mark_app(new, call, image)
        if at < len(calls) - 1:  # only the innermost ran with these variables
            new.pop("vars", None)
        new = {key: value for key, value in new.items() if value is not None}
        made.append(new)
    return made


def _mark_app(frame: Tree, call: Call, image: Image) -> None:
    """Whether the frame is of the application, where the SDK has not said that it is not."""
    if image.is_system or _OF_TOOLCHAIN.search(call.path):
        frame["in_app"] = False
    elif not isinstance(frame.get("in_app"), bool):
        frame["in_app"] = True


def add_source(frame: Tree, sources: SourceBundle, room: Room) -> None:
    """Put the lines around a frame that was read into it, if they are there and there is room."""
    path, line = frame.get("abs_path"), frame.get("lineno")
    found = sources.around(path, line) if path and line else None
    if found is not None and room.has_text([*found[0], found[1], *found[2]]):
        frame["pre_context"], frame["context_line"], frame["post_context"] = found
