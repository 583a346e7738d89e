"""Source maps read by `symbolic`, and the hot ones kept within a bound of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from symbolic.exceptions import SymbolicError
from symbolic.sourcemapcache import SourceMapCache, SourceMapCacheToken

from vedette.sourcemaps.segments import is_mapped
from vedette.sourcemaps.texts import split_texts
from vedette.sourcemaps.validity import MalformedMap, MapForm, check, without_guard

CONTEXT_LINES = 5
_MOST_POSITION = (1 << 31) - 1
_MOST_LINES_BACK = 1000
_SOURCE_BYTES = 250  # for the name of a source and the place of its text


@dataclass(frozen=True, slots=True)
class Token:
    """Where a position comes from. Line and column count from 1.

    `name` is what the source calls the thing at this position, empty for nothing; `function`
    is the function around it, `<anonymous>`, or `<unknown>` outside of any. `line_text` is None
    where the map has no source text; lines may end with their line break.
    """

    source: str
    line: int
    column: int
    name: str
    function: str
    line_text: str | None
    before: list[str]
    after: list[str]


class SourceMap:
    """One map with the script it is of; `script` may be empty. Raises MalformedMap."""

    def __init__(self, raw: bytes, script: bytes) -> None:
        raw = without_guard(raw)
        form = check(raw)
        self.debug_id = form.debug_id or form.debug_id_old or ""
        self.script = script
        self.size_bytes = len(raw) + 2 * len(script) + _size_of(form)
        self._lengths: list[int] | None = None
        self._mappings = form.mappings or ""
        bare, self._texts = split_texts(raw, form)
        try:
            self._cache = SourceMapCache.from_bytes(script, bare)
        except SymbolicError as error:
            raise MalformedMap(str(error)) from None

    def lookup(self, line: int, column: int) -> Token | None:
        """Where this position of the script comes from; None where the map says nothing."""
        if not (0 < line <= _MOST_POSITION and 0 < column <= _MOST_POSITION):
            return None
        found = self._cache.lookup(line, column, CONTEXT_LINES) or self._left_out(line, column)
        if found is None or not 0 < found.line <= _MOST_POSITION:
            return None
        before, text, after = self._around(found)
        return Token(
            source=found.src or "",
            line=found.line,
            column=found.col,
            name=found.name or "",
            function=found.function_name or "<unknown>",
            line_text=text,
            before=before,
            after=after,
        )

    def _left_out(self, line: int, column: int) -> SourceMapCacheToken | None:
        """What stands before a segment that the library left out because it means the same."""
        if not is_mapped(self._mappings, line, column):
            return None
        lines = range(line - 1, max(line - 1 - _MOST_LINES_BACK, 0), -1)
        tokens = (self._cache.lookup(one, _MOST_POSITION, CONTEXT_LINES) for one in lines)
        return next((token for token in tokens if token is not None), None)

    def _around(self, found: SourceMapCacheToken) -> tuple[list[str], str | None, list[str]]:
        if self._texts is not None:
            lines = self._texts.around(found.src or "", found.line, CONTEXT_LINES)
            return lines if lines is not None else ([], None, [])
        text = found.context_line
        if text is None and (found.pre_context or found.post_context):
            text = ""  # an empty line
        return found.pre_context, text, found.post_context

    def has_position(self, line: int, column: int) -> bool:
        """Whether the script is long enough for this position; true where it is not known."""
        if not self.script:
            return True
        if self._lengths is None:
            self._lengths = [len(one) for one in self.script.split(b"\n")]
        return line <= len(self._lengths) and column <= self._lengths[line - 1] + 1


def _size_of(form: MapForm) -> int:
    """About what is held of a map beside its bytes."""
    return len(form.mappings or "") + _SOURCE_BYTES * len(form.sources or ())


class MapCache:
    """The maps read last, up to `most_bytes` of them. For one thread.

    A map that cannot be read is remembered, too, so that it costs its time once.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[tuple[str, str], SourceMap | MalformedMap] = OrderedDict()
        self.size_bytes = 0

    def get(self, key: tuple[str, str], read: Callable[[], tuple[bytes, bytes]]) -> SourceMap:
        """The map of that key, made of what `read` gives: map and script. Raises MalformedMap."""
        found = self._held.get(key)
        if found is None:
            try:
                found = SourceMap(*read())
            except MalformedMap as error:
                found = MalformedMap(str(error)[:200])
            self._keep(key, found)
        else:
            self._held.move_to_end(key)
        if isinstance(found, MalformedMap):
            raise found
        return found

    def _keep(self, key: tuple[str, str], found: SourceMap | MalformedMap) -> None:
        self._held[key] = found
        self.size_bytes += _size(found)
        while self.size_bytes > self._most_bytes and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self.size_bytes -= _size(gone)


def _size(held: SourceMap | MalformedMap) -> int:
    return held.size_bytes if isinstance(held, SourceMap) else 1024
