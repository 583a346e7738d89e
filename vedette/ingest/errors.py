"""What the door may answer instead of 200."""

from __future__ import annotations

from vedette.wire.limits import RateLimit


class IngestError(Exception):
    """A refusal with its HTTP status; the text is `detail`. `reason` is counted as outcome."""

    status = 400
    outcome = "invalid"
    is_counted = False  # whether the outcomes know of it already

    def __init__(self, detail: str, *, reason: str = "", status: int = 0) -> None:
        super().__init__(detail)
        self.reason = reason or "malformed"
        if status:
            self.status = status


class Unauthorized(IngestError):
    """No, wrong or contradicting credentials."""

    status = 401


class Forbidden(IngestError):
    """A key that does not open this project."""

    status = 403


class TooLarge(IngestError):
    """A body or item over its bound."""

    status = 413


class TimedOut(IngestError):
    """The body did not arrive in time."""

    status = 408


class Busy(IngestError):
    """Too much is being received at this moment."""

    status = 503
    outcome = "rate_limited"


class RateLimited(IngestError):
    """Everything in the envelope is under a limit."""

    status = 429
    outcome = "rate_limited"

    def __init__(self, limits: list[RateLimit]) -> None:
        super().__init__("rate limited: " + ", ".join(sorted({limit.reason for limit in limits})))
        self.limits = limits
