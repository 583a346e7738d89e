"""What somebody did in vain, as it was seen in a recording."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.own_events import REPLAY
from vedette.recordings.findings import KINDS, FindingKind
from vedette.web.pages.issue.payload import Payload, mapping, text
from vedette.web.wording import milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class VainView:
    """The block: what was clicked on which page, how often; `waited` is how long nothing came."""

    kind: FindingKind
    selector: str
    page: str
    clicks: int
    waited: str


def make_vain(payload: Payload) -> VainView | None:
    """The block of a finding; None for all else, and for a kind that there is no more."""
    held = mapping(payload.get("occurrence"))
    kind = KINDS.get(text(held.get("type")))
    if payload.get("type") != REPLAY or kind is None:
        return None
    return VainView(
        kind=kind,
        selector=text(held.get("selector")),
        page=text(held.get("page")),
        clicks=round(_number(held.get("clicks"))),
        waited=milliseconds(_number(held.get("after_ms")) or None),
    )


def _number(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e15 else 0.0  # type: ignore[arg-type, operator]
