"""Signing in at the provider of single sign-on: there, and back."""

from __future__ import annotations

import logging

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.identities import find_person
from vedette.accounts.single_sign_on import Pending, SingleSignOnError, provider
from vedette.web.destination import safe_next
from vedette.web.pages.sign_in.entering import enter
from vedette.web.rendering import show

logger = logging.getLogger(__name__)

_PENDING = "single_sign_on"
_MOST_CHARACTERS = 4000


def to_provider(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider."""
    if not settings.CONFIG.oidc_url:
        raise Http404("no single sign-on")
    try:
        address, pending = provider(settings.CONFIG).begin(_back())
    except SingleSignOnError as error:
        return _refused(request, error)
    target = safe_next(request, reverse("home"))
    request.session[_PENDING] = {**msgspec.to_builtins(pending), "target": target}
    return redirect(address)


def from_provider(request: HttpRequest) -> HttpResponse:
    """The person comes back: ask the provider who it is. An answer is taken once."""
    held = request.session.pop(_PENDING, None)
    if not settings.CONFIG.oidc_url or held is None:
        return redirect("sign-in")
    pending = msgspec.convert(held, Pending)
    try:
        claim = provider(settings.CONFIG).finish(
            pending,
            state=request.GET.get("state", "")[:_MOST_CHARACTERS],
            code=request.GET.get("code", "")[:_MOST_CHARACTERS],
            back=_back(),
        )
        user = find_person(claim, may_sign_up=settings.CONFIG.oidc_sign_up)
    except SingleSignOnError as error:
        return _refused(request, error)
    return enter(request, user, target=held["target"])


def _back() -> str:
    prefix = settings.CONFIG.path_prefix
    return str(settings.CONFIG.base_url) + reverse("sign-in-back").removeprefix(prefix)


def _refused(request: HttpRequest, error: SingleSignOnError) -> HttpResponse:
    logger.warning("single sign-on: %s", error)
    return show(request, "pages/sign_in/refused.html", str(error), status=403)
