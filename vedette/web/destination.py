"""Where a form may lead afterwards: an address of this site, whatever it was asked for."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from django.http import HttpRequest
from django.http.request import QueryDict

_MOST_CHARACTERS = 4000  # also of what is made of it: a Location has its bound, too
_PATH = "/:@!$&'()*+,;=~%"


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where a form wants to go afterwards, if that is a path of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return local_address(wanted) or fallback


def local_address(text: str) -> str:
    """The address written anew from its parts, without host and fragment; empty if it has a host.

    Browsers drop tabs and line breaks and read a backslash as a slash, so an address with any
    of them is not taken.
    """
    if not text.startswith("/") or len(text) > _MOST_CHARACTERS:
        return ""
    if any(char <= " " or char in "\\\x7f" for char in text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc:
        return ""
    path = "/" + quote(parts.path.lstrip("/"), safe=_PATH, errors="replace")
    query = urlencode(list(QueryDict(parts.query).lists()), doseq=True, errors="replace")
    made = f"{path}?{query}" if query else path
    return made if len(made) <= _MOST_CHARACTERS else ""
