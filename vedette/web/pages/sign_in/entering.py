"""The last steps of signing in, whichever way somebody came: second factor, session, browser."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string

from vedette import clock
from vedette.accounts import attempts, two_factor
from vedette.accounts.models import User
from vedette.web.client import client_network
from vedette.web.destination import local_address, safe_next
from vedette.web.proof import note_link
from vedette.web.rendering import show

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_BROWSER_COOKIE = "vedette_browser"
_BROWSER_SECONDS = 365 * 86400
_MOST_ACCOUNTS = 8
_PENDING = "pending"
_PENDING_SECONDS = 600
_BLOCKED = "Too many attempts. Wait five minutes, then try again."
_WRONG = "This is not the code of now, nor an unused recovery code."


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeContext:
    """What the page that asks for a code shows."""

    error: str = ""


def attempt_of(request: HttpRequest, account: str) -> attempts.Attempt:
    """How the attempt to enter an account is counted."""
    browser, accounts = _known_browser(request)
    known = browser if account in accounts else ""
    return attempts.Attempt(address=client_network(request), account=account, browser=known)


def enter(
    request: HttpRequest, user: User, *, by_link: bool = False, target: str = ""
) -> HttpResponse:
    """Sign in, or ask for the second factor first. `user` has proved who they are.

    It leads to `target`, an address of this site, or to where the request says.
    """
    target = local_address(target) or safe_next(request, reverse("home"))
    if two_factor.is_on(user):
        request.session.cycle_key()
        request.session[_PENDING] = {
            "user": user.pk,
            "proof": user.get_session_auth_hash(),
            "target": target,
            "by_link": by_link,
            "until": clock.timestamp() + _PENDING_SECONDS,
        }
        return redirect("sign-in-code")
    return _complete(request, user, target, by_link=by_link)


def ask_code(request: HttpRequest) -> HttpResponse:
    """The page that asks for the code of the second factor."""
    pending = request.session.get(_PENDING)
    if not pending or pending["until"] < clock.timestamp():
        return redirect("sign-in")
    if request.method != "POST":
        return show(request, "pages/sign_in/code.html", CodeContext())
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or pending["proof"] != user.get_session_auth_hash():
        return redirect("sign-in")  # the password was changed meanwhile
    attempt = attempt_of(request, f"code {user.email}")
    if not attempts.count(attempt):
        return show(request, "pages/sign_in/code.html", CodeContext(error=_BLOCKED), status=429)
    if not two_factor.use_code(user, request.POST.get("code", "")):
        return show(request, "pages/sign_in/code.html", CodeContext(error=_WRONG), status=400)
    attempts.forget(attempt)
    del request.session[_PENDING]
    target = local_address(pending["target"]) or reverse("home")
    return _complete(request, user, target, by_link=pending["by_link"])


def _complete(request: HttpRequest, user: User, target: str, *, by_link: bool) -> HttpResponse:
    login(request, user, backend=_BACKEND)
    if by_link:
        note_link(request)
        target = reverse("account") + "#password"
    return _remember_browser(request, redirect(target), user.email)


def _known_browser(request: HttpRequest) -> tuple[str, list[str]]:
    """The browser's name and the accounts that have signed in with it."""
    try:
        held = signing.loads(
            request.COOKIES.get(_BROWSER_COOKIE, ""), salt=_BROWSER_COOKIE, max_age=_BROWSER_SECONDS
        )
        return str(held["name"]), [str(account) for account in held["accounts"]]
    except (signing.BadSignature, KeyError, TypeError):
        return "", []


def _remember_browser(request: HttpRequest, response: HttpResponse, account: str) -> HttpResponse:
    name, accounts = _known_browser(request)
    known = [account, *(held for held in accounts if held != account)]
    held = {"name": name or get_random_string(22), "accounts": known[:_MOST_ACCOUNTS]}
    response.set_cookie(
        _BROWSER_COOKIE,
        signing.dumps(held, salt=_BROWSER_COOKIE),
        max_age=_BROWSER_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response
