"""Sign-in links by mail: promised in a table before the answer, sent after it, and tried again.

The promise is the same row for an address that is known and one that is not.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings

from vedette import clock
from vedette.accounts.models import PromisedLink, SignInLink, User, hash_token
from vedette.outgoing import mail

log = logging.getLogger("vedette.accounts")

_HOURS = 1
_MOST = 1000  # beyond it somebody floods
_AGAIN = timedelta(seconds=90)  # longer than a mail may take
_GIVE_UP = timedelta(hours=1)
MOST_LINKS = 10  # for one person in an hour: strangers may ask for them
_WINDOW = timedelta(hours=1)


def promise(email: str) -> None:
    """Write down that the address is to get a link; one that waits already is enough."""
    if PromisedLink.objects.count() >= _MOST:
        log.error("too many sign-in links wait for the mail server: one more was dropped")
        return
    PromisedLink.objects.bulk_create([PromisedLink(email=email)], ignore_conflicts=True)


def send_due() -> None:
    """Send what is promised and due. Several may do so at once: each mail is sent by one.

    A server that is away or hesitates is left alone until the next turn.
    """
    for promised in PromisedLink.objects.filter(due_at__lte=clock.now()).order_by("pk"):
        try:
            if _claim(promised) and _is_done(promised):
                PromisedLink.objects.filter(pk=promised.pk).delete()
        except mail.MailServerError:
            log.exception("the sign-in link could not be sent")
            return


def _claim(promised: PromisedLink) -> bool:
    """Put it off: whoever dies over it leaves it to the next."""
    now = clock.now()
    due = PromisedLink.objects.filter(pk=promised.pk, due_at__lte=now)
    return bool(due.update(due_at=now + _AGAIN))


def _is_done(promised: PromisedLink) -> bool:
    """A mail that cannot be sent is in the log, not on a page: that would tell who exists."""
    user = User.objects.filter(email=promised.email, is_active=True).first()
    if user is None:
        return True
    lately = SignInLink.objects.filter(user=user, created_at__gt=clock.now() - _WINDOW)
    if lately.count() >= MOST_LINKS:
        log.warning("%s asked for many sign-in links: one more was not sent", user.email)
        return True
    token = SignInLink.create(user, valid_hours=_HOURS)
    try:
        mail.send(_message(user, token))
    except mail.MailError as error:
        SignInLink.objects.filter(token_hash=hash_token(token)).delete()  # nobody has it
        if clock.now() - promised.created_at > _GIVE_UP:
            log.exception("the sign-in link was not sent within an hour")
            return True
        if isinstance(error, mail.MailServerError):
            raise
        log.exception("the sign-in link could not be sent")
        return False
    return True


def _message(user: User, token: str) -> mail.Message:
    base = settings.CONFIG.base_url
    address = f"{base}/sign-in/link/{token}/"
    text = (
        f"Somebody asked for a new password for {user.email} at {base}.\n\n"
        f"This link signs you in once, within an hour, and lets you choose one:\n{address}\n\n"
        "If it was not you, do nothing: the password stays as it is.\n"
    )
    return mail.Message(to=user.email, subject="Your sign-in link", text=text)
