"""From a stack to the components that count, with a verdict for every frame.

A stack is read from the crash outwards in a literal row of steps: choose the frames, drop
what is noise, take anonymous functions by their file, fold recursion, keep the nearest.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.pipeline.grouping.frames import EMPTY, ReadFrame, read_frame
from vedette.pipeline.grouping.model import Verdict
from vedette.pipeline.grouping.naming import Role
from vedette.wire.event import Frame, Stacktrace

MAX_READ: Final = 250
MAX_COMPONENTS: Final = 100
_LONGEST_CYCLE: Final = 12


class FrameSet(msgspec.Struct):
    """The frames of one stack, read. `skipped` frames far from the crash were not."""

    sent: list[Frame | None]
    read: list[ReadFrame]
    skipped: int


class StackReading(msgspec.Struct):
    """What a stack says. `verdicts` and `used` run beside the frames of the event.

    `is_weak` means that no frame has a name or a line of its own: such a stack alone
    cannot tell two bugs apart.
    """

    components: list[str]
    verdicts: list[Verdict]
    used: list[str]
    is_weak: bool


def read_frames(stack: Stacktrace | None, platform: str | None) -> FrameSet:
    """Read the frames nearest the crash; nulls become empty frames."""
    sent = (stack.frames if stack is not None else None) or []
    skipped = max(0, len(sent) - MAX_READ)
    if skipped:
        sent = sent[skipped:]
    read = [EMPTY if frame is None else read_frame(frame, platform) for frame in sent]
    return FrameSet(sent, read, skipped)


def is_marked(frames: FrameSet) -> bool:
    """True when an SDK marked at least one frame as application code."""
    return any(frame is not None and frame.in_app is True for frame in frames.sent)


def app_flags(frames: FrameSet, *, marked: bool) -> list[bool]:
    """Which frames are application code: the marks where there are any, else a guess."""
    if marked:
        return [frame is not None and frame.in_app is True for frame in frames.sent]
    return [
        frame is not None
        and frame.in_app is None
        and not read.is_library
        and read.role is not Role.NOISE
        for frame, read in zip(frames.sent, frames.read, strict=True)
    ]


def read_stack(frames: FrameSet, flags: list[bool] | None, *, overflowed: bool) -> StackReading:
    """Reduce a stack to its components, oldest call first.

    `flags` chooses the frames (None: all). After an overflow only the frames that repeat
    count, in no order, because where in the loop it broke is chance.
    """
    verdicts = _first_verdicts(frames, flags)
    used = [read.component for read in frames.read]
    _settle_anonymous(frames.read, verdicts, used)
    _drop_forwarding(frames.read, verdicts)
    if overflowed:
        components = _loop(verdicts, used)
    else:
        components = _folded(verdicts, used)
    chosen = [
        read
        for read, verdict in zip(frames.read, verdicts, strict=True)
        if verdict is Verdict.CONTRIBUTES
    ]
    is_weak = all(read.role is Role.ANONYMOUS and not read.line for read in chosen)
    if frames.skipped:
        verdicts = [Verdict.BEYOND_LIMIT] * frames.skipped + verdicts
        used = [""] * frames.skipped + used
    return StackReading(components, verdicts, used, is_weak)


def _first_verdicts(frames: FrameSet, flags: list[bool] | None) -> list[Verdict]:
    """Judge each frame by itself."""
    verdicts: list[Verdict] = []
    for position, read in enumerate(frames.read):
        if flags is not None and not flags[position]:
            verdicts.append(Verdict.LIBRARY if read.is_library else Verdict.OUTSIDE_APP)
        elif read.role is Role.NAMED:
            verdicts.append(Verdict.CONTRIBUTES)
        elif read.role is Role.ANONYMOUS:
            verdicts.append(Verdict.ANONYMOUS)
        else:
            verdicts.append(Verdict.EMPTY if read is EMPTY else Verdict.NOISE)
    return verdicts


def _settle_anonymous(read: list[ReadFrame], verdicts: list[Verdict], used: list[str]) -> None:
    """Let an anonymous function count by its source line at the crash, else by its file.

    By its file only where no named frame of the stack lies in the same one: engines differ
    in which anonymous functions they show at all.
    """
    if Verdict.ANONYMOUS not in verdicts:
        return
    named = {
        frame.place
        for frame, verdict in zip(read, verdicts, strict=True)
        if verdict is Verdict.CONTRIBUTES
    }
    crash = max(
        (at for at, v in enumerate(verdicts) if v in (Verdict.CONTRIBUTES, Verdict.ANONYMOUS)),
        default=-1,
    )
    for position, verdict in enumerate(verdicts):
        if verdict is not Verdict.ANONYMOUS:
            continue
        frame = read[position]
        if position == crash and frame.line:
            used[position] = f"{frame.place}|{frame.line}"
            verdicts[position] = Verdict.CONTRIBUTES
        elif frame.place and frame.place not in named:
            verdicts[position] = Verdict.CONTRIBUTES


def _drop_forwarding(read: list[ReadFrame], verdicts: list[Verdict]) -> None:
    """Take out frames that only hand the call on to a frame that counts."""
    callee_counts = False
    for position in range(len(read) - 1, -1, -1):
        if verdicts[position] is not Verdict.CONTRIBUTES:
            continue
        if callee_counts and read[position].forwards:
            verdicts[position] = Verdict.FORWARDS
        callee_counts = True


def _folded(verdicts: list[Verdict], used: list[str]) -> list[str]:
    """The components in order, with repeated runs (recursion, also mutual) kept once."""
    kept: list[str] = []
    places: list[int] = []
    seen: set[str] = set()
    for position, verdict in enumerate(verdicts):
        if verdict is not Verdict.CONTRIBUTES:
            continue
        component = used[position]
        kept.append(component)
        places.append(position)
        if component in seen:
            length = _repeated_run(kept)
            for repeated in places[len(places) - length :]:
                verdicts[repeated] = Verdict.RECURSION
            del kept[len(kept) - length :], places[len(places) - length :]
        seen.add(component)
    for distant in places[:-MAX_COMPONENTS]:
        verdicts[distant] = Verdict.BEYOND_LIMIT
    return kept[-MAX_COMPONENTS:]


def _repeated_run(kept: list[str]) -> int:
    """The length of the run at the end that repeats the run before it; 0 if none does."""
    for length in range(1, min(_LONGEST_CYCLE, len(kept) // 2) + 1):
        if kept[-length:] == kept[-2 * length : -length]:
            return length
    return 0


def _loop(verdicts: list[Verdict], used: list[str]) -> list[str]:
    """The frames that repeat, sorted; all of them in order when none does."""
    positions = [at for at, verdict in enumerate(verdicts) if verdict is Verdict.CONTRIBUTES]
    counts: dict[str, int] = {}
    for position in positions:
        counts[used[position]] = counts.get(used[position], 0) + 1
    repeated = {component for component, count in counts.items() if count > 1}
    if not repeated:
        return _folded(verdicts, used)
    seen: set[str] = set()
    for position in positions:
        if used[position] not in repeated:
            verdicts[position] = Verdict.OUTSIDE_LOOP
        elif used[position] in seen:
            verdicts[position] = Verdict.RECURSION
        seen.add(used[position])
    return sorted(repeated)
