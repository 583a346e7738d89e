"""What can be wrong with a search.

SearchError
└── a search text that cannot be read or answered; its message is shown to the person
BadValue
└── a value that its field cannot have; the compiler turns it into a SearchError with a place
"""

from __future__ import annotations


class SearchError(ValueError):
    """A search that cannot be read, in words for the person who wrote it.

    `start` and `end` are offsets in the search text: what the box underlines.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end

    def __str__(self) -> str:
        """The message and the place, counted from 1 as people do."""
        return f"{self.message} (at character {self.start + 1})"


class BadValue(ValueError):
    """A value that its field can never have."""
