"""Issues that are numbered within a repository: what GitHub and GitLab have alike.

The key of one is `owner/name#12`. A new one carries its marker as a comment, which is not shown,
and is looked up by it in the repository's list, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from vedette.trackers.hosts import Draft, RemoteIssue
from vedette.trackers.hosts._reading import mapping, needed, objects, web_address, words

_PAGE = 100
_MOST_PAGES = 3
_MARGIN = timedelta(minutes=2)  # their clock is not ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a host calls the number, address and text of an issue, and one that is open."""

    number: str
    url: str
    text: str
    open: str

    def issue(self, answer: Any, place: str) -> RemoteIssue:
        """The issue of an answer. Raises TrackerRefusal for one without a number."""
        found = mapping(answer)
        state = words(found, "state") or self.open
        return RemoteIssue(
            key=f"{place}#{needed(found, self.number)}",
            url=web_address(found, self.url),
            title=words(found, "title"),
            is_open=state != "closed",
            status=state,
        )

    def find(self, pages: Callable[[dict[str, int]], Any], draft: Draft) -> RemoteIssue | None:
        """The one that carries the marker; `pages` asks for a page of the list."""
        for page in range(1, _MOST_PAGES + 1):
            rows = objects(pages({"per_page": _PAGE, "page": page}))
            for row in rows:
                if _marker(draft) in str(row.get(self.text) or ""):
                    return self.issue(row, draft.place)
            if len(rows) < _PAGE:
                return None
        return None


def marked(draft: Draft, *, most: int) -> str:
    """The text of an issue, of at most so many characters, with its marker."""
    return f"{draft.body[:most]}\n\n{_marker(draft)}"


def just_before(since: datetime) -> str:
    """A moment as the lists take it, early enough."""
    return (since - _MARGIN).strftime("%Y-%m-%dT%H:%M:%SZ")


def parts(key: str) -> tuple[str, str]:
    """The repository and the number."""
    place, _, number = key.rpartition("#")
    return place, number


def _marker(draft: Draft) -> str:
    return f"<!-- vedette:{draft.marker} -->"
