"""The top-level members of a payload in which triggers stand: only they are looked at.

Called by `walk`, once per text, on its mask (see `structure`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

import msgspec

_MEMBER = re.compile(rb'[\s,]*+"([^"]*+)"\s*+:\s*+')
_END = re.compile(rb"\s*+}\s*+\Z")
_PUNCTUATION = len('"":,')

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Section(NamedTuple):
    """One member of the top-level object, or the whole text with the name `None`.

    `start` and `end` frame the value; `hits` are the trigger positions in name and value.
    """

    name: bytes | None
    start: int
    end: int
    hits: list[int]


def sections(payload: bytes, mask: bytes, positions: list[int]) -> Iterable[Section]:
    """The members with a hit, in order; one nameless section if the text is no plain object.

    Not plain are arrays, texts with duplicate or escaped names, and what is not JSON.
    """
    whole = Section(None, 0, len(payload), positions)
    try:
        members = _members.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return (whole,)
    sizes = [len(name) + len(value) + _PUNCTUATION for name, value in members.items()]
    ends = list(accumulate(sizes))
    # White space, escapes, duplicates and letters beyond ASCII all make the text longer.
    if ends and ends[-1] + 1 == len(payload):
        return _compact(members, ends, positions)
    found = _spaced(payload, mask, members, positions)
    return (whole,) if found is None else found


def _compact(
    members: dict[str, msgspec.Raw], ends: list[int], positions: list[int]
) -> Iterator[Section]:
    """The members with a hit, where no byte is but those that JSON needs."""
    names = list(members)
    first = 0
    while first < len(positions):
        at = bisect_left(ends, positions[first] + 1)
        if at == len(ends):
            return
        name, end = names[at], ends[at]
        beyond = bisect_left(positions, end, first)
        start = end - len(members[name])
        yield Section(name.encode(), start, end, positions[first:beyond])
        first = beyond


def _spaced(
    payload: bytes, mask: bytes, members: dict[str, msgspec.Raw], positions: list[int]
) -> list[Section] | None:
    """The members with a hit of a text in any layout; None if it is not plain."""
    found: list[Section] = []
    position = payload.find(b"{") + 1
    for _ in range(len(members)):
        member = _MEMBER.match(mask, position)
        raw = members.pop(member[1].decode("utf-8", "replace"), None) if member else None
        if member is None or raw is None:
            return None
        start = member.end()
        end = start + len(raw)
        first = bisect_left(positions, position)
        hits = positions[first : bisect_left(positions, end, first)]
        if hits:
            found.append(Section(member[1], start, end, hits))
        position = end
    return found if _END.match(mask, position) else None
