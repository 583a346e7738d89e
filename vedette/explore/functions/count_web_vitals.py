"""`count_web_vitals(measurements.lcp,good)`: how many pages felt so."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.explore.vitals import VITALS, attributes_of
from vedette.store.errors import BadQuery
from vedette.store.query import All, Compare, Condition, Expression, call


def build(given: Arguments) -> Expression:
    """Good, meh and poor are by the limits of the vital; any is all that were measured."""
    given.only(2, 2)
    written, quality = given.written
    vital = VITALS.get(written.removeprefix("measurements."))
    if vital is None:
        raise BadQuery(f"{written} is none of {', '.join(f'measurements.{one}' for one in VITALS)}")
    value = call("coalesce", *attributes_of(vital, is_number=True))
    bounds: dict[str, list[Condition]] = {
        "good": [Compare(value, ">=", 0), Compare(value, "<=", vital.good)],
        "meh": [Compare(value, ">", vital.good), Compare(value, "<=", vital.poor)],
        "poor": [Compare(value, ">", vital.poor)],
        "any": [Compare(value, ">=", 0)],
    }
    if quality not in bounds:
        raise BadQuery(f"{quality} is none of {', '.join(bounds)}")
    return given.counted(All(bounds[quality]))


FUNCTION = Aggregate(
    names=("count_web_vitals",),
    takes="vital,quality",
    help="how many were good, meh or poor: count_web_vitals(measurements.lcp,good)",
    gives=Gives.COUNT,
    build=build,
    example="count_web_vitals(measurements.lcp,good)",
)
