"""Places that report, and never did."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

_MOST = 20


def find(seen: Seen) -> Iterator[Told]:
    """Captures whose file and function no event names; none while nothing comes at all."""
    if not seen.groups:
        return
    named = {
        (path, one.function.rpartition(".")[2])
        for group in seen.groups
        for one in group.frames
        if (path := seen.path_of(one.file))
    }
    told = 0
    for one in seen.inventory("captures"):
        path, function = str(one.get("path", "")), str(one.get("function", ""))
        if not function or (path, function.rpartition(".")[2]) in named or told == _MOST:
            continue
        told += 1
        yield Told(
            severity="info",
            text=f"{function} in {path} reports, and no event from there was seen in {DAYS} days",
            advice="Send a test error through it once, to know that it works.",
            path=path,
            line=int(one.get("line", 0)),
        )


JOIN = Join(
    id="cov.dead-capture", title="Reports that never came", needs=("groups", "paths"), find=find
)
