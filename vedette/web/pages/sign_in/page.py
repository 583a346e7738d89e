"""Signing in by password, rate-limited by address and account, and signing out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts import attempts, checking
from vedette.accounts.models import User
from vedette.web.destination import safe_next
from vedette.web.pages.sign_in.entering import ask_code, attempt_of, enter
from vedette.web.pages.sign_in.invitation import open_invitation
from vedette.web.pages.sign_in.links import open_link
from vedette.web.pages.sign_in.lost import lost_password
from vedette.web.pages.sign_in.provider import from_provider, to_provider
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route

_BLOCKED = "Too many attempts. Wait five minutes, then try again."
_WRONG = "E-mail address and password do not belong together."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInContext:
    """What the form shows; nothing typed is lost on error but the password."""

    email: str = ""
    error: str = ""
    next: str = ""
    has_people: bool = True
    provider: str = ""


def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and the attempt."""
    target = safe_next(request, "")
    if isinstance(request.user, User):
        return redirect(target or reverse("home"))
    if request.method != "POST":
        return _form(request, SignInContext(next=target, has_people=User.objects.exists()))
    email = request.POST.get("email", "").strip().lower()[:254]
    attempt = attempt_of(request, email)
    if not attempts.count(attempt):
        return _form(request, SignInContext(email=email, error=_BLOCKED, next=target), 429)
    try:
        user = checking.person_of(request, email, request.POST.get("password", ""))
    except checking.BusyError as error:
        attempts.forgive(attempt)
        return _form(request, SignInContext(email=email, error=str(error), next=target), 503)
    if user is None:
        return _form(request, SignInContext(email=email, error=_WRONG, next=target), 400)
    attempts.forget(attempt)
    return enter(request, user)


def sign_out(request: HttpRequest) -> HttpResponse:
    """POST: end the session."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return redirect("sign-in")


def _form(request: HttpRequest, context: SignInContext, status: int = 200) -> HttpResponse:
    if settings.CONFIG.oidc_url:
        context = replace(context, provider=settings.CONFIG.oidc_name)
    return show(request, "pages/sign_in/page.html", context, status=status)


PAGE = Page(
    routes=(
        Route(path="sign-in/", name="sign-in", view=sign_in, action=Open.TO_ALL),
        Route(path="sign-in/code/", name="sign-in-code", view=ask_code, action=Open.TO_ALL),
        Route(
            path="sign-in/provider/", name="sign-in-provider", view=to_provider, action=Open.TO_ALL
        ),
        Route(path="sign-in/back/", name="sign-in-back", view=from_provider, action=Open.TO_ALL),
        Route(path="sign-in/lost/", name="lost-password", view=lost_password, action=Open.TO_ALL),
        Route(path="sign-out/", name="sign-out", view=sign_out, action=Open.TO_ALL),
        Route(
            path="sign-in/link/<str:token>/",
            name="sign-in-link",
            view=open_link,
            action=Open.TO_ALL,
        ),
        Route(
            path="sign-in/invitation/<str:invitation>/",
            name="invitation",
            view=open_invitation,
            action=Open.TO_ALL,
        ),
    )
)
