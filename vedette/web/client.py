"""The address of the client, as the door has found it behind the trusted proxies."""

from __future__ import annotations

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's own address; the door alone reads X-Forwarded-For."""
    return str(request.META.get("REMOTE_ADDR", ""))
