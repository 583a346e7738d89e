"""Errors that are the caller's: answered with a status such as 404."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.filters import EVERYTHING, Chosen, Filter, Match
from vedette.filters._samples import error, span, transaction
from vedette.options import Option

_LEAST, _MOST = 100, 599


def _read(line: str) -> range:
    """`404`, `4xx` or `400-418`. Raises ValueError."""
    text = line.strip().lower()
    if len(text) == 3 and text.endswith("xx"):
        first, last = int(text[0]) * 100, int(text[0]) * 100 + 99
    else:
        one, _, other = text.partition("-")
        first, last = int(one), int(other or one)
    if not _LEAST <= first <= last <= _MOST:
        raise ValueError(line)
    return range(first, last + 1)


def _check(line: str) -> str:
    try:
        _read(line)
    except ValueError:
        return "is a status such as 404, 4xx or 400-418"
    return ""


def _statuses(lines: Iterable[str]) -> frozenset[int]:
    return frozenset(status for line in lines for status in _read(line))


def _prepare(chosen: Chosen) -> Match:
    statuses = _statuses(chosen["client_errors"])
    return lambda view: view.status in statuses


FILTER = Filter(
    name="client-error",
    title="Client errors",
    help="By the status of the answer: of an error in the context “response” or the tag "
    "http.status_code, of a transaction or span its own.",
    order=100,
    kinds=EVERYTHING,
    options=(
        Option(
            name="client_errors",
            label="Client errors",
            help="Statuses, one a line: 404, 4xx or 400-418.",
            form="lines",
            default=[],
            is_added=True,
            check=_check,
        ),
    ),
    prepare=_prepare,
    on={"client_errors": ["404", "410-418"]},
    bad=(
        error(contexts={"response": {"status_code": 404}}),
        error(tags={"http.status_code": "412"}),
        transaction(contexts={"trace": {"trace_id": "5e" * 16, "span_id": "5e" * 8,
                                        "data": {"http.response.status_code": 404}}}),
        span(http__response__status_code=404),
    ),
    good=(
        error(contexts={"response": {"status_code": 500}}),
        error(tags={"http.status_code": "4040"}),
        error(),
        transaction(),
        span(http__response__status_code=200),
    ),
)  # fmt: skip
