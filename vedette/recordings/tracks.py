"""Where on a page people clicked, as far as one segment tells it: its track.

A segment tells what changes: the address, the size of the window, how far the page was scrolled.
What was so before stands in an earlier segment, which may come later, or never; so a track is a
list of steps, and `vedette.recordings.placing` walks those of a whole replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

import msgspec

from vedette.recordings.events import CLICK, INTERACTION, RESIZE, SCROLL, Change, Meta, Whole
from vedette.recordings.marks import Mark
from vedette.recordings.pages import page_name

StepKind = Literal["page", "size", "whole", "moved", "scroll", "click", "dead", "rage", "lost"]
MOST_CLICKS: Final = 100  # of one segment; a hundred within five seconds are no person's
MOST_BYTES: Final = 16 << 10  # of the steps of one segment
MOST_SEGMENTS: Final = 2000  # of a replay that have a track: an SDK ends one after an hour
MOST_PIXELS: Final = 100_000
_MOST_WINDOW = 16_384
_LOST_BYTES = 48  # of the step that says so
_MOST_STEPS = 400
_MOST_SCROLLED = 8  # things that are scrolled between two clicks
_SAME_CLICK_MS = 250.0


class Step(NamedTuple):
    """One step, in milliseconds since 1970.

    `x` and `y` are a size, how far something was scrolled, or where in the window was clicked;
    `about` is the name of a page, the number of a node, or what was clicked. What was `lost`
    did not fit: from then on nothing is known.
    """

    ms: int
    kind: StepKind
    x: int = 0
    y: int = 0
    about: str | int = ""


class _Click(NamedTuple):
    ms: int
    x: int
    y: int
    node: int


class Tracker:
    """Collects the steps of a segment from its events in order."""

    def __init__(self) -> None:
        self._steps: list[Step | _Click] = []
        self._scrolled: dict[int, Step] = {}
        self._clicks = 0

    def meta(self, ms: float, meta: Meta | None) -> None:
        """A page was opened, or is recorded anew."""
        if meta is None:
            return
        width, height = _window(meta.width), _window(meta.height)
        if width and height and isinstance(meta.href, str):
            self._add(Step(round(ms), "page", width, height, page_name(meta.href)))

    def whole(self, ms: float, whole: Whole | None) -> None:
        """A whole page is there."""
        document = _number(whole.node.id) if whole is not None else None
        if whole is not None and document is not None:
            self._scrolled.clear()
            offset = whole.initialOffset
            left, top = _pixels(offset.left) or 0, _pixels(offset.top) or 0
            self._add(Step(round(ms), "whole", left, top, document))

    def change(self, ms: float, change: Change) -> None:
        """Something was scrolled or clicked, or the window was made larger or smaller."""
        if change.source == SCROLL:
            self._scroll(ms, change)
        elif change.source == RESIZE:
            width, height = _window(change.width), _window(change.height)
            if width and height:
                self._add(Step(round(ms), "size", width, height))
        elif change.source == INTERACTION and change.type == CLICK:
            self._click(ms, change)

    def track(self, marks: Iterable[Mark]) -> list[Step]:
        """All steps in order, with what the marks of the segment say of the clicks."""
        self._flush()
        marks = list(marks)
        named = _names(self._steps, marks)
        steps = [
            Step(one.ms, "click", one.x, one.y, named.get(at, ""))
            if isinstance(one, _Click)
            else one
            for at, one in enumerate(self._steps)
        ]
        return sorted((*steps, *_of_marks(marks)), key=lambda step: step.ms)

    def _scroll(self, ms: float, change: Change) -> None:
        """Only how far it was in the end, and at each click, is of any use."""
        node, x, y = _number(change.id), _pixels(change.x), _pixels(change.y)
        if node is None or x is None or y is None:
            return
        if node in self._scrolled or len(self._scrolled) < _MOST_SCROLLED:
            self._scrolled[node] = Step(round(ms), "scroll", x, y, node)

    def _click(self, ms: float, change: Change) -> None:
        node, x, y = _number(change.id), _pixels(change.x), _pixels(change.y)
        if node is None or x is None or y is None or self._clicks == MOST_CLICKS:
            return
        self._clicks += 1
        self._flush()
        self._add(_Click(round(ms), x, y, node))

    def _flush(self) -> None:
        for step in self._scrolled.values():
            self._add(step)
        self._scrolled.clear()

    def _add(self, step: Step | _Click) -> None:
        if len(self._steps) < _MOST_STEPS:
            self._steps.append(step)
        elif len(self._steps) == _MOST_STEPS:
            self._steps.append(Step(step.ms, "lost"))


def encode_track(steps: list[Step]) -> str | None:
    """Steps as JSON, the last ones lost where all take too many bytes; None for none."""
    left, parts = MOST_BYTES - 2, list[str]()  # without the brackets
    for at, step in enumerate(steps):
        encoded = msgspec.json.encode(list(step))
        left -= len(encoded) + 1
        if left < (_LOST_BYTES if at + 1 < len(steps) else 0):
            parts.append(msgspec.json.encode(list(Step(step.ms, "lost"))).decode())
            break
        parts.append(encoded.decode())
    return f"[{','.join(parts)}]" if parts else None


def decode_track(text: str) -> list[Step]:
    """The steps of a column; none where it holds something else."""
    try:
        return [Step(*one) for one in _decode(text)]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


_decode = msgspec.json.Decoder(list[tuple[int, StepKind, int, int, str | int]]).decode


def _names(steps: list[Step | _Click], marks: list[Mark]) -> dict[int, str]:
    """What was clicked, by the place of the click: SDKs say it beside, not of every click."""
    told = [mark for mark in marks if mark.kind == "click" and mark.label][:_MOST_STEPS]
    clicks = [(at, one) for at, one in enumerate(steps) if isinstance(one, _Click)]
    by_place: dict[int, str] = {}
    by_node: dict[int, str] = {}
    for mark in told:
        near = [
            (abs(one.ms - mark.ms), at, one.node)
            for at, one in clicks
            if at not in by_place and abs(one.ms - mark.ms) <= _SAME_CLICK_MS
        ]
        if near:
            _, at, node = min(near)
            by_place[at] = by_node[node] = mark.label
    for at, one in clicks:
        if one.node in by_node:
            by_place.setdefault(at, by_node[one.node])
    return by_place


def _of_marks(marks: Iterable[Mark]) -> Iterator[Step]:
    """Pages that were gone to without one being loaded, and clicks that were in vain."""
    for mark in marks:
        if mark.kind == "navigation" and mark.label:
            yield Step(mark.ms, "moved", 0, 0, page_name(mark.label))
        elif mark.kind == "dead" or mark.kind == "rage":
            yield Step(mark.ms, mark.kind, 0, 0, mark.label)


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 1 << 53 else None


def _pixels(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if 0 <= value <= MOST_PIXELS else None


def _window(value: object) -> int | None:
    found = _pixels(value)
    return found if found and found <= _MOST_WINDOW else None
