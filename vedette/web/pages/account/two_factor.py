"""Turning a person's second factor on, with a QR code and recovery codes, and off."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe

from vedette.accounts import attempts, checking, two_factor
from vedette.accounts.models import User
from vedette.sealing.fields import sealer
from vedette.web.access import Viewer
from vedette.web.client import client_network
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show

_TEMPLATE = "pages/account/two_factor.html"
_IN_SESSION = "two_factor"
_WRONG = "The code is not the one that the app shows now, or the password is not yours."
_BLOCKED = "Too many attempts. Wait five minutes, then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoFactorContext:
    """What the page shows: how to set the app up, or the recovery codes, once."""

    picture: SafeString | None = None
    secret: str = ""
    error: str = ""
    needs_password: bool = False
    recovery_codes: tuple[str, ...] = ()


def two_factor_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The set-up; a POST with a code turns it on, or off."""
    user = viewer.user
    if request.method == "POST":
        attempt = attempts.Attempt(address=client_network(request), account=f"code {user.email}")
        if not attempts.count(attempt):
            return _setup(request, user, _BLOCKED, 429)
        turn = _turn_off if request.POST.get("do") == "off" else _turn_on
        try:
            done = turn(request, user)
        except checking.BusyError as error:
            attempts.forgive(attempt)
            return _setup(request, user, str(error), 503)
        if done is None:
            return _setup(request, user, _WRONG, 400)
        attempts.forget(attempt)
        return done
    return redirect("account") if two_factor.is_on(user) else _setup(request, user)


def _turn_on(request: HttpRequest, user: User) -> HttpResponse | None:
    """Other sessions end: they began without a second factor."""
    password = request.POST.get("password", "")
    if user.has_usable_password() and not checking.has_password(user, password):
        return None
    codes = two_factor.turn_on(user, _secret(request), request.POST.get("code", ""))
    if not codes:
        return None
    del request.session[_IN_SESSION]
    user.set_password(password if user.has_usable_password() else None)  # salted anew
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    return show(request, _TEMPLATE, TwoFactorContext(recovery_codes=tuple(codes)))


def _secret(request: HttpRequest) -> str:
    """This session's secret for the app, sealed in it until the app is confirmed."""
    held = request.session.get(_IN_SESSION)
    if held:
        return sealer().open(held.encode()).decode()
    secret = two_factor.new_secret()
    request.session[_IN_SESSION] = sealer().seal(secret.encode()).decode()
    return secret


def _turn_off(request: HttpRequest, user: User) -> HttpResponse | None:
    if not two_factor.use_code(user, request.POST.get("code", "")):
        return None
    two_factor.turn_off(user)
    put_flash(request, Flash(text="The second factor is off."))
    return redirect("account")


def _setup(request: HttpRequest, user: User, error: str = "", status: int = 200) -> HttpResponse:
    """A factor that is on is not shown again: only its code can turn it off."""
    if two_factor.is_on(user):
        put_flash(request, Flash(text=error))
        return redirect("account")
    secret = _secret(request)
    context = TwoFactorContext(
        picture=_draw(two_factor.address(user, secret)),
        secret=secret,
        error=error,
        needs_password=user.has_usable_password(),
    )
    return show(request, _TEMPLATE, context, status=status)


def _draw(address: str) -> SafeString:
    """The QR code. Its library takes 4 MB, and few people set up a second factor."""
    import segno

    picture = segno.make(address).svg_inline(scale=5, border=2, light="#fff", lineclass=None)
    return mark_safe(picture)  # noqa: S308 - drawn by the library from our own address
