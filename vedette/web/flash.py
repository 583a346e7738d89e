"""A short message carried to the next page, with the way to undo what was done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

_KEY = "flash"
_UNDO_KEY = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """What was done; `undo` maps issue ids to the status they had before."""

    text: str
    undo: dict[str, str] = field(default_factory=dict)


def put_flash(request: HttpRequest, flash: Flash) -> None:
    """Keep the message for the next page this person sees."""
    request.session[_KEY] = asdict(flash)


def take_flash(request: HttpRequest) -> Flash | None:
    """The message, once."""
    if not hasattr(request, "session") or _KEY not in request.session:
        return None
    held = request.session.pop(_KEY)
    request.session[_UNDO_KEY] = held["undo"]
    return Flash(**held)


def take_undo(request: HttpRequest) -> dict[str, str]:
    """What the last message offered to undo, once."""
    undo: dict[str, str] = request.session.pop(_UNDO_KEY, {})
    return undo
