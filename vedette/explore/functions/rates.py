"""`epm()`, `eps()`: how many a minute or second; `tpm()` and the like are other names."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, call

_SECONDS = {"eps": 1, "tps": 1, "sps": 1, "epm": 60, "tpm": 60, "spm": 60}


def build(given: Arguments) -> Expression:
    """Over the whole time that is asked about, or over the step of a chart."""
    given.only(0, 0)
    seconds = _SECONDS[given.name]
    if not given.dataset.weight:
        return call("rate", seconds)
    mean = call("divide", call("sum", given.weight), call("count"))
    return call("multiply", call("rate", seconds), mean)


FUNCTION = Aggregate(
    names=tuple(_SECONDS),
    takes="",
    help="how many a minute (epm) or a second (eps)",
    gives=Gives.RATE,
    build=build,
    example="epm()",
)
