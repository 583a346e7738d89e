"""Where mail goes, and a test message."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.outgoing import mail
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContext:
    """What the page shows."""

    goes_to: str
    sender: str
    is_files: bool
    to: str
    error: str = ""


def mail_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; a POST sends the test message to the person who asks."""
    error = ""
    if request.method == "POST":
        try:
            mail.send(_test_message(viewer.user.email))
        except mail.MailError as fault:
            error = str(fault)
        else:
            put_flash(request, Flash(text=f"Test message handed over for {viewer.user.email}."))
            return redirect("mail")
    context = MailContext(
        goes_to=mail.describe(settings.CONFIG),
        sender=settings.CONFIG.mail_from,
        is_files=not settings.CONFIG.mail_url,
        to=viewer.user.email,
        error=error,
    )
    return show(request, "pages/mail/page.html", context, status=502 if error else 200)


def _test_message(to: str) -> mail.Message:
    base = settings.CONFIG.base_url
    return mail.Message(
        to=to,
        subject="Test message from Vedette",
        text=f"Mail from {base} arrives here.\n",
        html=f"<p>Mail from {base} arrives here.</p>",
    )


PAGE = Page(
    routes=(
        Route(
            path="settings/mail/",
            name="mail",
            view=mail_page,
            action=Action.MANAGE_INSTALLATION,
        ),
    )
)
