"""Where the client is, as the door has found it behind the trusted proxies."""

from __future__ import annotations

from django.http import HttpRequest

from vedette.http.proxies import subscriber


def client_network(request: HttpRequest) -> str:
    """What limits go by: an IPv4 address, or an IPv6 one's /64, all of which one client has."""
    return subscriber(str(request.META.get("REMOTE_ADDR", "")))
