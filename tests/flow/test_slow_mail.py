"""A mail server that hesitates holds no page up."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from tests.flow.product import Product
from tests.flow.visitor import Visitor, sign_in_owner


class SlowServer:
    """Accepts, and greets only when it is let go; then takes one message."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.called = threading.Event()
        self.release = threading.Event()
        self.taken = threading.Event()
        self.text = ""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        self.called.set()
        self.release.wait(60)
        with connection, connection.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 slow\r\n")
            in_data = False
            for line in iter(lines.readline, b""):
                if in_data:
                    self.text += line.decode()
                    in_data = line != b".\r\n"
                    if not in_data:
                        lines.write(b"250 taken\r\n")
                        self.taken.set()
                    continue
                in_data = line[:4].upper() == b"DATA"
                lines.write(b"354 go\r\n" if in_data else b"250 slow\r\n")


def test_a_lost_password_is_answered_before_the_mail_is_taken(tmp_path: Path) -> None:
    """For the account there is and for the one there is not; the mail follows."""
    server = SlowServer()
    with Product(tmp_path / "data", mail_url=f"smtp+plain://127.0.0.1:{server.port}") as product:
        sign_in_owner(product)
        visitor = Visitor(product)
        visitor.open("/sign-in/lost/")
        known = visitor.submit("/sign-in/lost/", {"email": "alice@example.com"})
        assert server.called.wait(30)
        unknown = visitor.submit("/sign-in/lost/", {"email": "who@example.com"})
        assert known.status == unknown.status == 200
        assert not server.taken.is_set()
        server.release.set()
        assert server.taken.wait(30)
        assert "To: alice@example.com" in server.text
