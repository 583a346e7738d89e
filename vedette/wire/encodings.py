"""Content-Encoding undone within a bound: gzip, deflate, br, zstd, identity.

A body that would inflate past the bound is refused when it reaches it: no decoder gives more
than a chunk at a time, and a declared size is believed only below the bound. Nothing is ever
inflated twice in a row (no bomb in a bomb).
Source: protocol, section 1.5.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from itertools import islice

import brotli
import zstandard

try:
    import deflate as _libdeflate
except ImportError:  # no wheel for this platform: zlib does the same at half the speed
    _libdeflate = None  # type: ignore[assignment]

_CHUNK = 1 << 16
_MOST_PREFIX_CHUNKS = 64  # each gives at least a byte, but for empty members and blocks
GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_SKIPPABLE = 0x184D2A50  # and the 15 after it
_ZSTD_MOST_HEADER = 18
_ERRORS = (zlib.error, brotli.error, zstandard.ZstdError, EOFError)


class EncodingError(ValueError):
    """The body cannot be decoded; `status` is the HTTP status to answer."""

    status = 400


class UnknownEncoding(EncodingError):
    """The Content-Encoding is not one of ours."""

    status = 415


class BodyTooLarge(EncodingError):
    """The body inflates past the bound."""

    status = 413


def inflate(
    body: bytes,
    encoding: bytes,
    limit_bytes: int,
    *,
    is_prefix: bool = False,
    most_members: int = 0,
) -> bytes:
    """The decoded body, at most `limit_bytes` long. Raises EncodingError.

    `encoding` is the Content-Encoding header's value; several are applied in reverse order
    only as far as one real coding goes (`identity` may accompany it). Of a body of which only
    a prefix is there, the decoded prefix, cut at the limit. With `most_members` a gzip body of
    more members counts as too large.
    """
    decoder = _decoder(encoding)
    if decoder is None:
        if is_prefix:
            return body[:limit_bytes]
        if len(body) > limit_bytes:
            raise BodyTooLarge("body exceeds the size limit")
        return body
    if is_prefix:
        return _collect_prefix(decoder(body), limit_bytes)
    if decoder is _gunzip_stream:
        quick = _gunzip_whole(body, limit_bytes)
        if quick is not None:
            return quick
        if most_members and body.count(GZIP_MAGIC) > most_members:
            raise BodyTooLarge("body has too many members")
    return _collect(decoder(body), limit_bytes)


def _decoder(encoding: bytes) -> Callable[[bytes], Iterator[bytes]] | None:
    """The decoder of a Content-Encoding, None for a body as it is. Raises UnknownEncoding."""
    known = _DECODERS.get(encoding)
    if known is not None:
        return known
    names = [part.strip() for part in encoding.lower().split(b",")]
    names = [name for name in names if name not in (b"", b"identity")]
    if not names:
        return None
    known = _DECODERS.get(names[0]) if len(names) == 1 else None
    if known is None:
        raise UnknownEncoding(f"unknown content encoding {encoding[:40].decode('latin-1')!r}")
    return known


def _collect(chunks: Iterator[bytes], limit_bytes: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        for chunk in chunks:
            total += len(chunk)
            if total > limit_bytes:
                raise BodyTooLarge("body exceeds the size limit")
            parts.append(chunk)
    except _ERRORS as error:
        raise EncodingError(f"body cannot be decoded: {error}") from None
    return b"".join(parts)


def _collect_prefix(chunks: Iterator[bytes], limit_bytes: int) -> bytes:
    plain = b""
    try:
        for chunk in islice(chunks, _MOST_PREFIX_CHUNKS):
            plain += chunk
            if len(plain) >= limit_bytes:
                break
    except EOFError:
        pass  # the rest has not come yet
    except _ERRORS as error:
        raise EncodingError(f"body cannot be decoded: {error}") from None
    return plain[:limit_bytes]


def _gunzip_whole(body: bytes, limit_bytes: int) -> bytes | None:
    """libdeflate on a single-member gzip body of small declared size, else None."""
    if len(body) < 18 or _libdeflate is None:
        return None
    declared = int.from_bytes(body[-4:], "little")
    if not 0 < declared <= min(limit_bytes, 1100 * len(body)):
        return None  # of a body that is said to be empty libdeflate looks at nothing
    if body.find(GZIP_MAGIC, 3) >= 0:
        return None
    try:
        return bytes(_libdeflate.gzip_decompress(body))
    except (_libdeflate.DeflateError, MemoryError, ValueError):
        return None


def _gunzip_stream(body: bytes) -> Iterator[bytes]:
    """Every member of a gzip body; bytes after the last one that are no member are ignored."""
    view = memoryview(body)
    position = 0
    while position == 0 or body[position : position + 3] == GZIP_MAGIC:
        decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        position += yield from _zlib_chunks(decoder, view[position:])


def _deflate_stream(body: bytes) -> Iterator[bytes]:
    """zlib (RFC 1950), or raw deflate (RFC 1951) where the first two bytes are no zlib header."""
    is_zlib = len(body) >= 2 and body[0] & 15 == 8 and (body[0] * 256 + body[1]) % 31 == 0
    decoder = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
    yield from _zlib_chunks(decoder, memoryview(body))


def _zlib_chunks(decoder: zlib._Decompress, view: memoryview) -> Generator[bytes, None, int]:
    """Yield bounded chunks; returns how many bytes of `view` belonged to this stream."""
    for offset in range(0, len(view), _CHUNK):
        data = bytes(view[offset : offset + _CHUNK])
        while data and not decoder.eof:
            yield decoder.decompress(data, _CHUNK * 4)
            data = decoder.unconsumed_tail
        if decoder.eof:
            return min(offset + _CHUNK, len(view)) - len(decoder.unused_data)
    yield decoder.flush(_CHUNK)
    if not decoder.eof:
        raise EOFError("the compressed stream is cut off")
    return len(view)


def _brotli_stream(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    view = memoryview(body)
    offset = 0
    while not decoder.is_finished():
        data = b""
        if decoder.can_accept_more_data():
            data = bytes(view[offset : offset + _CHUNK])
            offset += len(data)
        chunk = decoder.process(data, output_buffer_limit=_CHUNK)
        if not chunk and not data and decoder.can_accept_more_data():
            raise EOFError("the brotli stream is cut off")
        yield chunk


def _zstd_stream(body: bytes) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    with decoder.stream_reader(body, read_across_frames=True) as reader:
        while chunk := reader.read(_CHUNK):
            yield chunk
    if _zstd_end(body) > len(body):  # the reader ends with what there is
        raise EOFError("the zstd stream is cut off")


def _zstd_end(body: bytes) -> int:
    """Where the last frame of a body that could be read ends, or would if all of it were there.

    Source: RFC 8878, section 3.1.
    """
    position = 0
    while position < len(body):
        magic = int.from_bytes(body[position : position + 4], "little")
        if magic & ~15 == _ZSTD_SKIPPABLE:
            size = int.from_bytes(body[position + 4 : position + 8], "little")
            position += 8 + size
        else:
            position = _zstd_frame_end(body, position)
    return position


def _zstd_frame_end(body: bytes, position: int) -> int:
    header = body[position : position + _ZSTD_MOST_HEADER]
    if len(header) <= 4:
        return position + _ZSTD_MOST_HEADER
    has_checksum = header[4] >> 2 & 1
    position += zstandard.frame_header_size(header)
    is_last = False
    while not is_last and position + 3 <= len(body):
        block = int.from_bytes(body[position : position + 3], "little")
        is_last, is_repeated, size = bool(block & 1), block >> 1 & 3 == 1, block >> 3
        position += 3 + (1 if is_repeated else size)
    return position + 4 * has_checksum if is_last else len(body) + 1


_DECODERS: dict[bytes, Callable[[bytes], Iterator[bytes]]] = {
    b"gzip": _gunzip_stream,
    b"x-gzip": _gunzip_stream,
    b"deflate": _deflate_stream,
    b"br": _brotli_stream,
    b"zstd": _zstd_stream,
}
