"""Moments as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime

from vedette.web.api.errors import ApiError


def moment_of(field: str, text: str) -> datetime:
    """A moment in ISO 8601, in UTC where it names no zone. Raises ApiError 400."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ApiError(400, f"Invalid field {field}: write it as 2026-01-31T12:00:00Z") from None
