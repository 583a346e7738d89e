"""Addresses that may become links: http and https alone, whatever somebody typed."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_SECURE_SHELL = re.compile(r"(?:ssh://)?[\w.-]+@(?P<host>[\w.-]+)[:/](?P<path>[^:]+)\Z", re.ASCII)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\\<>\"'`]")
MOST_CHARACTERS = 2000


class NotAnAddress(ValueError):
    """What was given cannot be a link; the text says so."""


def web_address(text: str) -> str:
    """The address if it may become a link, else nothing."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and has_host and "@" not in parts.netloc
    is_short = len(address) <= MOST_CHARACTERS
    return address if is_web and is_short and not _BLANK.search(address) else ""


def repository_address(text: str) -> str:
    """A repository's address on the web, also from what `git remote` says; empty for empty.

    Raises NotAnAddress.
    """
    address = text.strip()
    if not address:
        return ""
    shell = _SECURE_SHELL.match(address)
    if shell:
        address = f"https://{shell['host']}/{shell['path'].lstrip('/')}"
    address = web_address(address.rstrip("/").removesuffix(".git"))
    if not address or urlsplit(address).query or urlsplit(address).fragment:
        raise NotAnAddress("An address such as https://github.com/owner/name.")
    return address


def quoted(text: str) -> str:
    """A path or a reference as a part of an address."""
    return quote(text, safe="/@:+~!,=-._")
