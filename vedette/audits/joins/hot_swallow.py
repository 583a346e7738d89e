"""Errors are swallowed in the files from which most errors come."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.models import AuditFinding
from vedette.audits.seen import DAYS, Seen

_MOST = 10


def find(seen: Seen) -> Iterator[Told]:
    """Swallowed errors in files with events, one for each file, the busiest first."""
    busiest = max((seen.events_in(path) for path in seen.files), default=0)
    first: dict[str, AuditFinding] = {}
    for one in seen.findings:
        if one.rule.startswith("swallow.") and seen.events_in(one.path):
            first.setdefault(one.path, one)
    for path in sorted(first, key=lambda path: (-seen.events_in(path), path))[:_MOST]:
        number, one = seen.events_in(path), first[path]
        file = "the file with the most events" if number == busiest else "a file with events"
        yield Told(
            severity="important",
            text=f"This swallowed error sits in {file} ({number:,} in {DAYS} days): {one.what}",
            advice="Report what is caught here: more of the same is probably lost.",
            path=path,
            line=one.line,
            fingerprint=one.fingerprint,
        )


JOIN = Join(
    id="cov.hot-swallow",
    title="Swallowed where errors happen",
    needs=("findings", "groups", "paths"),
    find=find,
)
