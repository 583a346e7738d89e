"""Every content encoding, whole, cut off, and as a bomb."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from vedette.wire.encodings import BodyTooLarge, EncodingError, UnknownEncoding, inflate

LIMIT = 8 << 20
PLAIN = os.urandom(70_000) + b"a" * 400_000


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "zlib": (b"deflate", zlib.compress),
    "raw deflate": (b"deflate", _raw_deflate),
    "brotli": (b"br", brotli.compress),
    "zstd": (b"zstd", zstandard.compress),
    "upper case": (b"GZIP", gzip.compress),
    "identity beside it": (b"identity, gzip", gzip.compress),
}


@pytest.mark.parametrize("name", PACKERS)
def test_a_packed_body_comes_back_whole(name: str) -> None:
    """Small and large bodies, incompressible and repetitive ones."""
    encoding, pack = PACKERS[name]
    for plain in (b"", b"x", b"{}\n", PLAIN):
        assert inflate(pack(plain), encoding, LIMIT) == plain


def test_several_gzip_members_are_one_body() -> None:
    """Also members of equal size, and junk after the last one."""
    one = gzip.compress(b"hello")
    assert inflate(one + one, b"gzip", LIMIT) == b"hellohello"
    assert inflate(gzip.compress(PLAIN) + one + b"junk", b"gzip", LIMIT) == PLAIN + b"hello"


@pytest.mark.parametrize("name", ["gzip", "zlib", "brotli"])
def test_a_cut_off_body_is_refused(name: str) -> None:
    """Half a body is no body."""
    encoding, pack = PACKERS[name]
    with pytest.raises(EncodingError):
        inflate(pack(PLAIN)[:-9], encoding, LIMIT)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_garbage_is_refused(encoding: bytes) -> None:
    """Bytes in another coding are an error, not a crash."""
    with pytest.raises(EncodingError):
        inflate(b"\xffnonsense" * 40, encoding, LIMIT)


@pytest.mark.parametrize("name", ["gzip", "zlib", "raw deflate", "brotli", "zstd"])
def test_a_bomb_is_refused_before_it_takes_the_memory(name: str) -> None:
    """256 MiB of zeros against a limit of 8 MiB (SEC-01 to SEC-07)."""
    encoding, _ = PACKERS[name]
    with pytest.raises(BodyTooLarge):
        inflate(_bomb(name, 256), encoding, LIMIT)


def test_a_bomb_in_a_bomb_is_inflated_once_only() -> None:
    """The inner stream stays packed (SEC-08)."""
    inner = _bomb("gzip", 64)
    assert inflate(gzip.compress(inner), b"gzip", LIMIT) == inner


@pytest.mark.parametrize("encoding", [b"x-foo", b"gzip, gzip", b"compress", b"br,gzip"])
def test_unknown_codings_are_named(encoding: bytes) -> None:
    """415, not a guess."""
    with pytest.raises(UnknownEncoding):
        inflate(b"x", encoding, LIMIT)


def _bomb(name: str, megabytes: int) -> bytes:
    zeros = bytes(1 << 20)
    if name == "brotli":
        squeezer = brotli.Compressor(quality=1)
        return b"".join(squeezer.process(zeros) for _ in range(megabytes)) + squeezer.finish()
    if name == "zstd":
        packer = zstandard.ZstdCompressor().compressobj()
        return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()
    bits = {"gzip": 31, "zlib": 15, "raw deflate": -15}[name]
    deflater = zlib.compressobj(1, zlib.DEFLATED, bits)
    return b"".join(deflater.compress(zeros) for _ in range(megabytes)) + deflater.flush()


def test_what_follows_a_gzip_body_takes_nothing_of_it() -> None:
    """Zeros to fill a block, whose last four bytes would say that nothing is in it."""
    for plain in (b"x", b"hello" * 50, PLAIN):
        assert inflate(gzip.compress(plain) + bytes(9), b"gzip", LIMIT) == plain


def test_a_cut_off_gzip_body_that_ends_with_zeros_is_refused() -> None:
    """It would say that nothing is in it."""
    packed = gzip.compress(b"x", mtime=0)
    assert packed[-3:] == bytes(3)
    with pytest.raises(EncodingError):
        inflate(packed[:-8] + bytes(8), b"gzip", LIMIT)


@pytest.mark.parametrize("is_checked", [True, False])
def test_no_part_of_a_zstd_body_is_taken_for_the_whole(is_checked: bool) -> None:
    """Wherever it is cut: in a header, in a block, before its checksum, after the first frame."""
    packer = zstandard.ZstdCompressor(write_checksum=is_checked, write_content_size=is_checked)
    first, second = packer.compress(b"hello"), packer.compress(PLAIN)
    skipped = b"\x5a\x2a\x4d\x18\x05\x00\x00\x00other"
    assert inflate(first + skipped + second, b"zstd", LIMIT) == b"hello" + PLAIN
    for cut in (*range(1, len(first)), len(first) + 3, len(first) + 10):
        with pytest.raises(EncodingError):
            inflate((first + skipped)[:cut], b"zstd", LIMIT)
    for cut in (1, 3, 4, 5, 9, len(second) - 400):
        with pytest.raises(EncodingError):
            inflate((first + second)[:-cut], b"zstd", LIMIT)
