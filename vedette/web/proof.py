"""How a session's person has proved who they are, where a page asks for it once more."""

from __future__ import annotations

from django.http import HttpRequest

from vedette import clock
from vedette.accounts.models import User

_CAME_BY_LINK = "came_by_link"
_SECONDS = 3600


def note_link(request: HttpRequest) -> None:
    """The person has come by a sign-in link just now."""
    request.session[_CAME_BY_LINK] = clock.timestamp()


def may_set_password(request: HttpRequest, user: User) -> bool:
    """Whether a new password needs no present one: there is none, or a link proved the person."""
    came: float = request.session.get(_CAME_BY_LINK, 0.0)
    return not user.has_usable_password() or clock.timestamp() - came < _SECONDS


def forget_link(request: HttpRequest) -> None:
    """From now on the present password is asked for."""
    request.session.pop(_CAME_BY_LINK, None)
