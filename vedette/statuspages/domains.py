"""Names of status pages' own: which page a request to a name is for."""

from __future__ import annotations

import time
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http.request import validate_host

from vedette.statuspages.models import StatusPage

_SECONDS: Final = 10.0
_known: dict[str, str] = {}
_until = float("-inf")


def is_of_the_product(name: str) -> bool:
    """Whether requests to this name show the product: its own names, and every address."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return bool(name) and validate_host(name, settings.CONFIG.host_names)
    return True


def slug_at(name: str) -> str:
    """The page of a name, empty for none. The names are read every few seconds, not for each
    request: whoever sends a header with any name at all must not cost a question."""
    global _known, _until  # noqa: PLW0603 - what a process knows
    now = time.monotonic()
    if now >= _until:
        rows = StatusPage.objects.exclude(domain=None).values_list("domain", "slug")
        _known, _until = {str(domain): slug for domain, slug in rows}, now + _SECONDS
    return _known.get(name.lower(), "")


def forget_names() -> None:
    """Read them again at the next request."""
    global _until  # noqa: PLW0603
    _until = float("-inf")
