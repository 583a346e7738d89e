"""What the upstream refuses, in the log: strangers may send any number of unknown keys."""

from __future__ import annotations

import logging
import time
from typing import Final

log = logging.getLogger("vedette.relay")

MOST_A_MINUTE: Final = 20
_MINUTE_SECONDS: Final = 60.0


class Refusals:
    """Writes down the first of each minute; all are counted elsewhere."""

    def __init__(self) -> None:
        self._began = float("-inf")
        self._count = 0

    def note(self, text: str) -> None:
        """One that was set aside."""
        now = time.monotonic()
        if now - self._began >= _MINUTE_SECONDS:
            self._began, self._count = now, 0
        self._count += 1
        if self._count <= MOST_A_MINUTE:
            log.error("refused by the upstream and set aside: %s", text)
        elif self._count == MOST_A_MINUTE + 1:
            log.error("more is refused by the upstream and set aside; see /-/health for how much")
