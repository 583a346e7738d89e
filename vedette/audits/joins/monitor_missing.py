"""Jobs by the clock that never said anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen


def find(seen: Seen) -> Iterator[Told]:
    """Jobs of the code without a check-in: under the name that it gives them, or one alike."""
    known = {_plain(one) for one in seen.checked_in}
    for one in seen.inventory("jobs"):
        slug, name = str(one.get("slug", "")), str(one.get("name", ""))
        if _plain(slug or name) in known:
            continue
        has_code = bool(slug)
        yield Told(
            severity="important" if has_code else "routine",
            text=f"{slug or name} never checked in: no check-in was seen in {DAYS} days",
            advice="Run it once and see whether it arrives."
            if has_code
            else "Wrap it in a monitor, so that a run that does not come is heard of.",
            path=str(one.get("path", "")),
            line=int(one.get("line", 0)),
        )


def _plain(name: str) -> str:
    """Names are compared by their letters and digits."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


JOIN = Join(
    id="cov.monitor-missing", title="Jobs that never checked in", needs=("checked_in",), find=find
)
