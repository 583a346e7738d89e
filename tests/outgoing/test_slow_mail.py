"""Mail servers that hesitate hold nobody longer than a conversation may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from django.test import override_settings

from vedette.outgoing import mail, smtp
from vedette.outgoing.mail import MailServerError, Message, send

MESSAGE = Message(to="a@example.com", subject="Hello", text="Hello")


class Hesitating:
    """A server that is never silent for long and gets nowhere: a line of greeting, and another."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._closed = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._greet, args=(connection,), daemon=True).start()

    def _greet(self, connection: socket.socket) -> None:
        """For two seconds; then no, so that who waits without a deadline fails, too."""
        with connection:
            try:
                for _ in range(100):
                    connection.sendall(b"220-wait\r\n")
                    if self._closed.wait(0.02):
                        return
                connection.sendall(b"554 no\r\n")
            except OSError:
                return

    def close(self) -> None:
        self._closed.set()
        self._listener.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hesitating]:
    held = Hesitating()
    monkeypatch.setattr(smtp, "SECONDS", 0.2)
    with override_settings(
        EMAIL_BACKEND=mail.mail_settings(_config(held.port))["EMAIL_BACKEND"],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=held.port,
        EMAIL_USE_TLS=False,
        EMAIL_TIMEOUT=20,
    ):
        yield held
    held.close()


def test_a_conversation_has_one_deadline(server: Hesitating) -> None:
    """However often the server says something."""
    with pytest.raises(MailServerError, match="longer than"):
        send(MESSAGE)


def test_few_wait_for_a_server_at_once(server: Hesitating, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is told so instead of holding another thread of the pages."""
    monkeypatch.setattr(mail, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(mail, "_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(smtp, "SECONDS", 1.5)
    first = threading.Thread(target=_send_in_vain)
    first.start()
    while mail._turns.acquire(blocking=False):
        mail._turns.release()
    with pytest.raises(MailServerError, match="others wait"):
        send(MESSAGE)
    first.join()
    assert mail._turns.acquire(blocking=False)


def _send_in_vain() -> None:
    with pytest.raises(MailServerError):
        send(MESSAGE)


def _config(port: int) -> object:
    from vedette.config import load

    return load({"VEDETTE_MAIL_URL": f"smtp+plain://127.0.0.1:{port}"})
