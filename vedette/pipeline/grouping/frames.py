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
    kept only for anonymous functions, which have nothing else to tell them apart. `near` is
    about where a closure stands whose source line is not known: it is read by its line.
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
    near: str = ""
    is_by_line: bool = False


EMPTY: Final = ReadFrame(
    "", "", "", Role.NOISE, "", "", is_library=False, forwards=False, verdict=Verdict.EMPTY
)
# In the place of a frame outside the application, where only those inside were asked for.
UNREAD: Final = msgspec.structs.replace(EMPTY)
# In the memory's place of a frame that must be looked up with its line.
_BY_LINE: Final = msgspec.structs.replace(EMPTY, is_by_line=True)
_VERDICTS: Final = {
    Role.NAMED: Verdict.CONTRIBUTES,
    Role.ANONYMOUS: Verdict.ANONYMOUS,
    Role.ENTRY: Verdict.ENTRY,
    Role.NOISE: Verdict.NOISE,
}

_Key: TypeAlias = tuple[str | int | None, ...]
_remembered: dict[_Key, ReadFrame] = {}


def read_frames(
    frames: list[Frame | None], platform: str | None, *, only_app: bool = False
) -> list[ReadFrame]:
    """Read frames; `platform` is the event's and yields to a frame's own. Nulls are EMPTY.

    With `only_app` those that are not marked as the application's are UNREAD.
    """
    recall = _remembered.get
    root = _root(frames, platform)
    read: list[ReadFrame] = []
    for frame in frames:
        if frame is None:
            read.append(EMPTY)
            continue
        if only_app and not frame.in_app:
            read.append(UNREAD)
            continue
        key = (
            frame.context_line,
            frame.function or frame.raw_function or frame.symbol,
            frame.module,
            frame.filename,
            frame.abs_path,
            frame.package,
            frame.platform or platform,
            root,
        )
        found = recall(key)
        if found is None or found is _BY_LINE:
            found = _read_by_line(frame, key, frame.platform or platform, root)
        read.append(found)
    return read


def forget() -> None:
    """Empty the memory: for tests and benchmarks."""
    _remembered.clear()


def _root(frames: list[Frame | None], platform: str | None) -> str:
    """The folder of the application, for languages that name frames by their files."""
    find = _LANGUAGES.get(platform or "", _OTHER).root
    return "" if find is None else find(frames)


def _read_by_line(frame: Frame, key: _Key, platform: str | None, root: str) -> ReadFrame:
    """Read a frame that is not remembered, or only where it stands on the same line."""
    with_line = (frame.lineno, *key)
    found = _remembered.get(with_line)
    if found is None:
        found = _read(_shortened(frame, root), platform)
        if all(not isinstance(part, str) or len(part) <= _MAX_NAME for part in key):
            _remember(key, with_line, found)
    return found


def _remember(key: _Key, with_line: _Key, read: ReadFrame) -> None:
    """Keep what was read. Most frames are read alike on any line: those are kept without it."""
    if len(_remembered) >= MAX_REMEMBERED:
        forget()
    if read.is_by_line:
        _remembered[with_line] = read
        read = _BY_LINE
    _remembered[key] = read


def _shortened(frame: Frame, root: str) -> Frame:
    """The frame with its file named from the root, and cut to what a pattern may run over."""
    filename = frame.filename or ""
    path = filename or frame.abs_path or ""
    if root and path.startswith(root):
        filename = path[len(root) :]
    return Frame(
        function=(frame.function or frame.raw_function or frame.symbol or "")[:_MAX_NAME],
        module=(frame.module or "")[:_MAX_NAME],
        filename=filename[:_MAX_NAME],
        abs_path=(frame.abs_path or "")[:_MAX_NAME],
        package=(frame.package or "")[:_MAX_NAME],
        context_line=frame.context_line,
        lineno=frame.lineno,
    )


def _read(frame: Frame, platform: str | None) -> ReadFrame:
    """Let the language of the platform name the frame."""
    language = _LANGUAGES.get(platform or "", _OTHER)
    name = language.clean(frame)
    if not name.function and not name.place:
        return EMPTY
    source = frame.context_line or ""
    is_nameless = name.is_closure or name.role is Role.ANONYMOUS
    line = _written_line(source) if is_nameless else ""
    component, near = f"{name.place}|{name.function}", ""
    if name.is_closure and line:
        component = f"{component}|{line}"
    elif name.is_closure:
        block = max(name.first_line, frame.lineno or 0) // language.closure_lines
        near = str(block) if block or frame.lineno else ""
    return ReadFrame(
        component=component,
        function=name.function,
        place=name.place,
        role=name.role,
        remark=name.remark,
        line=line,
        is_library=language.is_library(frame),
        forwards=is_forwarding(source),
        verdict=_VERDICTS[name.role],
        near=near,
        is_by_line=name.is_closure and not line,
    )


def _written_line(source: str) -> str:
    """A source line as a person wrote it; empty for a piece of a minified file."""
    line = source.strip()
    return "" if len(line) > _MAX_WRITTEN_LINE or "{snip}" in line else line
