"""What `.gitignore` leaves out: its patterns as git's documentation has them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from vedette.audit.opening import bytes_of

_MOST_BYTES = 1 << 16
_MOST_FAR = 3  # of `**` in one pattern


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
        if body.count("**") > _MOST_FAR:
            continue  # nobody writes so many, and each multiplies what is tried
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
    """A pattern of git's as a regular expression that takes a star's shortest way and never back.

    Of a star with something fixed and another star after it the first place that fits leaves the
    most to the rest, so no other is tried: a row of stars costs no more than one.
    """
    found: list[str] = []
    pieces = re.split(r"(\*\*/|/\*\*|\*+|\?)", re.sub(r"(?:\*\*/)+", "**/", pattern))
    waiting: list[str] | None = None  # what stands behind a star, until the next
    for piece in pieces:
        is_far = piece in ("**/", "/**")
        if is_far or piece.startswith("*"):
            if waiting is not None:
                found.append(_star(waiting, is_last=is_far))
            waiting = None if is_far else []
            found += [_FAR[piece]] if is_far else []
            continue
        plain = "[^/]" if piece == "?" else _plain(piece)
        (found if waiting is None else waiting).append(plain)
    if waiting is not None:
        found.append(_star(waiting, is_last=True))
    return "".join(found)


_FAR = {"**/": "(?:.*/)?", "/**": "/.*"}


def _star(fixed: list[str], *, is_last: bool) -> str:
    """A star and what follows it; the last of a row may have to try another place."""
    text = "".join(fixed)
    return f"[^/]*{text}" if is_last else f"(?>[^/]*?{text})"


def _plain(piece: str) -> str:
    return re.escape(piece).replace(r"\[", "[").replace(r"\]", "]")
