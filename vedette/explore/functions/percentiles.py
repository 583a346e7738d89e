"""`p50(field)` … `p99(field)`: the value below which that share lies."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, call

_SHARES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p100": 1.0}


def build(given: Arguments) -> Expression:
    """Without a field, of how long it took."""
    given.only(0, 1)
    return call("quantile", given.number_field(0), _SHARES[given.name])


FUNCTION = Aggregate(
    names=tuple(_SHARES),
    takes="field",
    help="the value below which this share of the values lies: p95(span.duration)",
    gives=Gives.SAME,
    build=build,
    example="p95(span.duration)",
)
