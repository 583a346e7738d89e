"""What a group of errors shows: how many, and the frames of the newest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_MOST_FRAMES: Final = 60
_LINE = re.compile(r":\d+(?: |$)")  # behind the name of a file
_FOREIGN = re.compile(
    r"(?:^|/)(?:node_modules|site-packages|dist-packages|vendor|gems)/|^<|^node:|^internal/"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A line of a stack: the file as the SDK calls it; `is_own` if the SDK says so."""

    file: str
    function: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSeen:
    """The events of a group: how many, of how many users, and what the newest of them shows."""

    group_id: int
    events: int
    users: int
    unhandled: int
    known: int  # of which it is known whether they were handled
    type: str
    value: str
    transaction: str
    stack: str
    frames: tuple[Frame, ...] = ()


def group_of(row: Mapping[str, Any]) -> GroupSeen:
    """The group of a row of the store."""
    stack = str(row["stack"] or "")
    return GroupSeen(
        group_id=int(row["group_id"]),
        events=int(row["events"]),
        users=int(row["users"] or 0),
        unhandled=int(row["unhandled"]),
        known=int(row["known"]),
        type=str(row["type"] or ""),
        value=str(row["value"] or ""),
        transaction=str(row["transaction"] or ""),
        stack=stack,
        frames=tuple(_frames(stack)),
    )


def _frames(stack: str) -> Iterator[Frame]:
    """The frames of a stack as it is kept for searches: `module function file:line code`."""
    for line in stack.split("\n")[: 2 * _MOST_FRAMES]:
        found = _LINE.search(line)
        words, _, file = line[: found.start()].rpartition(" ") if found else ("", "", "")
        if found and file:
            yield Frame(
                file=file,
                function=words.rpartition(" ")[2],
                is_own=found.end() < len(line) and not _FOREIGN.search(file),
            )
