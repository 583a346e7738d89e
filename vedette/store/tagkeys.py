"""Which tags a question looks at, and how SQL names one.

A map of all tags of a row costs ten times what the question itself does, so a question does
not look into maps: it reads each tag under a name, and every relation gives it the values
from where they are cheapest (`questions.Source`).
"""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "asked_tag_"


class Tag(NamedTuple):
    """A key of a column of tags."""

    column: str
    key: str

    @property
    def in_map(self) -> str:
        """SQL for its value, or null, over a column that is a map."""
        return f"{self.column}[{_literal(self.key)}]"

    @property
    def in_list(self) -> str:
        """The same over a column in its Arrow form, a list of key and value."""
        entry = f"list_filter({self.column}, lambda tag: tag.key = {_literal(self.key)})[1]"
        return f"{entry}.value"


class AskedTags:
    """The tags of one question, by the names under which its relations give their values."""

    def __init__(self) -> None:
        self.names: dict[Tag, str] = {}

    def name(self, tag: Tag) -> str | None:
        """The tag's name from now on; None if it has to be looked up in the map."""
        if not is_plain(tag.key):
            return None
        return self.names.setdefault(tag, f"{PREFIX}{len(self.names)}")


def is_plain(key: str) -> bool:
    """Whether a key may be written into a statement; others are bound as parameters."""
    return key.isprintable()


def _literal(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"
