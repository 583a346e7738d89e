"""A mail server on loopback that hands over every message it takes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class Mailbox:
    """Use as a context manager; `take` is called from a thread of its own. `url` is what to set
    as VEDETTE_MAIL_URL."""

    def __init__(self, take: Callable[[EmailMessage], None]) -> None:
        self._take = take
        with socket.socket() as probe:  # the library wants to know its port beforehand
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"smtp+plain://127.0.0.1:{port}"
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(  # noqa: N802 - the name of the library's hook
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        """Take a message."""
        content = cast(bytes, envelope.content)
        self._take(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
