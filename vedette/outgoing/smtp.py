"""Django's way to a mail server, within one deadline for a whole conversation.

Its own timeout counts each read alone, so a server that sends a byte now and then, or one line
after the other, would hold whoever sends for ever.
"""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

SECONDS = 30.0
_LOOK_SECONDS = 0.2


class Backend(EmailBackend):
    """Cuts off a conversation that takes longer than SECONDS, wherever it is."""

    _deadline: _Deadline

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """See Django. Raises TimeoutError when the time is over."""
        self._deadline = _Deadline(SECONDS)
        try:
            with self._deadline:
                return super().send_messages(email_messages)
        except OSError as error:
            if self._deadline.is_over:
                words = f"the mail server took longer than {SECONDS:g} seconds"
                raise TimeoutError(words) from error
            raise

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What Django makes its connection of: known to the deadline before it is made."""
        deadline = self._deadline
        base: type[smtplib.SMTP] = super().connection_class

        class Connection(base):  # type: ignore[misc, valid-type]
            def __init__(self, *arguments: Any, **options: Any) -> None:
                deadline.connection = self
                super().__init__(*arguments, **options)

        return Connection


class _Deadline:
    """A context in which a connection is cut off once the time is over."""

    def __init__(self, seconds: float) -> None:
        self.connection: smtplib.SMTP | None = None
        self.is_over = False
        self._seconds = seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mail-deadline", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        """Again and again: while a connection is made or encrypted there is nothing to cut."""
        wait = self._seconds
        while not self._done.wait(wait):
            self.is_over = True
            wait = _LOOK_SECONDS
            held = self.connection.sock if self.connection is not None else None
            if held is not None:
                with suppress(OSError):  # it has ended by itself
                    held.shutdown(socket.SHUT_RDWR)
