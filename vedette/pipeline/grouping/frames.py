"""From a frame of the wire to what grouping needs of it; the hot spot, so it remembers.

Names repeat without end: nearly every frame of a running product was seen a moment ago.
The memory is bounded and is emptied when full.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vedette.pipeline.grouping import languages
from vedette.pipeline.grouping.forwarding import is_forwarding
from vedette.pipeline.grouping.model import Verdict
from vedette.pipeline.grouping.naming import Role
from vedette.wire.event import Frame

MAX_REMEMBERED: Final = 8_192
_MAX_NAME: Final = 1_024
_MAX_WRITTEN_LINE: Final = 139
_LANGUAGES: Final = languages.load()
_OTHER: Final = _LANGUAGES[""]


class ReadFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame as grouping sees it.

    `component` is what is hashed if the frame counts. `line` is the trimmed source line,
    kept only for anonymous functions, which have nothing else to tell them apart.
    `verdict` is the verdict on the frame by itself, before its stack is known.
    """

    component: str
    function: str
    place: str
    role: Role
    remark: str
    line: str
    is_library: bool
    forwards: bool
    verdict: Verdict


EMPTY: Final = ReadFrame(
    "", "", "", Role.NOISE, "", "", is_library=False, forwards=False, verdict=Verdict.EMPTY
)
_VERDICTS: Final = {
    Role.NAMED: Verdict.CONTRIBUTES,
    Role.ANONYMOUS: Verdict.ANONYMOUS,
    Role.ENTRY: Verdict.ENTRY,
    Role.NOISE: Verdict.NOISE,
}

_Key: TypeAlias = tuple[str | None, ...]
_remembered: dict[_Key, ReadFrame] = {}


def read_frames(frames: list[Frame | None], platform: str | None) -> list[ReadFrame]:
    """Read frames; `platform` is the event's and yields to a frame's own. Nulls are EMPTY."""
    recall = _remembered.get
    read: list[ReadFrame] = []
    for frame in frames:
        if frame is None:
            read.append(EMPTY)
            continue
        key = (
            frame.context_line,
            frame.function or frame.raw_function or frame.symbol,
            frame.module,
            frame.filename,
            frame.abs_path,
            frame.package,
            frame.platform or platform,
        )
        read.append(recall(key) or _read_new(frame, key))
    return read


def forget() -> None:
    """Empty the memory: for tests and benchmarks."""
    _remembered.clear()


def _read_new(frame: Frame, key: _Key) -> ReadFrame:
    """Read a frame that is not remembered, and remember it if it is small."""
    read = _read(_shortened(frame), key[-1])
    if all(part is None or len(part) <= _MAX_NAME for part in key):
        if len(_remembered) >= MAX_REMEMBERED:
            forget()
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
    line = _written_line(source) if name.role is Role.ANONYMOUS else ""
    return ReadFrame(
        component=f"{name.place}|{name.function}",
        function=name.function,
        place=name.place,
        role=name.role,
        remark=name.remark,
        line=line,
        is_library=language.is_library(frame),
        forwards=is_forwarding(source),
        verdict=_VERDICTS[name.role],
    )


def _written_line(source: str) -> str:
    """A source line as a person wrote it; empty for a piece of a minified file."""
    line = source.strip()
    return "" if len(line) > _MAX_WRITTEN_LINE or "{snip}" in line else line
