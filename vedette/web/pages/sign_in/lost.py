"""A lost password: a one-time link by mail, as often as is sensible, and no word on who exists."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.accounts import attempts
from vedette.accounts.promised_links import promise, send_due
from vedette.web import background
from vedette.web.client import client_network
from vedette.web.rendering import show

_BLOCKED = "Too many requests. Wait five minutes, then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class LostContext:
    """What the page shows; `is_sent` says that mail is on its way if there is such an account."""

    email: str = ""
    error: str = ""
    is_sent: bool = False


def lost_password(request: HttpRequest) -> HttpResponse:
    """The form; a POST sends the link. Neither the answer nor its time says who exists.

    So not even the account is looked for before the answer.
    """
    if request.method != "POST":
        return show(request, "pages/sign_in/lost.html", LostContext())
    email = request.POST.get("email", "").strip().lower()[:254]
    attempt = attempts.Attempt(address=client_network(request), account=f"lost {email}")
    if not attempts.count(attempt):
        context = LostContext(email=email, error=_BLOCKED)
        return show(request, "pages/sign_in/lost.html", context, status=429)
    promise(email)
    background.begin(send_due)
    return show(request, "pages/sign_in/lost.html", LostContext(email=email, is_sent=True))
