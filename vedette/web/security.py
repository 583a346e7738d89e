"""The headers that keep a page harmless whatever an event says, on every response."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vedette.store.asker import ask_for

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SANDBOX_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


_HSTS = "max-age=31536000"  # a year; subdomains may be somebody else's


class SecurityHeaders:
    """Adds the headers a view has not set itself; pages of signed-in people are not cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._headers = dict(_HEADERS)
        if settings.CONFIG.base_url.startswith("https://"):
            self._headers["Strict-Transport-Security"] = _HSTS

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and add the headers; who asks is not yet known."""
        ask_for("")
        response = self.get_response(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
