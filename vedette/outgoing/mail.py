"""The one way in which the product sends mail: SMTP, or files in the data folder.

`VEDETTE_MAIL_URL` names the server (`smtp://user:password@host:587`, TLS by STARTTLS;
`smtps://…` from the first byte; `smtp+plain://…` without). Without it every message is a
file in the folder `mail`, so that nothing is lost before there is a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import unquote, urlsplit

from vedette.config import Config, ConfigError

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_SECONDS = 20
_MOST_AT_ONCE = 4
_WAIT_SECONDS = 5.0

_turns = BoundedSemaphore(_MOST_AT_ONCE)


class MailError(Exception):
    """A message could not be handed over; the text says why."""


class MailNotNow(MailError):  # noqa: N818 - what it is, in the word people use
    """The server wants this message later, as for a first mail where it greylists."""


class MailServerError(MailNotNow):
    """The server is away or hesitates: another message would fare no better just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one person. `headers` may name the thread (Message-ID, References)."""

    to: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def mail_settings(config: Config) -> dict[str, Any]:
    """Django's mail settings. Raises ConfigError for a URL that cannot be read."""
    if not config.mail_url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(config.data / "mail"),
            "DEFAULT_FROM_EMAIL": config.mail_from,
        }
    parts = urlsplit(config.mail_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError(
            "VEDETTE_MAIL_URL: smtp://user:password@host:587, smtps://… or smtp+plain://… is needed"
        )
    return {
        "EMAIL_BACKEND": "vedette.outgoing.smtp.Backend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": _SECONDS,
        "DEFAULT_FROM_EMAIL": config.mail_from,
    }


def describe(config: Config) -> str:
    """Where mail goes, in words, without the password."""
    if not config.mail_url:
        return f"files in {config.data / 'mail'}"
    parts = urlsplit(config.mail_url)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 25)}"


def send(message: Message) -> None:
    """Hand a message over, within half a minute; a few at once. Raises MailError. Needs Django."""
    from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

    from django.core.mail import BadHeaderError, EmailMultiAlternatives

    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split())[:250],
        body=message.text,
        to=[message.to],
        headers=dict(message.headers),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if not _turns.acquire(timeout=_WAIT_SECONDS):
        raise MailServerError(f"the mail to {message.to} was not sent: others wait for the server")
    try:
        mail.send()
    except (ConnectionError, TimeoutError, SMTPConnectError, SMTPServerDisconnected) as error:
        raise MailServerError(f"the mail to {message.to} was not taken: {error}") from error
    except (OSError, SMTPException, BadHeaderError, ValueError) as error:
        kind = MailNotNow if _is_for_now(error) else MailError
        raise kind(f"the mail to {message.to} was not taken: {error}") from error
    finally:
        _turns.release()


def _is_for_now(error: Exception) -> bool:
    """Whether the server's answer is of the 4xx (RFC 5321): come again later."""
    from smtplib import SMTPRecipientsRefused, SMTPResponseException

    codes = [error.smtp_code] if isinstance(error, SMTPResponseException) else []
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    return bool(codes) and all(400 <= code < 500 for code in codes)
