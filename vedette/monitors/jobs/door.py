"""Whether jobs can be heard at all: they come to the door, and a door that is gone hears none."""

from __future__ import annotations

import http.client
from typing import Final

from vedette.config import Config

_WAIT_SECONDS: Final = 5.0
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


class Door:
    """Asks it. One that has never answered may be out of reach from here: that says nothing."""

    def __init__(self) -> None:
        self._has_answered = False

    def is_deaf(self, config: Config) -> bool:
        """Whether it answered before and does not now."""
        is_there = _answers(_EVERYWHERE.get(config.host, config.host), config.port)
        self._has_answered = self._has_answered or is_there
        return self._has_answered and not is_there


def _answers(host: str, port: int) -> bool:
    """Any answer will do: it is a server at work."""
    line = http.client.HTTPConnection(host, port, timeout=_WAIT_SECONDS)
    try:
        line.request("HEAD", "/-/ready")
        line.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return True
