"""Pages without a boundary that did fail."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen


def find(seen: Seen) -> Iterator[Told]:
    """Pages whose transaction had errors, the most frequent first."""
    failed: dict[str, tuple[int, int]] = {}
    for name, (events, users) in seen.transactions.items():
        held = failed.get(_route(name), (0, 0))
        failed[_route(name)] = (held[0] + events, max(held[1], users))
    bare = [one for one in seen.inventory("pages") if not one.get("has_boundary")]
    for page in sorted(bare, key=lambda one: -failed.get(_route(one["route"]), (0, 0))[0]):
        events, users = failed.get(_route(page["route"]), (0, 0))
        if not events:
            continue
        of = f", {users:,} user{'' if users == 1 else 's'}" if users else ""
        yield Told(
            severity="important",
            text=f"{page['route']} has no boundary and had {events:,} errors{of} in {DAYS} days",
            advice="Add an error.tsx that captures, in its folder or in app/ for all.",
            path=str(page.get("path", "")),
            line=1,
            search=f'transaction:"{page["route"]}"',
        )


def _route(name: str) -> str:
    """`GET /admin/calls/` and `/admin/calls` are one."""
    return name.rpartition(" ")[2].rstrip("/") or "/"


JOIN = Join(
    id="cov.route-no-boundary-errors",
    title="Pages without a boundary that failed",
    needs=("transactions",),
    find=find,
)
