"""What the resources that answer questions over telemetry have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from msgspec import Meta

from vedette.issues.shapes import Scope
from vedette.search import SearchError
from vedette.telemetry import exploring
from vedette.web.api.errors import ApiError
from vedette.web.api.parameters import read_span

_MOST_STEPS: Final = 5_000
_T = TypeVar("_T")

Fields = Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=20)]


def searched(make: Callable[[], _T]) -> _T:
    """What `make` makes, with what is wrong with the search in Sentry's words."""
    try:
        return make()
    except SearchError as error:
        raise ApiError(400, f"Error parsing search query: {error}") from None


def step_of(interval: str, scope: Scope) -> int:
    """The seconds of `5m`, or of a number of seconds; a step that fits the range without one."""
    if not interval:
        return exploring.step_for(scope)
    span = read_span(f"{interval}s" if interval.isdecimal() else interval)
    if span is None or not span:
        raise ApiError(400, f"Invalid interval: {interval[:20]!r}")
    seconds = int(span.total_seconds())
    if (scope.period.end - scope.period.start).total_seconds() / seconds > _MOST_STEPS:
        raise ApiError(400, "The interval is too short for this range")
    return seconds
