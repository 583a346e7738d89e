"""What can be wrong with a condition: how it is written, or what it compares."""

from __future__ import annotations


class BadCondition(ValueError):  # noqa: N818 - what it is
    """It cannot be read: `words` say why, `position` is the place in the text, from 0."""

    def __init__(self, words: str, position: int) -> None:
        super().__init__(f"{words} (at character {position + 1})")
        self.words = words
        self.position = position


class Mismatch(Exception):  # noqa: N818 - what it is
    """A clause compares what cannot be compared: the condition is wrong, not the target."""
