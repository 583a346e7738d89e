"""Which web vitals there are, what is good of each, and the attributes that hold them.

Source of names and limits: web.dev/articles/vitals. SDKs send them as measurements of a
transaction, or as attributes of streamed spans, which may come later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vedette.store.query import Expression, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """A measure; up to `good` it is good, over `poor` it is poor. Milliseconds but for CLS."""

    name: str
    words: str
    good: float
    poor: float


VITALS: Final = {
    vital.name: vital
    for vital in (
        Vital(name="lcp", words="Largest contentful paint", good=2500, poor=4000),
        Vital(name="inp", words="Interaction to next paint", good=200, poor=500),
        Vital(name="cls", words="Cumulative layout shift", good=0.1, poor=0.25),
        Vital(name="fcp", words="First contentful paint", good=1800, poor=3000),
        Vital(name="ttfb", words="Time to first byte", good=800, poor=1800),
    )
}


def attributes_of(vital: Vital, *, is_number: bool = False) -> list[Expression]:
    """The attributes that may hold it."""
    return [
        Tag(f"measurements.{vital.name}", is_number=is_number),
        Tag(f"browser.web_vital.{vital.name}.value", is_number=is_number),
    ]
