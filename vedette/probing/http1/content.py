"""A body without its encoding, within a bound."""

from __future__ import annotations

import zlib

_EITHER = 47  # gzip or zlib, as its first bytes say
_RAW = -15  # what some servers call deflate


class BadContent(ValueError):  # noqa: N818 - what it is
    """A body that is not what its header says."""


def decoded(body: bytes, encoding: str, most_bytes: int, *, is_cut: bool) -> tuple[bytes, bool]:
    """The body, and whether there is more of it than is kept. Raises BadContent."""
    names = [name for part in encoding.split(",") if (name := part.strip().lower())]
    names = [name for name in names if name != "identity"]
    if not names or not body:
        return body, is_cut
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise BadContent(f"the body has the encoding {encoding!r}, which was not asked for")
    try:
        return _inflate(body, _EITHER, most_bytes, is_cut=is_cut)
    except zlib.error as error:
        if names[0] != "deflate":
            raise BadContent(f"the body is no {names[0]}: {error}") from None
    try:
        return _inflate(body, _RAW, most_bytes, is_cut=is_cut)
    except zlib.error as error:
        raise BadContent(f"the body is no deflate: {error}") from None


def _inflate(body: bytes, bits: int, most_bytes: int, *, is_cut: bool) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(bits)
    found = stream.decompress(body, most_bytes + 1)
    if not stream.eof and not is_cut and len(found) <= most_bytes:
        raise BadContent("the body ends too early")
    return found[:most_bytes], is_cut or len(found) > most_bytes
