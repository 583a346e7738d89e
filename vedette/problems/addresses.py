"""What the address of a request says of it, for the detectors of HTTP calls and assets."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from vedette.problems.segment import Piece

_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
_FILE = re.compile(r"\.(?!json$)[A-Za-z][A-Za-z0-9]{0,4}$")
_PAGED = re.compile(
    r"(?:^|[?&])(?:page|offset|cursor|after|before|starting_after|next|start|skip|from|since"
    r"|page_?token|page_?number|continuation_?token|marker)=",
    re.IGNORECASE,
)
_BUILT = ("/_next/static/", "/_next/data/")
_STORES = re.compile(r"(?:^|\.)s3[.-]|storage\.googleapis\.com$|\.blob\.core\.windows\.net$|^minio")


def address_of(piece: Piece) -> str:
    """The whole address, as far as the SDK says it."""
    held = piece.text("url.full", "http.url", "url")
    if "://" not in held:
        held = piece.description.partition(" ")[2] or piece.description
    query = piece.text("http.query", "url.query").lstrip("?")
    return f"{held}?{query}" if query and "?" not in held else held


def path_of(address: str) -> str:
    """Its path, "" for what is no address."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def is_call(piece: Piece) -> bool:
    """Whether it asks a service for something: no file, nothing that a framework loads."""
    path = path_of(address_of(piece))
    return (
        piece.action in _METHODS
        and not path.startswith(_BUILT)
        and "graphql" not in path.lower()
        and not _FILE.search(path)
    )


def is_paged(piece: Piece) -> bool:
    """Whether it asks for one page of many, which cannot be asked for at once."""
    return bool(_PAGED.search(address_of(piece).partition("?")[2]))


def is_object(piece: Piece) -> bool:
    """Whether it moves a file from or to an object store, where size is the point."""
    try:
        host = urlsplit(address_of(piece)).hostname or ""
    except ValueError:
        return False
    return bool(_STORES.search(host))


def has_failed(piece: Piece) -> bool:
    """Whether the answer was an error, or none came: what follows may be another try."""
    return piece.is_failed or piece.http_status >= 400
