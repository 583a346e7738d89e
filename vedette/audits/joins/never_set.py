"""What the SDK is never told: the release, the user."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

_LEAST = 5  # events: of fewer a share says nothing
_RARELY = 5  # percent
_ADVICE = {
    "release": "Give init a release, or set SENTRY_RELEASE where it is built.",
    "user": "Call setUser once it is known who it is: an id is enough.",
}


def find(seen: Seen) -> Iterator[Told]:
    """Shares of the stored errors that name them, where hardly any does."""
    whole = seen.shares["all"]
    if whole < _LEAST:
        return
    for name, advice in _ADVICE.items():
        share = seen.shares[name] * 100 // whole
        if share < _RARELY:
            yield Told(
                severity="important" if name == "release" else "routine",
                text=f"The {name} is set on {share} % of {whole:,} events of {DAYS} days",
                advice=advice,
                search=f"!has:{name}",
            )


JOIN = Join(id="cov.never-set", title="Never set", needs=("shares",), find=find)
