"""What is kept of a request: all that its upstream must see, beside the body as it came."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vedette import items
from vedette.http.asgi import Scope

MOST_META_BYTES = 60_000  # the spool's records give it two bytes of length
_KEPT_HEADERS = frozenset(
    {
        *(b"x-sentry-auth", b"authorization", b"content-type", b"content-encoding"),
        *(b"user-agent", b"origin", b"referer", b"via"),
    }
)
SHELVES = ("errors", "others", "bulky")  # in the order in which they are sent, the last goes first


class Kept(msgspec.Struct, array_like=True, gc=False):
    """One request. `delivery` names it for ever: 32 hex digits.

    `project` is empty where only the key knows it; `target` is path and query as they came;
    `held_seconds` is how long relays before this one have had it.
    """

    delivery: str
    received: float
    project: str
    key: str
    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    categories: dict[str, int] = {}
    held_seconds: float = 0.0

    @property
    def group(self) -> str:
        """Whose limits hold for it: those of its project."""
        return self.project or self.key

    @property
    def sender(self) -> str:
        """Whose order it stands in: that of its key in its project."""
        return f"{self.project} {self.key}"


encode_kept = msgspec.msgpack.Encoder().encode
decode_kept = msgspec.msgpack.Decoder(Kept).decode


def headers_of(scope: Scope, address: str) -> list[tuple[bytes, bytes]]:
    """The headers that are sent on; the client's address only if it is given."""
    kept = [(name, value) for name, value in scope["headers"] if name in _KEPT_HEADERS]
    if address:
        kept.append((b"x-forwarded-for", address.encode("latin-1", "replace")))
    return kept


def target_of(scope: Scope) -> bytes:
    """Path and query as they were sent."""
    path: bytes = scope.get("raw_path") or scope["path"].encode("latin-1", "replace")
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


class Shelving:
    """Which shelf a request belongs on; the kinds of items are asked once."""

    def __init__(self) -> None:
        self._vital = items.categories(lambda kind: kind.is_vital)
        self._bulky = items.categories(lambda kind: kind.is_bulky)

    def shelf_of(self, endpoint: str, categories: Iterable[str]) -> str:
        """Errors if any is among them, bulky if there is nothing else."""
        names = set(categories)
        if names & self._vital:
            return "errors"
        if names and names <= self._bulky | {"attachment"}:
            return "bulky"
        return "bulky" if endpoint == "attachments" else "others"
