"""One native frame read through the symbol cache of its image; inlined calls become frames."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from symbolic.exceptions import SymbolicError
from symbolic.symcache import SymCache

from vedette.symbols.caches import Bounded, Symbols
from vedette.symbols.demangling import demangle
from vedette.symbols.images import Image
from vedette.symbols.portable import Point, PortablePdb, point_at
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
    """One function at an address: `symbol` as the linker knows it, `line` 0 for none.

    Of a .NET method there is no name: the runtime has given it to the SDK.
    """

    function: str
    symbol: str
    path: str
    line: int
    column: int = 0


_NO_LINE = Call("", "", "", 0)


class AddressCache:
    """What lies at the addresses asked last, by symbol cache. For one thread."""

    def __init__(self, symbols: Bounded[Symbols]) -> None:
        self._symbols = symbols
        self._held: OrderedDict[tuple[str, int, int], list[Call]] = OrderedDict()
        self._points_of: tuple[str, int] = ("", 0)
        self._points: list[Point] = []  # of the method asked last alone: uploads decide how many

    def get(self, blob: str, address: int, room: Room, method: int = 0) -> list[Call]:
        """The calls at an address of the image, the outermost first; none for no function.

        With `method` the address is the offset in a .NET method, which has no line where there
        is no room to read it. Raises Unreadable and OSError.
        """
        key = blob, address, method
        found = self._held.get(key)
        if found is None:
            symbols = self._symbols.get(blob)
            if isinstance(symbols, PortablePdb):
                if not self._has_points((blob, method), symbols, room):
                    return [_NO_LINE]
                found = _line_of(symbols, method, point_at(self._points, address))
            else:
                found = _look_up(symbols, address)
            self._held[key] = found
            if len(self._held) > _MOST_ANSWERS:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(key)
        return found

    def _has_points(self, key: tuple[str, int], symbols: PortablePdb, room: Room) -> bool:
        """Whether the points of the method are read, or there is room to read them."""
        if key != self._points_of:
            if not room.has_points(symbols.size_bytes(key[1])):
                return False
            self._points_of, self._points = key, symbols.points(key[1])
        return True


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


def _line_of(symbols: PortablePdb, method: int, point: Point | None) -> list[Call]:
    """The place in a .NET method; one without a line for a method that has none."""
    if not 1 <= method <= symbols.methods:
        return []
    if point is None:
        return [_NO_LINE]
    return [Call("", "", point.path[:_MOST_PATH], point.line, point.column)]


def expand(
    frame: Tree, calls: Sequence[Call], image: Image, *, is_managed: bool = False
) -> list[Tree]:
    """The frames that stand for one: callers first, as frames are ordered.

    One of a managed runtime keeps the name of its function.
    """
    made = []
    for at, call in enumerate(calls):
        new = {**frame, "package": frame.get("package") or image.name or None}
        for key in ("lineno", "colno", "filename", "abs_path", "context_line"):
            new.pop(key, None)
        if not is_managed:
            new.pop("raw_function", None)
            new["function"] = call.function or "<unknown>"
            new["symbol"] = call.symbol
        if call.line:
            new["lineno"] = call.line
        if call.column:
            new["colno"] = call.column
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
