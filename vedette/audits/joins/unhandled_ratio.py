"""Nearly all that arrives was caught by nobody."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

_LEAST = 50
_MUCH = 80  # percent


def find(seen: Seen) -> Iterator[Told]:
    """The share of errors that no handler reported, where it is most of them."""
    known = sum(one.known for one in seen.groups)
    unhandled = sum(one.unhandled for one in seen.groups)
    share = unhandled * 100 // known if known else 0
    if known < _LEAST or share < _MUCH:
        return
    yield Told(
        severity="routine",
        text=f"{share} % of {known:,} events of {DAYS} days were unhandled: few places that catch "
        "an error report it",
        advice="Report what handlers catch: what they only log is not among these.",
        search="error.unhandled:true",
    )


JOIN = Join(
    id="cov.unhandled-ratio",
    title="Hardly any is reported by a handler",
    needs=("groups",),
    find=find,
)
