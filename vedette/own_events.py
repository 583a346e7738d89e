"""Events that the product finds itself: no errors, and nobody may send any.

They are stored among events under types of their own, so that they are issues like any other.
"""

from __future__ import annotations

from typing import Final

PERFORMANCE: Final = "performance"
CRON: Final = "cron"
UPTIME: Final = "uptime"
OUTAGES: Final = (CRON, UPTIME)
REPLAY: Final = "replay"  # what people did in vain, seen in recordings
OWN_TYPES: Final = (PERFORMANCE, *OUTAGES, REPLAY)
