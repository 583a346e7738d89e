"""A lost password: a one-time link by mail, as often as is sensible, and no word on who exists."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vedette.accounts import attempts
from vedette.accounts.models import SignInLink, User
from vedette.outgoing import mail
from vedette.web import background
from vedette.web.client import client_network
from vedette.web.rendering import show

logger = logging.getLogger(__name__)

_HOURS = 1
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
    background.begin(partial(_send, email))
    return show(request, "pages/sign_in/lost.html", LostContext(email=email, is_sent=True))


def _send(email: str) -> None:
    """A mail that cannot be sent is in the log, not on the page: that would tell who exists."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return
    base = settings.CONFIG.base_url
    address = f"{base}/sign-in/link/{SignInLink.create(user, valid_hours=_HOURS)}/"
    text = (
        f"Somebody asked for a new password for {user.email} at {base}.\n\n"
        f"This link signs you in once, within an hour, and lets you choose one:\n{address}\n\n"
        "If it was not you, do nothing: the password stays as it is.\n"
    )
    try:
        mail.send(mail.Message(to=user.email, subject="Your sign-in link", text=text))
    except mail.MailError:
        logger.exception("the sign-in link could not be sent")
