"""The error answers of the API."""

from __future__ import annotations


class ApiError(Exception):
    """An error answer: its status and `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def not_found() -> ApiError:
    """Sentry's words for what is not there or not yours."""
    return ApiError(404, "The requested resource does not exist")
