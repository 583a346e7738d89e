"""A stack as a person reads it: crash frame first, library runs folded, and its raw text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from vedette.web.pages.issue.frames import Frame, make_frame, same_place
from vedette.web.pages.issue.payload import Payload, mapping, sequence, text
from vedette.web.remarks import Remarks
from vedette.web.values import Budget

View = Literal["app", "all", "minified", "raw"]
MOST_FRAMES = 120
_OLDEST_KEPT = 20
_MOST_BODIES = 60
_SHORTEST_RUN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Frames shown together: one frame in full, or a run of library frames in one line."""

    frames: list[Frame]
    is_folded: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack trace. `left_out` frames between its ends are not shown; the raw event has them."""

    runs: list[Run]
    total: int
    left_out: int
    has_app_frames: bool
    registers: list[tuple[str, str]]


def shown_trace(held: Payload, view: View) -> object:
    """The stack to be shown of what has one: as it was sent, or as it was read through maps."""
    sent = held.get("raw_stacktrace")
    return sent if view == "minified" and isinstance(sent, dict) else held.get("stacktrace")


def shown_remarks(remarks: Remarks, held: Payload, view: View) -> Remarks:
    """What is said of the stack that `shown_trace` gives."""
    sent = held.get("raw_stacktrace")
    is_sent = view == "minified" and isinstance(sent, dict)
    return remarks.at("raw_stacktrace" if is_sent else "stacktrace")


def make_stack(
    held: object, remarks: Remarks, budget: Budget, *, platform: str, view: View = "app"
) -> Stack | None:
    """The stack under `stacktrace`; nothing when there are no frames."""
    trace = mapping(held)
    rows = [
        (mapping(frame), remarks.at("frames").at(index))
        for index, frame in enumerate(sequence(trace.get("frames")))
        if isinstance(frame, dict)
    ]
    if not rows:
        return None
    rows.reverse()
    folded = _fold_recursion(rows)
    kept, left_out = _bound(folded)
    frames = [
        replace(
            make_frame(frame, marks, budget, platform=platform, with_body=index < _MOST_BODIES),
            repeats=repeats,
        )
        for index, (frame, marks, repeats) in enumerate(kept)
    ]
    frames = _open_first(frames)
    has_app = any(frame.in_app for frame in frames)
    return Stack(
        runs=_runs(frames, fold=view == "app" and has_app),
        total=len(rows),
        left_out=left_out,
        has_app_frames=has_app,
        registers=[(key, text(value)) for key, value in mapping(trace.get("registers")).items()],
    )


def _fold_recursion(rows: list[tuple[Payload, Remarks]]) -> list[tuple[Payload, Remarks, int]]:
    made: list[tuple[Payload, Remarks, int]] = []
    for frame, remarks in rows:
        if made and same_place(made[-1][0], frame):
            made[-1] = (made[-1][0], made[-1][1], made[-1][2] + 1)
        else:
            made.append((frame, remarks, 0))
    return made


def _bound(
    rows: list[tuple[Payload, Remarks, int]],
) -> tuple[list[tuple[Payload, Remarks, int]], int]:
    if len(rows) <= MOST_FRAMES:
        return rows, 0
    return [*rows[: MOST_FRAMES - _OLDEST_KEPT], *rows[-_OLDEST_KEPT:]], len(rows) - MOST_FRAMES


def _open_first(frames: list[Frame]) -> list[Frame]:
    """Open the crash frame and the first frame of the application, where people look first."""
    first_app = next((index for index, frame in enumerate(frames) if frame.in_app), 0)
    return [
        replace(frame, is_open=frame.has_body and index in (0, first_app))
        for index, frame in enumerate(frames)
    ]


def _runs(frames: Iterable[Frame], *, fold: bool) -> list[Run]:
    runs: list[Run] = []
    library: list[Frame] = []
    for index, frame in enumerate(frames):
        if fold and not frame.in_app and index > 0:
            library.append(frame)
            continue
        runs += _library_runs(library)
        library = []
        runs.append(Run(frames=[frame], is_folded=False))
    return runs + _library_runs(library)


def _library_runs(frames: list[Frame]) -> list[Run]:
    if len(frames) < _SHORTEST_RUN:
        return [Run(frames=[frame], is_folded=False) for frame in frames]
    names = list(dict.fromkeys(frame.package for frame in frames if frame.package))
    where = (
        names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more" if names else ""
    )
    words = f"{len(frames)} frames" + (f" in {where}" if where else "")
    return [Run(frames=frames, is_folded=True, words=words)]


def raw_stack(held: object, *, platform: str, headline: str) -> str:
    """The stack in the way its language prints it; at most 2,000 frames."""
    frames = [mapping(frame) for frame in sequence(mapping(held).get("frames"))]
    if platform == "python":
        rows = [_python_line(frame) for frame in frames[-2000:]]
        return "\n".join(["Traceback (most recent call last):", *rows, headline])
    rows = [_other_line(frame, platform) for frame in reversed(frames[-2000:])]
    return "\n".join([headline, *rows])


def _python_line(frame: Payload) -> str:
    file = text(frame.get("abs_path")) or text(frame.get("filename")) or "<unknown>"
    line = text(frame.get("lineno")) or "?"
    head = f'  File "{file}", line {line}, in {text(frame.get("function")) or "<unknown>"}'
    source = text(frame.get("context_line")).strip()
    return f"{head}\n    {source}" if source else head


def _other_line(frame: Payload, platform: str) -> str:
    function = text(frame.get("function")) or "<unknown>"
    file = text(frame.get("filename")) or text(frame.get("abs_path"))
    line = ":".join(
        text(part) for part in (frame.get("lineno"), frame.get("colno")) if part is not None
    )
    place = f"{file}:{line}" if file and line else file or text(frame.get("package"))
    module = text(frame.get("module"))
    if platform in ("java", "csharp") and module:
        function = f"{module}.{function}"
    if platform == "java":
        return f"\tat {function}({place or 'Unknown Source'})"
    address = text(frame.get("instruction_addr"))
    return f"    at {function} ({place or address or '<anonymous>'})"
