"""Whether a browser's page may send to a project: its origin against the allowed domains.

An entry is `*`, a host, `*.host` (the host and all below it), or either with a scheme, a port
or the beginning of a path: `https://shop.example:8443/app*`. Scheme and host may be `*`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

_MOST_CHARACTERS = 2048
_OWN_PORTS = {"http": 80, "https": 443}  # which browsers leave out


class _Pattern(NamedTuple):
    scheme: str
    host: str
    path: str


def is_allowed(origin: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether one entry matches; a request that no browser made has no origin and is let in."""
    if origin is None or "*" in allowed:
        return True
    if len(origin) > _MOST_CHARACTERS:
        return False
    try:
        page = urlsplit(origin.lower())
        host, port = page.hostname or "", page.port or _OWN_PORTS.get(page.scheme)
    except ValueError:
        return False
    if ":" in host:
        host = f"[{host}]"
    hosts = (host, f"{host}:{port}" if port else host)
    return any(_matches(page, hosts, _pattern(entry.lower())) for entry in allowed)


def _matches(page: SplitResult, hosts: tuple[str, str], pattern: _Pattern) -> bool:
    if pattern.scheme not in ("*", page.scheme):
        return False
    if pattern.host.startswith("*."):
        bare = pattern.host[2:]
        if not bare or not any(host == bare or host.endswith("." + bare) for host in hosts):
            return False
    elif pattern.host not in ("*", *hosts):
        return False
    if pattern.path.endswith("*"):
        return page.path.startswith(pattern.path[:-1])
    return page.path in (pattern.path, "", "/") if pattern.path else True


@lru_cache(maxsize=1024)
def _pattern(entry: str) -> _Pattern:
    """The parts of an entry; without a scheme or a path any will do."""
    scheme, separator, rest = entry.partition("://")
    if not separator:
        scheme, rest = "*", entry
    host, slash, path = rest.partition("/")
    return _Pattern(scheme, _as_sent(host), slash + path if path else "")


def _as_sent(host: str) -> str:
    """A host as browsers send it: in ASCII."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
