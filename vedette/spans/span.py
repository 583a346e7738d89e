"""A span as every reader gives it, and the values that readers have in common."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

import msgspec

from vedette.wire.scalars import parse_timestamp

Scalar: TypeAlias = str | int | float | bool
Attributes: TypeAlias = dict[str, Any]

MOST_SPANS: Final = 10_000  # of one item
_HEX = re.compile(r"[0-9a-f]{16}\Z")
_HEX_TRACE = re.compile(r"[0-9a-f]{32}\Z")
MOST_MICROSECONDS: Final = 30 * 86_400 * 1_000_000  # that a span lasts


class Span(msgspec.Struct, gc=False, kw_only=True):
    """One unit of work.

    `start` and `end` are microseconds since 1970. `segment_id` is the span that a service began
    with, `segment` that one's name ("" where it is not known); a span is a segment itself where
    `is_segment`. `status` is what was sent, `self_us` the time of none of its children, None
    where that is not known. `attributes` are as they were sent: texts, numbers, booleans, lists.
    """

    trace_id: str
    span_id: str
    start: int
    end: int
    parent_span_id: str = ""
    segment_id: str = ""
    is_segment: bool = False
    segment: str = ""
    op: str = ""
    description: str = ""
    status: str = ""
    origin: str = ""
    self_us: int | None = None
    links: list[Any] = []
    attributes: Attributes = {}


class NoSpan(ValueError):
    """What was sent as a span is none: without ids, or without a beginning and an end."""


def trace_id(value: object) -> str:
    """32 lower-case hex digits. Raises NoSpan."""
    text = value.replace("-", "").lower() if isinstance(value, str) else ""
    if not _HEX_TRACE.match(text) or text == "0" * 32:
        raise NoSpan("no trace id")
    return text


def span_id(value: object) -> str:
    """16 lower-case hex digits. Raises NoSpan."""
    found = optional_span_id(value)
    if not found:
        raise NoSpan("no span id")
    return found


def optional_span_id(value: object) -> str:
    """16 lower-case hex digits; "" for anything else, as for the parent of a root."""
    text = value.lower() if isinstance(value, str) else ""
    return text if _HEX.match(text) and text != "0" * 16 else ""


def interval(start: object, end: object) -> tuple[int, int]:
    """Beginning and end in microseconds. Raises NoSpan for what lacks one, or ends first."""
    first, last = parse_timestamp(start), parse_timestamp(end)
    if first is None or last is None:
        raise NoSpan("no beginning or no end")
    begin, until = round(first * 1_000_000), round(last * 1_000_000)
    if not 0 <= until - begin <= MOST_MICROSECONDS:
        raise NoSpan("it ends before it begins, or lasts more than 30 days")
    return begin, until


def text(value: object) -> str:
    """The text, or "" for anything else."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def clean(value: str, most: int) -> str:
    """A text that every store can hold, cut to a length."""
    if len(value) > most:
        value = value[: most - 1] + "…"
    if value.isascii():
        return value.replace("\x00", "") if "\x00" in value else value
    value = value.replace("\x00", "")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return value.encode("utf-8", "replace").decode()
    return value
