"""What pages of recordings are called: their path, without what differs each time."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from vedette.spans.subject import without_ids

MOST_CHARACTERS: Final = 300
_MOST_READ = 4096  # of an address, also so that what is remembered has a bound


def path_of(address: str) -> str:
    """An address without its host, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.path or "/") if parts.netloc else parts.path


def page_name(address: str) -> str:
    """The page of an address, so that `/item/7?from=mail` and `/item/9` are one: `/item/*`."""
    return _named(address[:_MOST_READ])


@lru_cache(maxsize=1024)
def _named(address: str) -> str:
    return without_ids(_storable(path_of(address)))[:MOST_CHARACTERS]


def _storable(text: str) -> str:
    """A text that every store can hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
