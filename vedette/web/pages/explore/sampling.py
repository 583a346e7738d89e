"""How exact an answer is where SDKs keep a part: of counts the margin, of percentiles the range."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt

from vedette.explore.arguments import read_call
from vedette.explore.asking import Exploration
from vedette.issues.shapes import Scope
from vedette.store.query import All, Field, Matches
from vedette.telemetry import exploring
from vedette.web.pages.explore.asked import Asked
from vedette.web.pages.explore.words import number

_MOST_ROWS = 500_000  # whose traces are counted each; of more a sixteenth is looked at
_PART = 16
_PERCENTILE = re.compile(r"p\d{2,3}")


@dataclass(frozen=True, slots=True)
class Range:
    """Where a percentile of all there was lies, in words; "" for an end the sample cannot tell."""

    figure: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """How many rows were kept of how many there were; `margin` in words. All at 95 %."""

    kept: int
    whole: int
    margin: str
    ranges: list[Range]


def sampled_view(asked: Asked, scope: Scope) -> Sampled | None:
    """What is said of all rows of the question; None where every row stands for itself."""
    if not asked.dataset.weight:
        return None
    kept, whole = _figures(_question(asked, scope, ("count_sample()", "count()")))
    if not kept or round(whole) == round(kept):
        return None
    margin = _margin(_question(asked, scope, ("margin()",)), kept)
    return Sampled(
        kept=round(kept),
        whole=round(whole),
        margin=number("percentage", margin),
        ranges=_ranges(asked, scope, margin),
    )


def _question(asked: Asked, scope: Scope, figures: Iterable[str]) -> Exploration:
    return exploring.exploration(
        scope, asked.dataset, list(figures), asked.query, limit=1, is_of_rows=True
    )


def _figures(question: Exploration) -> list[float]:
    rows = exploring.ask_table(question).rows
    return [value or 0.0 for value in rows[0]] if rows else [0.0] * len(question.columns)


def _margin(question: Exploration, kept: float) -> float:
    """Of very many rows it is estimated from the traces whose id ends with 0, if there are any."""
    if kept > _MOST_ROWS:
        part = Matches(Field(question.dataset.cluster), "*0")
        search = replace(question.search, where=All([question.search.where, part]))
        if margin := _figures(replace(question, search=search))[0]:
            return margin / sqrt(_PART)
    return _figures(question)[0]


def _ranges(asked: Asked, scope: Scope, margin: float) -> list[Range]:
    """For each percentile the values between which it lies.

    The share of values below the true percentile is off by √(p(1 - p)) of what a count is off
    by: so far to both sides of the share the sample is asked. What lies beyond its largest value
    or its smallest it cannot tell.
    """
    found: list[tuple[str, float, float]] = []
    asking: list[str] = []
    for figure in asked.shown_figures:
        named = _share(figure)
        if named is None:
            continue
        field, share = named
        off = margin * sqrt(share * (1 - share))
        low, high = share - off, share + off
        found.append((figure, low, high))
        asking += [
            f"percentile({field},{max(low, 0.0):.6f})",
            f"percentile({field},{min(high, 1.0):.6f})",
        ]
    if not asking:
        return []
    question = _question(asked, scope, asking)
    words = [
        number(column.kind, value)
        for column, value in zip(question.columns, _figures(question), strict=True)
    ]
    return [
        Range(figure, first if low > 0 else "", last if high < 1 else "")
        for (figure, low, high), first, last in zip(found, words[::2], words[1::2], strict=True)
    ]


def _share(figure: str) -> tuple[str, float] | None:
    """The field and the share of a percentile as it is written; None for other figures."""
    name, arguments = read_call(figure) or ("", ())
    if name == "percentile" and len(arguments) == 2:
        return arguments[0], float(arguments[1])
    if _PERCENTILE.fullmatch(name) is None:
        return None
    return arguments[0] if arguments else "duration", int(name[1:]) / 100
