"""What people did in vain, as events: clicks that nothing came of, pages that broke at the start.

The id is made of what it is, so whoever looks at the same recording again makes the same event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import xxhash

from vedette.own_events import REPLAY
from vedette.recordings.marks import Kind, Mark
from vedette.recordings.pages import path_of
from vedette.spans.subject import without_ids

_MOST_CHARACTERS = 500


class FindingKind(NamedTuple):
    """A kind of finding: its name in searches, what people call it, and what it says."""

    name: str
    title: str
    help: str
    advice: str
    option: str


FINDINGS: Final[dict[Kind, FindingKind]] = {
    "rage": FindingKind(
        "replay_rage_click",
        "Rage click",
        "clicked again and again within some seconds, and nothing came of it",
        "Watch the moment. Either it looks as if it could be clicked and cannot, or what it does "
        "fails or takes long without a sign.",
        "rage_click_issues",
    ),
    "dead": FindingKind(
        "replay_dead_click",
        "Dead click",
        "clicked, and nothing on the page changed within seven seconds",
        "Watch the moment. If it does something that cannot be seen, such as a download, tell the "
        "SDK to leave it out by slowClickIgnoreSelectors.",
        "dead_click_issues",
    ),
    "hydrate": FindingKind(
        "replay_hydration_error",
        "Hydration error",
        "what the server rendered and what the browser rendered were not the same",
        "Watch the first moments of the page. What depends on the time, the language or the "
        "browser has to be rendered after the page was taken over.",
        "hydration_issues",
    ),
}
KINDS: Final = {one.name: one for one in FINDINGS.values()}


def event_of(mark: Mark, row: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of the event; `row` has the columns of the replay's own event."""
    kind = FINDINGS[mark.kind]
    page = page_of(mark)
    selector = mark.label if mark.kind != "hydrate" else ""
    about = selector or page or "a page"
    parts = (row["replay_id"], kind.name, str(mark.ms), selector)
    return {
        "event_id": xxhash.xxh3_128_hexdigest("\x00".join(parts).encode("utf-8", "replace")),
        "type": REPLAY,
        "timestamp": mark.ms / 1000,
        "level": "warning",
        "logger": kind.name,
        "platform": row.get("platform") or "javascript",
        "logentry": {"formatted": f"{kind.title}: {about}"[:_MOST_CHARACTERS]},
        "culprit": page,
        "fingerprint": [REPLAY, kind.name, selector, without_ids(page)],
        **{name: row[name] for name in ("release", "dist", "environment") if row.get(name)},
        "user": _user(row),
        "contexts": _contexts(row),
        "occurrence": {
            "type": kind.name,
            "title": kind.title,
            "subtitle": about,
            "replay_id": row["replay_id"],
            "ms": mark.ms,
            "selector": selector,
            "page": page,
            "clicks": mark.detail.get("clicks"),
            "after_ms": mark.detail.get("after"),
        },
    }


def page_of(mark: Mark) -> str:
    """The path of the page that it happened on; "" where nothing says so."""
    address = mark.label if mark.kind == "hydrate" else mark.detail.get("url")
    return path_of(address) if isinstance(address, str) else ""


def _user(row: Mapping[str, Any]) -> dict[str, str]:
    names = {"id": "user_id", "email": "user_email", "username": "user_username"}
    names["ip_address"] = "user_ip"
    return {name: row[column] for name, column in names.items() if row.get(column)}


def _contexts(row: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"replay": {"replay_id": row["replay_id"]}}
    for name, column in (("browser", "browser_name"), ("os", "os_name")):
        if row.get(column):
            made[name] = {"name": row[column]}
    return made
