"""What `.gitignore` leaves out: its patterns as git's documentation has them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from vedette.audit.opening import bytes_of

_MOST_BYTES = 1 << 16


class Ignoring:
    """The patterns of a folder and of those above it; the last that matches decides."""

    def __init__(self, patterns: tuple[tuple[re.Pattern[str], bool, bool], ...] = ()) -> None:
        self._patterns = patterns

    def within(self, folder: str, root: str, has_file: bool) -> Ignoring:
        """With the patterns of `folder`'s own file, if it has a regular one: no pipe is opened."""
        if not has_file:
            return self
        try:
            text = bytes_of(root, os.path.join(folder, ".gitignore"), _MOST_BYTES).decode(
                "utf-8", "replace"
            )
        except OSError:
            return self  # it has gone, or may not be read: nothing is ignored by it
        return Ignoring((*self._patterns, *_patterns(text, folder)))

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether `path`, relative to the root, is left out."""
        for pattern, only_folders, is_kept in reversed(self._patterns):
            if (is_folder or not only_folders) and pattern.fullmatch(path):
                return not is_kept
        return False


def _patterns(text: str, folder: str) -> Iterator[tuple[re.Pattern[str], bool, bool]]:
    for raw in text.splitlines():
        line = raw.rstrip()
        if not line or line.startswith("#") or len(line) > 200:
            continue
        is_kept = line.startswith("!")
        body = line.lstrip("!\\")
        only_folders = body.endswith("/")
        body = body.rstrip("/")
        is_anchored = "/" in body
        start = re.escape(folder + "/") if folder else ""
        if not is_anchored:
            start += "(?:.*/)?"
        try:
            pattern = re.compile(start + _expression(body.lstrip("/")), re.DOTALL)
        except re.error:
            continue  # a set that is not closed: git matches nothing with it either
        yield pattern, only_folders, is_kept


def _expression(pattern: str) -> str:
    """A pattern of git's as a regular expression, without repetitions within each other."""
    found = []
    for piece in re.split(r"(\*\*/|/\*\*|\*+|\?)", pattern):
        if piece == "**/":
            found.append("(?:.*/)?")
        elif piece == "/**":
            found.append("/.*")
        elif piece.startswith("*"):
            found.append("[^/]*")
        elif piece == "?":
            found.append("[^/]")
        else:
            found.append(re.escape(piece).replace(r"\[", "[").replace(r"\]", "]"))
    return "".join(found)
