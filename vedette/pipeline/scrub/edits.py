"""Edits of a JSON text: whole values replaced, and the remarks that tell of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from vedette.pipeline.scrub.redaction import FILTERED, Cut
from vedette.pipeline.scrub.remarks import Kind, Remark, Scrubbed
from vedette.pipeline.scrub.structure import encoded

_FILTERED_STRING = b'"%b"' % FILTERED


class Mark(NamedTuple):
    """A remark that does not know its place yet."""

    rule: str
    kind: Kind
    range: tuple[int, int] | None = None


class Edit(NamedTuple):
    """The JSON value at `start` to `end` becomes `value`."""

    start: int
    end: int
    value: bytes
    marks: tuple[Mark, ...]
    original_length: int | None = None


def removal(start: int, end: int, rule: str) -> Edit:
    """A value that is no string becomes null."""
    return Edit(start, end, b"null", (Mark(rule, Kind.REMOVED),))


def substitution(start: int, end: int, content: bytes, rule: str) -> Edit:
    """A string with this decoded content is filtered whole."""
    mark = Mark(rule, Kind.SUBSTITUTED, (0, len(FILTERED)))
    return Edit(start, end, _FILTERED_STRING, (mark,), _length(content))


def address_removal(start: int, end: int, content: bytes, *, is_address: bool) -> Edit:
    """An address field becomes null; an address in it is said to have been replaced first."""
    marks = (Mark("@anything:remove", Kind.REMOVED),)
    if not is_address:
        return Edit(start, end, b"null", marks)
    replaced = Mark("@ip:replace", Kind.SUBSTITUTED, (0, len("[ip]")))
    return Edit(start, end, b"null", (replaced, *marks), _length(content))


def rewrite(start: int, end: int, content: bytes, cuts: list[Cut], *, is_plain: bool) -> Edit:
    """A string loses its cuts. `is_plain` says that its JSON holds no escape."""
    pieces: list[bytes] = []
    marks = []
    done = length = 0
    for cut in cuts:
        kept = content[done : cut.start]
        begin = length + _length(kept)
        length = begin + _length(cut.replacement)
        pieces += [kept, cut.replacement]
        marks.append(Mark(cut.rule, cut.kind, (begin, length)))
        done = cut.end
    text = b"".join([*pieces, content[done:]])
    needs_escapes = not is_plain or b'"' in text or b"\\" in text
    value = encoded(text) if needs_escapes else b'"%b"' % text
    return Edit(start, end, value, tuple(marks), _length(content))


def applied(
    payload: bytes, edits: list[Edit], *, is_doubtful: bool, earlier: Sequence[Remark] = ()
) -> Scrubbed:
    """The payload with its edits made; an edit inside another is dropped.

    `earlier` remarks about the payload move with what is left of it.
    """
    pieces: list[bytes] = []
    remarks: list[Remark] = []
    done = shift = 0
    made: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start < done:
            continue
        made.append(edit)
        pieces += [payload[done : edit.start], edit.value]
        start = edit.start + shift
        end = start + len(edit.value)
        for mark in edit.marks:
            remarks.append(  # noqa: PERF401 - most edits have one mark
                Remark(start, end, mark.rule, mark.kind, edit.original_length, mark.range)
            )
        done = edit.end
        shift = end - done
    if earlier:
        remarks = sorted([*_moved(earlier, made), *remarks], key=lambda one: one.start)
    return Scrubbed(b"".join([*pieces, payload[done:]]), tuple(remarks), is_doubtful)


def _length(content: bytes) -> int:
    return len(content) if content.isascii() else len(content.decode("utf-8", "replace"))


def _moved(remarks: Sequence[Remark], edits: Sequence[Edit]) -> list[Remark]:
    """Where the values stand of which these tell, after the edits; without those that are gone."""
    starts = [edit.start for edit in edits]
    shifts = [0, *accumulate(len(edit.value) - (edit.end - edit.start) for edit in edits)]
    moved: list[Remark] = []
    for one in remarks:
        at = bisect_right(starts, one.start)
        last = edits[at - 1] if at else None
        if last is None or last.end <= one.start:
            end = one.end + shifts[bisect_left(starts, one.end)]
            moved.append(_at(one, one.start + shifts[at], end, one.range))
        elif last.start == one.start and last.value != b"null":
            start = one.start + shifts[at - 1]  # of its characters some are others
            moved.append(_at(one, start, start + len(last.value), None))
    return moved


def _at(remark: Remark, start: int, end: int, characters: tuple[int, int] | None) -> Remark:
    return msgspec.structs.replace(remark, start=start, end=end, range=characters)
