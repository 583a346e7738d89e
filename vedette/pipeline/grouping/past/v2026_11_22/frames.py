"""From a frame of the wire to its name; see `vedette.pipeline.grouping.frames`."""

from __future__ import annotations

from typing import Final, TypeAlias

from vedette.pipeline.grouping.forwarding import is_forwarding
from vedette.pipeline.grouping.frames import EMPTY, ReadFrame
from vedette.pipeline.grouping.model import Verdict
from vedette.pipeline.grouping.naming import Role
from vedette.pipeline.grouping.past.v2026_11_22 import languages
from vedette.wire.event import Frame

MAX_REMEMBERED: Final = 8_192
_MAX_NAME: Final = 1_024
_MAX_WRITTEN_LINE: Final = 139
_LANGUAGES: Final = languages.load()
_OTHER: Final = _LANGUAGES[""]


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


def _read_new(frame: Frame, key: _Key) -> ReadFrame:
    """Read a frame that is not remembered, and remember it if it is small."""
    read = _read(_shortened(frame), key[-1])
    if all(part is None or len(part) <= _MAX_NAME for part in key):
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
