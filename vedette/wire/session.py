"""What a session can come to (protocol, 3.6)."""

from __future__ import annotations

from typing import Final

# The best first. A handled error makes a session errored; `unhandled` is an error that nobody
# handled and that did not end it.
STATES: Final = ("healthy", "errored", "unhandled", "crashed", "abnormal")
STATE_OF_STATUS: Final = {"exited": "healthy", **{name: name for name in STATES[1:]}}
