"""Events from files that the audit has not seen."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

_LEAST = 10
_MUCH = 50  # percent


def find(seen: Seen) -> Iterator[Told]:
    """Said if at least half of the events with frames of their own lead to no audited file."""
    whole = strange = 0
    example = ""
    for group in seen.groups:
        own = [one for one in group.frames if one.is_own]
        if not own:
            continue
        whole += group.events
        if not any(seen.path_of(one.file) for one in own):
            strange += group.events
            example = example or own[0].file
    if not seen.paths or whole < _LEAST or strange * 100 < _MUCH * whole:
        return
    yield Told(
        severity="routine",
        text=f"{strange:,} of {whole:,} events of {DAYS} days come from files that the audit has "
        f"not read, such as {example[:200]}",
        advice="Audit the repository that this project runs, and name its packages in audit.toml.",
    )


JOIN = Join(id="cov.unknown-code", title="Unknown code", needs=("groups", "paths"), find=find)
