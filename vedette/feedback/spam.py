"""Signs of spam, each in words: rules that somebody can follow, no guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import xxhash

_SPACE = re.compile(r"\s+")


class Bounds(NamedTuple):
    """From where on something is a sign; 0 is never."""

    links: int = 3
    repeats: int = 5
    phrases: Sequence[str] = ()


def text_key(text: str) -> int:
    """A signed number of 64 bits that texts share which differ in case and spaces alone."""
    number = xxhash.xxh3_64_intdigest(_folded(text).encode())
    return number - (1 << 64) if number >= 1 << 63 else number


def signs_of(text: str, *, links: int, trapped: bool, repeats: int, bounds: Bounds) -> list[str]:
    """Why it looks like spam; empty if it does not.

    `repeats` is how often this text came within a day, this time included.
    """
    found = []
    if trapped:
        found.append("a field was filled in that no person sees")
    if bounds.links and links >= bounds.links:
        found.append(f"{links} {'link' if links == 1 else 'links'}")
    if bounds.repeats and repeats >= bounds.repeats:
        found.append(repeated(repeats))
    folded = _folded(text)
    found += [f"it says “{one}”" for one in bounds.phrases if _folded(one) in folded]
    return found


def repeated(times: int) -> str:
    """The sign of a text that comes again and again."""
    return f"the same text {times} times within a day"


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()
