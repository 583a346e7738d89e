"""The reading of a search that was not taken: a small `and` or `or` is a word, or is none.

Sentry takes every such word for a connective; between two conditions we do too, and elsewhere
it belongs to the text. Either way the page offers the other reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vedette.search.errors import SearchError
from vedette.search.grammar import shapes
from vedette.search.pasted import visible
from vedette.search.shapes import FreeText, Parenthesis, Shape
from vedette.search.tree import Connective


@dataclass(frozen=True, slots=True)
class OtherReading:
    """How else a search can be meant: `word` as a connective, or as a word of the text."""

    text: str
    word: str
    is_connective: bool


def other_reading(text: str, check: Callable[[str], object]) -> OtherReading | None:
    """The other reading of a search, if it has one; `check` raises SearchError for none."""
    text, _ = visible(text)
    try:
        parts = shapes(text)
        found = list(_small_words(text, parts))
        if not found:
            return None
        word, was_connective = text[found[0].start : found[0].end], found[0].was_connective
        is_alone = len(parts) == 1
        other = text
        for one in reversed([one for one in found if one.was_connective == was_connective]):
            other = one.other(other, is_alone=is_alone)
        check(other)
    except SearchError:
        return None
    return OtherReading(other, word, not was_connective)


@dataclass(frozen=True, slots=True)
class _Small:
    """A small `and` or `or`, or a text that holds some between other words."""

    start: int
    end: int
    was_connective: bool
    whole: FreeText | None = None

    def other(self, text: str, *, is_alone: bool) -> str:
        """The text with this read in the other way."""
        if self.was_connective:
            return f'{text[: self.start]}"{text[self.start : self.end]}"{text[self.end :]}'
        if self.whole is None:
            return text[: self.start] + text[self.start : self.end].upper() + text[self.end :]
        words = text[self.whole.start : self.whole.end]
        inner = _WORD.sub(lambda found: found[0].upper(), words)
        inner = inner if is_alone else f"({inner})"
        return text[: self.whole.start] + inner + text[self.whole.end :]


def _small_words(text: str, parts: tuple[Shape, ...]) -> Iterator[_Small]:
    for part in parts:
        if isinstance(part, Parenthesis):
            yield from _small_words(text, part.parts)
        elif isinstance(part, Connective) and not text[part.start : part.end].isupper():
            yield _Small(part.start, part.end, was_connective=True)
        elif isinstance(part, FreeText) and not part.is_quoted:
            words = list(_WORD.finditer(text, part.start, part.end))
            is_within = words and words[0].start() > part.start and words[-1].end() < part.end
            for word in words[:1] if is_within else words:
                whole = part if is_within else None
                yield _Small(word.start(), word.end(), was_connective=False, whole=whole)


_WORD = re.compile(r"(?<!\S)(?:[aA]nd|[oO]r)(?!\S)")
