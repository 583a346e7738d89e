"""From a stack to the components that count, with a verdict for every frame.

A stack is read from the crash outwards in a literal row of steps: choose the frames, drop
what is noise, take anonymous functions by their file, fold recursion, keep the nearest.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from vedette.pipeline.grouping.frames import ReadFrame
from vedette.pipeline.grouping.model import Verdict
from vedette.pipeline.grouping.naming import Role
from vedette.wire.event import Frame, Stacktrace

MAX_READ: Final = 250
MAX_COMPONENTS: Final = 100
_LONGEST_CYCLE: Final = 12
# Behind the name of a closure: in which block of lines of its file it stands.
NEAR: Final = "|~"
# Looking a member up on its enum costs more than all else in these loops.
_CONTRIBUTES: Final = Verdict.CONTRIBUTES
_ANONYMOUS: Final = Role.ANONYMOUS


class FrameSet(msgspec.Struct):
    """The frames of one stack, read. `skipped` frames far from the crash were not.

    Nor were those outside the application, if those inside are enough.
    """

    sent: list[Frame | None]
    read: list[ReadFrame]
    skipped: int


class StackReading(msgspec.Struct):
    """What a stack says. `verdicts` and `used` run beside the frames that were read.

    `is_weak` means that no frame has a name or a line of its own: such a stack alone
    cannot tell two bugs apart. `misses_crash` means that only the program's entry point
    counts although it called something: what it called should be read instead.
    """

    components: list[str]
    verdicts: list[Verdict]
    used: list[str]
    is_weak: bool
    misses_crash: bool


def take_frames(stack: Stacktrace | None) -> FrameSet:
    """The frames nearest the crash, not read yet."""
    sent = (stack.frames if stack is not None else None) or []
    skipped = max(0, len(sent) - MAX_READ)
    return FrameSet(sent[skipped:] if skipped else sent, [], skipped)


def is_marked(frames: FrameSet) -> bool:
    """True when an SDK marked at least one frame as application code."""
    return any(frame is not None and frame.in_app is True for frame in frames.sent)


def marked_positions(frames: FrameSet) -> list[int]:
    """Where the frames stand that an SDK marked as application code."""
    return [at for at, frame in enumerate(frames.sent) if frame is not None and frame.in_app]


def app_positions(frames: FrameSet) -> list[int]:
    """Where the application's frames stand, guessed: nothing is marked."""
    return [
        at
        for at, read in enumerate(frames.read)
        if not read.is_library and read.role is not Role.NOISE
    ]


def all_positions(frames: FrameSet) -> list[int]:
    """Where any frame stands."""
    return list(range(len(frames.sent)))


def read_stack(frames: FrameSet, chosen: list[int], *, overflowed: bool) -> StackReading:
    """Reduce a stack to its components, oldest call first.

    `chosen` are the positions to read. After an overflow only the frames that repeat
    count, in no order, because where in the loop it broke is chance.
    """
    read = frames.read
    verdicts = [Verdict.OUTSIDE_APP] * len(read)
    for position in chosen:
        verdicts[position] = read[position].verdict
    used = [frame.component for frame in read]
    kept = [at for at in chosen if verdicts[at] is _CONTRIBUTES]
    if len(kept) < len(chosen):
        kept = _with_anonymous(read, chosen, verdicts, used) or _entry(read, chosen, verdicts)
    kept = _without_forwarding(read, kept, verdicts)
    if kept and read[kept[-1]].near:
        used[kept[-1]] += f"{NEAR}{read[kept[-1]].near}"
    is_weak = all(read[at].role is _ANONYMOUS and not read[at].line for at in kept)
    misses_crash = bool(kept) and read[kept[0]].role is Role.ENTRY and kept[-1] < len(read) - 1
    components = (_loop if overflowed else _folded)(kept, verdicts, used)
    return StackReading(components, verdicts, used, is_weak, misses_crash)


def _with_anonymous(
    read: list[ReadFrame], chosen: list[int], verdicts: list[Verdict], used: list[str]
) -> list[int]:
    """Let an anonymous function count by its source line at the crash, else by its file.

    By its file only where no named frame of the stack lies in the same one (or needs no
    file to be known): engines differ in which anonymous functions they show at all.
    """
    speaking = [at for at in chosen if read[at].role in (Role.NAMED, Role.ANONYMOUS)]
    named = {read[at].place for at in speaking if read[at].role is Role.NAMED}
    for position in speaking:
        frame = read[position]
        if frame.role is Role.NAMED:
            continue
        if position == speaking[-1] and frame.line:
            used[position] = f"{frame.place}|{frame.line}"
            verdicts[position] = Verdict.CONTRIBUTES
        elif frame.place and frame.place not in named and "" not in named:
            verdicts[position] = Verdict.CONTRIBUTES
    return [at for at in speaking if verdicts[at] is Verdict.CONTRIBUTES]


def _entry(read: list[ReadFrame], chosen: list[int], verdicts: list[Verdict]) -> list[int]:
    """The innermost entry point, for a stack that holds nothing else."""
    entries = [at for at in chosen if read[at].role is Role.ENTRY]
    for position in entries[-1:]:
        verdicts[position] = Verdict.CONTRIBUTES
    return entries[-1:]


def _without_forwarding(
    read: list[ReadFrame], kept: list[int], verdicts: list[Verdict]
) -> list[int]:
    """Take out frames that only hand the call on to a frame that counts."""
    forwarding = {at for at in kept[:-1] if read[at].forwards}
    if not forwarding:
        return kept
    for position in forwarding:
        verdicts[position] = Verdict.FORWARDS
    return [at for at in kept if at not in forwarding]


def _folded(positions: list[int], verdicts: list[Verdict], used: list[str]) -> list[str]:
    """The components in order, with repeated runs (recursion, also mutual) kept once."""
    components = [used[position] for position in positions]
    if len(positions) <= MAX_COMPONENTS and len(set(components)) == len(positions):
        return components
    kept: list[str] = []
    places: list[int] = []
    seen: set[str] = set()
    for position in positions:
        component = used[position]
        kept.append(component)
        places.append(position)
        if component not in seen:
            seen.add(component)
            continue
        length = _repeated_run(kept)
        for repeated in places[len(places) - length :]:
            verdicts[repeated] = Verdict.RECURSION
        del kept[len(kept) - length :], places[len(places) - length :]
    for distant in places[:-MAX_COMPONENTS]:
        verdicts[distant] = Verdict.BEYOND_LIMIT
    return kept[-MAX_COMPONENTS:]


def _repeated_run(kept: list[str]) -> int:
    """The length of the run at the end that repeats the run before it; 0 if none does."""
    for length in range(1, min(_LONGEST_CYCLE, len(kept) // 2) + 1):
        if kept[-length:] == kept[-2 * length : -length]:
            return length
    return 0


def _loop(positions: list[int], verdicts: list[Verdict], used: list[str]) -> list[str]:
    """The frames that repeat, sorted; all of them in order when none does."""
    counts = Counter(used[position] for position in positions)
    repeated = {component for component, count in counts.items() if count > 1}
    if not repeated:
        return _folded(positions, verdicts, used)
    seen: set[str] = set()
    for position in positions:
        if used[position] not in repeated:
            verdicts[position] = Verdict.OUTSIDE_LOOP
        elif used[position] in seen:
            verdicts[position] = Verdict.RECURSION
        seen.add(used[position])
    return sorted(repeated)
