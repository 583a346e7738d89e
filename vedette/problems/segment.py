"""A segment as detectors look at it: its spans in the order in which they began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

PAGES: Final = frozenset(("pageload", "navigation", "ui.load", "ui.action"))
_ENDLESS = 1e15
_BROWSERS: Final = ("pageload", "navigation", "ui.action", "ui.interaction")


class Piece(msgspec.Struct, gc=False, kw_only=True):
    """One span. Times are microseconds since 1970; `tags` are its attributes as texts."""

    span_id: str
    parent_id: str = ""
    start: int
    end: int
    op: str = ""
    category: str = ""
    description: str = ""
    subject: str = ""
    action: str = ""
    is_failed: bool = False
    http_status: int = 0
    tags: dict[str, str] = {}

    @property
    def took(self) -> float:
        """Milliseconds."""
        return (self.end - self.start) / 1000

    def number(self, *names: str) -> float | None:
        """The first of these attributes that is a number which there can be so many of."""
        for name in names:
            text = self.tags.get(name)
            if text:
                try:
                    value = float(text)
                except ValueError:
                    continue
                if 0 <= value < _ENDLESS:
                    return value
        return None

    def text(self, *names: str) -> str:
        """The first of these attributes that there is."""
        return next((self.tags[name] for name in names if self.tags.get(name)), "")


class Segment:
    """What one service did for one request or job: `root` is the span that it began with."""

    def __init__(
        self, name: str, root: Piece, pieces: Iterable[Piece], *, platform: str = ""
    ) -> None:
        self.name = name
        self.root = root
        self.platform = platform
        self.pieces = sorted(pieces, key=lambda piece: (piece.start, piece.end))
        self.by_category: dict[str, list[Piece]] = defaultdict(list)
        for piece in self.pieces:
            self.by_category[piece.category].append(piece)
        self._by_id = {root.span_id: root} | {piece.span_id: piece for piece in self.pieces}

    def of(self, *categories: str) -> list[Piece]:
        """The spans of these categories in their order."""
        if len(categories) == 1:
            return self.by_category.get(categories[0], [])
        return [piece for piece in self.pieces if piece.category in categories]

    def parent(self, piece: Piece) -> Piece:
        """The span that began it; the root where that one is not known."""
        return self._by_id.get(piece.parent_id, self.root)

    def siblings(self, pieces: Sequence[Piece]) -> list[list[Piece]]:
        """These spans by what began them, in the order of the first of each."""
        groups: dict[str, list[Piece]] = defaultdict(list)
        for piece in pieces:
            groups[self.parent(piece).span_id].append(piece)
        return list(groups.values())

    @property
    def is_page(self) -> bool:
        """Whether it is a page of a browser or an app that a person looks at."""
        return self.root.op in PAGES

    @property
    def is_browser(self) -> bool:
        """Whether it ran in a browser: requests there are made beside each other by nature."""
        return self.root.op in _BROWSERS or "browser.name" in self.root.tags

    def vital(self, name: str) -> float | None:
        """A measurement of the segment: `fcp` in milliseconds."""
        found = self.root.number(f"measurements.{name}", f"browser.web_vital.{name}.value")
        if found is not None:
            return found
        names = (f"measurements.{name}", f"browser.web_vital.{name}.value")
        values = (piece.number(*names) for piece in self.pieces if piece.category == "ui")
        return next((value for value in values if value is not None), None)
