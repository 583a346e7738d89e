"""Every event has the same level."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

_LEAST = 100


def find(seen: Seen) -> Iterator[Told]:
    """Said once there are enough events to expect others."""
    if len(seen.levels) != 1 or seen.total < _LEAST:
        return
    (level,) = seen.levels
    missing = "warnings are" if level != "warning" else "errors are"
    yield Told(
        severity="routine",
        text=f"All {seen.total:,} events of {DAYS} days are `{level}`: {missing} never sent",
        advice="Report what the code goes on after as a warning, so that it can be told apart.",
    )


JOIN = Join(id="cov.level-mix", title="One level only", needs=("levels",), find=find)
