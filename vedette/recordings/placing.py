"""Where on which page people clicked in one replay: the tracks of its segments, walked in order.

What an earlier segment told holds until a later one tells otherwise. After a gap nothing is known
before it is told again: a click of which page or scrolling are unknown is counted, and left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from vedette.recordings.tracks import MOST_PIXELS, Step

Verdict = Literal["", "dead", "rage"]
WidthClass = Literal["phone", "tablet", "desktop"]
WIDTH_CLASSES: Final[tuple[WidthClass, ...]] = ("phone", "tablet", "desktop")
MOST_CLICKS: Final = 2000  # of one replay: more are no person's
_TABLET_FROM, _DESKTOP_FROM = 600, 1024
_SAME_CLICK_MS = 300
_MOST_LOOKED_AT = 200  # clicks around one of them
_RAGE_MS = 7300  # an SDK waits seven seconds for something to come of a click


class Place(NamedTuple):
    """A click: when, on which page, how wide and high its window was, where on the page as a
    share of the width and in pixels from the top, on what, and whether it was in vain.

    `seen_ms` is when the page was last recorded as a whole; None where it was not.
    """

    ms: int
    page: str
    width: int
    height: int
    share: float
    top: int
    selector: str
    verdict: Verdict
    seen_ms: int | None

    @property
    def width_class(self) -> WidthClass:
        """What kind of device the window is as wide as."""
        return width_class(self.width)


@dataclass(frozen=True, slots=True)
class Placed:
    """The clicks of a replay in order; `unplaced` are known to have happened somewhere."""

    places: list[Place]
    unplaced: int


def width_class(width: int) -> WidthClass:
    """Up to which width a page is made for a phone or a tablet."""
    if width < _TABLET_FROM:
        return "phone"
    return "tablet" if width < _DESKTOP_FROM else "desktop"


def place_clicks(segments: Iterable[tuple[int, list[Step]]]) -> Placed:
    """The clicks of a replay's segments, by their numbers; a number that is left out is missing."""
    ordered = sorted(segments)
    steps = [step for _, track in ordered for step in track]
    gaps = _gaps(ordered)
    walk = _Walk()
    for step in sorted(steps, key=lambda one: one.ms):
        while gaps and gaps[0] <= step.ms:
            gaps.pop(0)
            walk.forget()
        walk.take(step)
    in_vain = [step for step in steps if step.kind in ("dead", "rage")]
    return Placed(_judged(walk.places, in_vain), walk.unplaced)


def _gaps(ordered: list[tuple[int, list[Step]]]) -> list[int]:
    """The moments at which it goes on after something that is missing, in order."""
    found = []
    is_missing, before = False, -1
    for number, track in ordered:
        is_missing = is_missing or number > before + 1
        before, begin = number, _begin(track)
        if is_missing and begin is not None:
            found.append(begin)
            is_missing = False
    return sorted(found)


def _begin(track: list[Step]) -> int | None:
    """When a segment began; what is told late, of clicks before it, does not say so."""
    return min((step.ms for step in track if step.kind not in ("dead", "rage", "moved")),
               default=None)  # fmt: skip


@dataclass(slots=True)
class _Walk:
    """What is known at a moment of a replay."""

    page: str | None = None
    width: int = 0
    height: int = 0
    document: int | None = None
    seen_ms: int | None = None
    scrolled: dict[int, tuple[int, int]] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    unplaced: int = 0

    def forget(self) -> None:
        """Something is missing: only the size of the window is taken to be as it was."""
        self.page = self.document = self.seen_ms = None
        self.scrolled.clear()

    def take(self, step: Step) -> None:
        """Go one step on."""
        if step.kind == "lost":
            self.forget()
        elif step.kind == "page":
            self.page, self.width, self.height = str(step.about), step.x, step.y
        elif step.kind == "size":
            self.width, self.height = step.x, step.y
        elif step.kind == "moved":
            self.page = str(step.about)
        elif step.kind == "whole" and isinstance(step.about, int):
            self.document, self.seen_ms = step.about, step.ms
            self.scrolled = {step.about: (step.x, step.y)}
        elif step.kind == "scroll" and isinstance(step.about, int):
            self.scrolled[step.about] = (step.x, step.y)
        elif step.kind == "click":
            self._click(step)

    def _click(self, step: Step) -> None:
        scrolled = self.scrolled.get(self.document) if self.document is not None else None
        if len(self.places) == MOST_CLICKS or not self.page or not self.width or scrolled is None:
            self.unplaced += 1
            return
        left, top = scrolled
        share = min((step.x + left) / self.width, 1.0)
        self.places.append(
            Place(
                ms=step.ms,
                page=self.page,
                width=self.width,
                height=self.height,
                share=round(share, 4),
                top=min(step.y + top, MOST_PIXELS),
                selector=str(step.about),
                verdict="",
                seen_ms=self.seen_ms,
            )
        )


def _judged(places: list[Place], in_vain: list[Step]) -> list[Place]:
    """The clicks with what SDKs said of them later: of one click, or of all in a rage."""
    verdicts: dict[int, Verdict] = {}
    moments = [one.ms for one in places]
    for step in in_vain[:MOST_CLICKS]:
        at = _meant(places, moments, step)
        if at is None:
            continue
        if step.kind == "dead":
            verdicts.setdefault(at, "dead")
            continue
        selector, last = places[at].selector, step.ms + _RAGE_MS
        for later in range(at, min(bisect_right(moments, last), at + _MOST_LOOKED_AT)):
            if places[later].selector == selector:
                verdicts[later] = "rage"
    return [one._replace(verdict=verdicts.get(at, "")) for at, one in enumerate(places)]


def _meant(places: list[Place], moments: list[int], step: Step) -> int | None:
    """The click that is meant: the nearest one, of what can be the same."""
    begin = bisect_left(moments, step.ms - _SAME_CLICK_MS)
    end = min(bisect_right(moments, step.ms + _SAME_CLICK_MS), begin + _MOST_LOOKED_AT)
    near = [
        (abs(moments[at] - step.ms), at)
        for at in range(begin, end)
        if places[at].selector in ("", step.about)
    ]
    return min(near)[1] if near else None
