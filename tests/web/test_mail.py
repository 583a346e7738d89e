"""The page that says where mail goes and sends a test message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.web.world import World


def sign_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


class Sink:
    """A mail server that takes one message."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.text = ""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 sink\r\n")
            in_data = False
            for line in iter(lines.readline, b""):
                if in_data:
                    self.text += line.decode()
                    in_data = line != b".\r\n"
                    if not in_data:
                        lines.write(b"250 taken\r\n")
                    continue
                word = line[:4].upper()
                in_data = word == b"DATA"
                lines.write(b"354 go\r\n" if in_data else b"250 sink\r\n")

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    held = Sink()
    yield held
    held.close()


def test_the_test_message_arrives_at_the_server(world: World, sink: Sink) -> None:
    """With text and HTML, from the sender of the settings, to the person who asked."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=sink.port,
        EMAIL_USE_TLS=False,
    ):
        answer = sign_in(world.alice).post("/settings/mail/")
    assert answer.status_code == 302
    assert "To: alice@example.com" in sink.text
    assert "From: Vedette <vedette@localhost>" in sink.text
    assert "multipart/alternative" in sink.text


def test_a_server_that_is_away_is_said_in_words(world: World) -> None:
    """Not as an internal error."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_USE_TLS=False,
    ):
        answer = sign_in(world.alice).post("/settings/mail/")
    assert answer.status_code == 502
    assert "was not taken" in answer.content.decode()


def test_without_a_server_the_message_is_a_file(world: World, tmp_path: Path) -> None:
    """The page says so, and where."""
    assert "No mail server is set" in sign_in(world.alice).get("/settings/mail/").content.decode()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
        EMAIL_FILE_PATH=str(tmp_path),
    ):
        sign_in(world.alice).post("/settings/mail/")
    (path,) = tmp_path.iterdir()
    assert "Mail from" in path.read_text()
    assert settings.CONFIG.mail_url == ""


def test_only_those_who_manage_see_it(world: World) -> None:
    """Teammates and outsiders do not."""
    for user in (world.bob, world.charlie):
        assert sign_in(user).get("/settings/mail/").status_code == 403
        assert sign_in(user).post("/settings/mail/").status_code == 403


def test_who_manages_the_installation_finds_the_page(world: World) -> None:
    """In the menu of the person; nobody else has the entry."""
    assert 'href="/settings/mail/"' in sign_in(world.alice).get("/issues/").content.decode()
    assert 'href="/settings/mail/"' not in sign_in(world.bob).get("/issues/").content.decode()
