"""What pages of recordings are called: their path, without what differs each time."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from vedette.spans.subject import without_ids

MOST_CHARACTERS: Final = 300


def path_of(address: str) -> str:
    """An address without its host, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.path or "/") if parts.netloc else parts.path


@lru_cache(maxsize=1024)
def page_name(address: str) -> str:
    """The page of an address, so that `/item/7?from=mail` and `/item/9` are one: `/item/*`."""
    return without_ids(_storable(path_of(address[:4096])))[:MOST_CHARACTERS]


def _storable(text: str) -> str:
    """A text that every store can hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
