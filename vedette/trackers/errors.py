"""What can go wrong with a tracker.

TrackerError            it may work later
└─ TrackerRefusal       this will never be taken so
   ├─ AccessRefused     the token is not accepted: nothing will be taken
   └─ Vanished          it is not there, or the token may not see it
NotSigned               a call from outside that does not prove where it comes from
"""

from __future__ import annotations


class TrackerError(Exception):
    """The tracker did not do it; it is tried again later."""

    def __init__(self, words: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.retry_after = retry_after


class TrackerRefusal(TrackerError):  # noqa: N818 - what it is, in the word people use
    """The tracker will never take it so: something in it is wrong."""


class AccessRefused(TrackerRefusal):
    """The token is wrong, or may not do this: nothing else will be taken either."""


class Vanished(TrackerRefusal):
    """What was asked for is not there, or the token may not see it."""


class NotSigned(Exception):  # noqa: N818 - what it is, in the word people use
    """A call that claims to come from the tracker does not prove it."""
