"""From a frame of the wire to what grouping needs of it; the hot spot, so it remembers.

Names repeat without end: nearly every frame of a running product was seen a moment ago.
The memory is bounded and is emptied when full.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vedette.pipeline.grouping import languages
from vedette.pipeline.grouping.forwarding import MAX_LINE, is_forwarding
from vedette.pipeline.grouping.naming import Role
from vedette.wire.event import Frame

MAX_REMEMBERED: Final = 8_192
_MAX_NAME: Final = 1_024
_LANGUAGES: Final = languages.load()
_OTHER: Final = _LANGUAGES[""]


class ReadFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame as grouping sees it.

    `component` is what is hashed if the frame counts. `line` is the trimmed source line,
    kept only for anonymous functions, which have nothing else to tell them apart.
    """

    component: str
    function: str
    place: str
    role: Role
    remark: str
    line: str
    is_library: bool
    forwards: bool


EMPTY: Final = ReadFrame("", "", "", Role.NOISE, "", "", is_library=False, forwards=False)

_Key: TypeAlias = tuple[str | None, ...]
_remembered: dict[_Key, ReadFrame] = {}


def read_frame(frame: Frame, platform: str | None) -> ReadFrame:
    """Read one frame; `platform` is the event's and yields to the frame's own."""
    key = (
        frame.platform or platform,
        frame.function,
        frame.module,
        frame.filename,
        frame.abs_path,
        frame.package,
        frame.context_line,
    )
    found = _remembered.get(key)
    if found is not None and (frame.function or not (frame.raw_function or frame.symbol)):
        return found
    return _read_new(frame, key)


def _read_new(frame: Frame, key: _Key) -> ReadFrame:
    """Read a frame that is not remembered, and remember it if it is small."""
    read = _read(_shortened(frame), key[0])
    small = all(part is None or len(part) <= _MAX_NAME for part in key)
    if small and frame.function:
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        _remembered[key] = read
    return read


def _shortened(frame: Frame) -> Frame:
    """The frame with names cut to what a pattern may safely be run over."""
    return Frame(
        function=(frame.function or frame.raw_function or frame.symbol or "")[:_MAX_NAME],
        module=(frame.module or "")[:_MAX_NAME],
        filename=(frame.filename or "")[:_MAX_NAME],
        abs_path=(frame.abs_path or "")[:_MAX_NAME],
        package=(frame.package or "")[:_MAX_NAME],
        context_line=frame.context_line,
    )


def _read(frame: Frame, platform: str | None) -> ReadFrame:
    """Let the language of the platform name the frame."""
    language = _LANGUAGES.get(platform or "", _OTHER)
    name = language.clean(frame)
    if not name.function and not name.place:
        return EMPTY
    source = frame.context_line or ""
    line = source.strip() if name.role is Role.ANONYMOUS and len(source) <= MAX_LINE else ""
    return ReadFrame(
        component=f"{name.place}|{name.function}",
        function=name.function,
        place=name.place,
        role=name.role,
        remark=name.remark,
        line=line,
        is_library=language.is_library(frame),
        forwards=is_forwarding(source),
    )
