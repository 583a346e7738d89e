"""The address of the client behind the trusted proxies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; without proxies, the peer's own."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.CONFIG.trusted_proxies
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if trusted < 1 or len(forwarded) < trusted:
        return peer
    return forwarded[-trusted] or peer
