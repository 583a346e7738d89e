"""Numbers of cards that a recorded page shows in parts: a text for each group of digits.

Called by `scrubber` for payloads that hold pages. Parts are put together where nothing a reader
would see lies between them, in either order, as mutations tell of them from last to first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from vedette.pipeline.scrub.budget import Budget
from vedette.pipeline.scrub.edits import Edit, substitution
from vedette.pipeline.scrub.engine import Engine, engine_of
from vedette.pipeline.scrub.redaction import Redactor
from vedette.pipeline.scrub.scopes import FULL
from vedette.pipeline.scrub.surroundings import OBJECT

_TEXT: Final = rb'"textContent"\s*+:\s*+"([0-9 \-]{1,22})"'
_PART = re.compile(_TEXT)
_INLINE = rb"span|b|i|em|strong|small|code|kbd|samp|tt|mark|font|bdi|u|s|label"
# What stands between two texts of which one follows the other on the page.
_NEXT = re.compile(
    rb'(?:[\s,{}\[\]]++|"(?:id|type|rootId|parentId|nextId|previousId)"\s*+:\s*+(?:[0-9]++|null)'
    rb'|"(?:childNodes|node)"\s*+:|"attributes"\s*+:\s*+' + OBJECT + rb'|"tagName"\s*+:\s*+"(?:'
    rb"%b)\")*+" % _INLINE + _TEXT
)
_MOST_BETWEEN = 2000
_MOST_PARTS = 64  # that are put together
_SHARED = 32  # with the next ones, where there are more
_FEWEST_DIGITS = 13


class _Part(NamedTuple):
    """A text of digits, without quotes."""

    start: int
    end: int
    text: bytes


def may_hold_parts(payload: bytes) -> bool:
    """Whether two texts of digits follow each other. Costs one search."""
    return _has_several(payload) and any(
        _NEXT.match(payload, part.end(), part.end() + _MOST_BETWEEN)
        for part in _PART.finditer(payload)
    )


def edits_of(payload: bytes, redactor: Redactor, budget: Budget) -> list[Edit]:
    """The edits of parts that together are a number that goes. Raises BudgetSpent."""
    if not _has_several(payload):
        return []
    edits: dict[int, Edit] = {}
    for run in _runs(payload, budget):
        for parts in (run, run[::-1]):
            for between in (b"", b" "):
                for edit in _found(parts, between, redactor, budget):
                    edits.setdefault(edit.start, edit)
    return list(edits.values())


def _has_several(payload: bytes) -> bool:
    """Whether there are two at all: an engine tells in a fifth of the time."""
    return len(_engine().positions(payload)) > 1


@cache
def _engine() -> Engine:
    return engine_of((r'"textContent"\s*:\s*"[0-9 \-]{1,22}"',))


def _runs(payload: bytes, budget: Budget) -> Iterator[list[_Part]]:
    """Parts that follow each other, several and with enough digits together."""
    done = 0
    for first in _PART.finditer(payload):
        if first.start() < done:
            continue
        run, found = [_part(first)], first
        while (following := _following(payload, found.end())) is not None:
            budget.spend()
            run.append(_part(following))
            found = following
        done = found.end()
        for at in range(0, len(run), _MOST_PARTS - _SHARED):
            some = run[at : at + _MOST_PARTS]
            digits = sum(char in b"0123456789" for part in some for char in part.text)
            if len(some) > 1 and digits >= _FEWEST_DIGITS:
                yield some


def _following(payload: bytes, end: int) -> re.Match[bytes] | None:
    return _NEXT.match(payload, end, end + _MOST_BETWEEN)


def _part(found: re.Match[bytes]) -> _Part:
    return _Part(*found.span(1), found[1])


def _found(
    parts: Sequence[_Part], between: bytes, redactor: Redactor, budget: Budget
) -> Iterator[Edit]:
    """The edits where the parts with this between them hold a number that goes."""
    text = between.join(part.text for part in parts)
    for cut in redactor.cuts(text, FULL, budget, in_pair=False):
        at = 0
        for part in parts:
            if at < cut.end and at + len(part.text) > cut.start and part.text.strip(b" -"):
                yield substitution(part.start - 1, part.end + 1, part.text, cut.rule)
            at += len(part.text) + len(between)
