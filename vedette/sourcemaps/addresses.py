"""Under which addresses a script and its map are filed, and what a script says of its map.

An address that begins with `~` stands for any scheme and host (protocol, section 5.3).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import xxhash

_ORIGIN = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/{0,2}(?=[^/])", re.IGNORECASE)
_REFERENCE = re.compile(
    rb"^[ \t]*(?://|/\*)[#@][ \t]*sourceMappingURL=(\S+?)(?:[ \t]*\*/)?[ \t\r]*$", re.MULTILINE
)
_TAIL_BYTES = 4096
_MOST_REFERENCE = 2000
_BASE = "https://any.invalid"


def url_key(url: str) -> int:
    """The signed 64-bit number by which an address is looked up."""
    number = xxhash.xxh3_64_intdigest(url.encode("utf-8", "replace"))
    return number - (1 << 64) if number >= 1 << 63 else number


def candidates(url: str) -> list[str]:
    """The addresses under which the file of `url` may be filed, the most exact first.

    With its query and without, with its host and for any host. A hash never counts.
    """
    url = url.partition("#")[0]
    bare = url.partition("?")[0]
    found = (name for one in (url, bare) for name in (one, _anywhere(one), _rooted(one)))
    return [name for name in dict.fromkeys(found) if name]


def _anywhere(url: str) -> str:
    """The address for any host: `~/static/app.js`."""
    return "~" + path if (path := _rooted(url)) else ""


def _rooted(url: str) -> str:
    """The path alone, from the root: `app:///main.js` and `https://x/main.js` are `/main.js`."""
    if url.startswith("~"):
        return "/" + url[1:].lstrip("/")
    path = _ORIGIN.sub("", url, count=1)
    if path == url:
        path = _SCHEME.sub("", url, count=1)
    return "/" + path.lstrip("/") if path else ""


def resolve(reference: str, url: str) -> str:
    """The address that a reference in the file of `url` means, in the same form as `url`."""
    if _ORIGIN.match(reference) or reference.startswith("~"):
        return reference
    if url.startswith("~"):
        joined = urljoin(f"{_BASE}/{url[1:].lstrip('/')}", reference)
        return "~" + joined.removeprefix(_BASE) if joined.startswith(_BASE) else joined
    origin = _ORIGIN.match(url)
    if origin is None or urlsplit(url).scheme in ("http", "https"):
        return urljoin(url, reference)
    rest = url[origin.end() :]
    return origin[0] + urljoin(f"{_BASE}/{rest.lstrip('/')}", reference).removeprefix(_BASE)


def reference_of(headers: Mapping[str, str], content: bytes) -> str:
    """Where a script says its map lies: by a header, else by its last comment; maybe a data: URL.

    A reference that is too long to be an address and is no data: URL counts as none.
    """
    for name, value in headers.items():
        if name.lower() in ("sourcemap", "x-sourcemap"):
            return value.strip()[:_MOST_REFERENCE]
    found = list(_REFERENCE.finditer(content, max(len(content) - _TAIL_BYTES, 0)))
    if not found and (at := content.rfind(b"sourceMappingURL=data:")) >= 0:
        found = list(_REFERENCE.finditer(content, max(content.rfind(b"\n", 0, at), 0)))
    if not found:
        return ""
    reference = found[-1][1].decode("utf-8", "replace")
    is_usable = reference.startswith("data:") or len(reference) <= _MOST_REFERENCE
    return reference if is_usable else ""


def inline_map(reference: str) -> bytes | None:
    """The map inside a data: URL; None if it is none or cannot be read."""
    if not reference.startswith("data:"):
        return None
    head, comma, body = reference[5:].partition(",")
    if not comma:
        return None
    raw = unquote_to_bytes(body)
    if not head.lower().endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return None


def map_addresses(url: str, reference: str) -> Iterator[str]:
    """The addresses under which the map of the script of `url` may be filed."""
    if reference and not reference.startswith("data:"):
        yield from candidates(resolve(reference, url))
    bare = url.partition("#")[0].partition("?")[0]
    yield from candidates(bare + ".map")
