"""Lets a request in to a view, or not: the only way from an address to a page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from vedette.access.actions import Action
from vedette.access.loading import access_of
from vedette.accounts.models import User
from vedette.store.asker import ask_for
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy, StoreError
from vedette.web.access import Viewer
from vedette.web.deadline import TooSlow, database_deadline
from vedette.web.destination import local_address
from vedette.web.errors import (
    HAS_GONE,
    database_unavailable,
    question_refused,
    store_busy,
    store_unavailable,
)
from vedette.web.routing import Open, Route
from vedette.web.scope import shared_filter
from vedette.web.text import has_unstorable_form, has_unstorable_text

logger = logging.getLogger(__name__)

_UNSTORABLE = "A parameter holds a character that no text may hold."
_TOO_SLOW = "This takes too long. Narrow the search or the time range."


def admit(route: Route) -> Callable[..., HttpResponseBase]:
    """The route's view behind the action it needs: sign in first, then be allowed to.

    An address that is open to all may be a secret, which no log names.
    """
    is_named = route.action is not Open.TO_ALL

    @wraps(route.view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        where = request.path if is_named else route.path
        try:
            with database_deadline():
                if has_unstorable_text(request, arguments) or has_unstorable_form(request):
                    return question_refused(request, _UNSTORABLE)
                return _enter(route, request, arguments)
        except BadQuery as error:
            return question_refused(request, f"{error}."[0].upper() + f"{error}."[1:])
        except StoreBusy as error:
            logger.warning("no turn at the store for %s: %s", where, error)
            return store_busy(request, str(error))
        except QuestionCancelled:
            return HttpResponse(status=HAS_GONE)
        except StoreError:
            logger.exception("the store did not answer for %s", where)
            return store_unavailable(request)
        except TooSlow:
            logger.exception("the database was too slow for %s", where)
            return question_refused(request, _TOO_SLOW)
        except OperationalError:
            logger.exception("the database did not answer for %s", where)
            return database_unavailable()

    return guarded


def _enter(route: Route, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponseBase:
    needed = route.needs(request.method or "GET")
    if needed is Open.TO_ALL:
        return route.view(request, **arguments)
    user = request.user
    if not isinstance(user, User):
        return _ask_to_sign_in(request)
    action = needed if isinstance(needed, Action) else None
    viewer = Viewer(user=user, access=access_of(user), action=action)
    ask_for(viewer.access.asker)
    request.viewer = viewer  # type: ignore[attr-defined]
    if action and not viewer.may(action):
        raise PermissionDenied(f"you may not {action}")
    shared_filter(request, viewer)
    return route.view(request, viewer, **arguments)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A fragment cannot hold the sign-in page, so HTMX is told to load the whole page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    target = local_address(request.get_full_path()) if request.method == "GET" else ""
    return redirect_to_login(target or "/")
