"""Signing in at the provider of single sign-on: there, and back."""

from __future__ import annotations

import logging

import msgspec
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.errors import SingleSignOnError
from vedette.accounts.identities import find_person
from vedette.accounts.single_sign_on import Pending, provider
from vedette.web.destination import safe_next
from vedette.web.pages.sign_in.entering import enter
from vedette.web.rendering import show

logger = logging.getLogger(__name__)

_COOKIE = "vedette_single_sign_on"
_SECONDS = 600
_MOST_TABS = 3  # each with an attempt of its own; together within a cookie's room
_MOST_TARGET = 500
_MOST_CHARACTERS = 4000


class _Attempt(Pending, frozen=True):
    """What has to come back, and where it leads then."""

    target: str


def to_provider(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider. What has to come back waits in a cookie, not in a table."""
    if not settings.CONFIG.oidc_url:
        raise Http404("no single sign-on")
    try:
        address, pending = provider(settings.CONFIG).begin(_back())
    except SingleSignOnError as error:
        return _refused(request, error)
    target = safe_next(request, "")
    attempt = _Attempt(
        state=pending.state,
        nonce=pending.nonce,
        verifier=pending.verifier,
        target=target if len(target) <= _MOST_TARGET else "",
    )
    return _remember(redirect(address), [attempt, *_attempts(request)])


def from_provider(request: HttpRequest) -> HttpResponse:
    """The person comes back: ask the provider who it is. An answer is taken once."""
    held = _attempts(request)
    if not settings.CONFIG.oidc_url or not held:
        return redirect("sign-in")
    state = request.GET.get("state", "")[:_MOST_CHARACTERS]
    attempt = next((one for one in held if one.state == state), held[0])
    others = [one for one in held if one is not attempt]
    return _remember(_finish(request, attempt, state), others)


def _finish(request: HttpRequest, attempt: _Attempt, state: str) -> HttpResponse:
    try:
        claim = provider(settings.CONFIG).finish(
            attempt,
            state=state,
            code=request.GET.get("code", "")[:_MOST_CHARACTERS],
            back=_back(),
        )
        user = find_person(claim, may_sign_up=settings.CONFIG.oidc_sign_up)
    except SingleSignOnError as error:
        return _refused(request, error)
    return enter(request, user, target=attempt.target or reverse("home"))


def _attempts(request: HttpRequest) -> list[_Attempt]:
    """The attempts that this browser has begun lately, newest first."""
    try:
        held = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=_SECONDS)
        return msgspec.convert(held, list[_Attempt])
    except (signing.BadSignature, msgspec.ValidationError):
        return []


def _remember(response: HttpResponse, attempts: list[_Attempt]) -> HttpResponse:
    path = reverse("sign-in")
    if not attempts:
        response.delete_cookie(_COOKIE, path=path, samesite="Lax")
        return response
    held = msgspec.to_builtins(attempts[:_MOST_TABS])
    response.set_cookie(
        _COOKIE,
        signing.dumps(held, salt=_COOKIE),
        max_age=_SECONDS,
        path=path,
        samesite="Lax",
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def _back() -> str:
    prefix = settings.CONFIG.path_prefix
    return str(settings.CONFIG.base_url) + reverse("sign-in-back").removeprefix(prefix)


def _refused(request: HttpRequest, error: SingleSignOnError) -> HttpResponse:
    logger.warning("single sign-on: %s", error)
    return show(request, "pages/sign_in/refused.html", str(error), status=403)
