"""Texts with wildcards as people write them, and lists of phrases, matched in linear time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import re2

from vedette.store.patterns import pieces

MOST_WILDCARDS = 10


class Globs:
    """Whether a whole text fits one of some patterns: `*` stands for anything, case is the same.

    Each costs one search for its longest part; the rest is compared only where that is found.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._others: list[tuple[str, list[str]]] = []
        for pattern in patterns:
            parts = pieces(pattern.strip().lower())
            if len(parts) == 1:
                self._exact.add(parts[0])
            else:
                self._others.append((max(parts, key=len), parts))

    @property
    def needed(self) -> tuple[str, ...]:
        """A text that fits holds one of these."""
        return (*self._exact, *(longest for longest, _ in self._others))

    def fits(self, text: str) -> bool:
        """Whether one of them fits."""
        text = text.lower()
        if text in self._exact:
            return True
        return any(longest in text and _fits(parts, text) for longest, parts in self._others)


def _fits(parts: list[str], text: str) -> bool:
    first, *middle, last = parts
    if not text.startswith(first):
        return False
    place = len(first)
    for part in middle:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(text) - len(last) >= place and text.endswith(last)


def check_glob(line: str) -> str:
    """What is wrong with a pattern; "" if nothing."""
    count = len(pieces(line)) - 1
    if count > MOST_WILDCARDS:
        return f"has at most {MOST_WILDCARDS} wildcards"
    if not line.replace("*", "").strip():
        return "a pattern of wildcards alone would drop everything"
    return ""


class Phrases:
    """Whether a text in small letters holds one of some phrases."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(one.lower() for one in phrases)
        options = re2.Options()
        options.max_mem = 8 << 20
        self._compiled: Any = re2.compile("|".join(map(re2.escape, self.phrases)), options)

    def within(self, text: str) -> bool:
        """Whether there is one."""
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode()
        return self._compiled.search(text) is not None


@cache
def listed(name: str) -> tuple[str, ...]:
    """The entries of a list in `lists/`: one a line, without what follows a number sign."""
    text = (resources.files("vedette.filters") / "lists" / f"{name}.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and line[0] != "#")
