"""Portable PDBs: a real one against its sources, its encodings, and what is none."""

from __future__ import annotations

import lzma
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.symbols import portable
from vedette.symbols.conversion import convert
from vedette.symbols.portable import Point, PortablePdb, method_of, point_at

REAL = lzma.decompress(
    (Path(__file__).parents[1] / "samples" / "native" / "ClrLoader.pdb.xz").read_bytes()
)
INITIALIZE = 2


def _point(method: int, offset: int) -> Point | None:
    return point_at(PortablePdb(REAL).points(method), offset)


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (34, 13)), (6, (34, 13)), (7, (36, 17)), (27, (37, 17)), (33, (39, 9)), (999, (39, 9))],
)
def test_the_line_of_an_offset(offset: int, place: tuple[int, int]) -> None:
    """`Initialize`: its condition, its two statements, its end."""
    point = _point(INITIALIZE, offset)
    assert point is not None
    assert (point.line, point.column) == place
    assert point.path.endswith("/netfx_loader/ClrLoader.cs")


def test_methods_of_another_file() -> None:
    """A method of the second document, and one without lines."""
    point = _point(10, 20)
    assert point is not None
    assert (point.path.rpartition("/")[2], point.line) == ("DomainData.cs", 17)
    assert _point(12, 0) is None


@pytest.mark.parametrize("method", [-1, 0, 24, 1 << 24])
def test_a_method_that_is_not_there(method: int) -> None:
    """Numbers come from events, which may be of any build or of none."""
    assert _point(method, 0) is None


def test_tokens_of_methods() -> None:
    """The first byte of a token is its table."""
    assert method_of(0x06000012) == 0x12
    assert method_of(0x02000012) == method_of(0x12) == 0


@given(st.integers(0, (1 << 29) - 1))
def test_numbers(number: int) -> None:
    """ECMA-335 II.23.2: one, two or four bytes."""
    assert portable._compressed(memoryview(_compress(number)), 0)[0] == number


@given(st.integers(-(1 << 28), (1 << 28) - 1))
def test_signed_numbers(number: int) -> None:
    """Turned, so that the sign is the last bit of as many as are needed."""
    bits = next(bits for bits in (6, 13, 28) if -(1 << bits) <= number < 1 << bits)
    turned = (number & ((1 << bits) - 1)) << 1 | (number < 0)
    size = {6: 1, 13: 2, 28: 4}[bits]
    assert portable._signed(memoryview(_compress(turned, size)), 0) == (number, size)


def _compress(number: int, size: int = 0) -> bytes:
    if size == 1 or (not size and number < 0x80):
        return bytes([number])
    if size == 2 or (not size and number < 0x4000):
        return (0x8000 | number).to_bytes(2, "big")
    return (0xC000_0000 | number).to_bytes(4, "big")


def test_damage_costs_lines_and_nothing_else() -> None:
    """Bytes changed anywhere, and files cut off: refused, or read with other lines."""
    chance = random.Random(5)
    for _ in range(2000):
        data = bytearray(REAL)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            pdb = PortablePdb(
                bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
            )
        except ValueError:
            continue
        for method in range(min(pdb.methods, 30) + 1):
            pdb.points(method)


def test_an_upload_is_its_own_symbol_cache(tmp_path: Path) -> None:
    """By the id that the SDK names: the file's GUID and stamp."""
    path = tmp_path / "ClrLoader.pdb"
    path.write_bytes(REAL)
    (found,) = convert(path, "", tmp_path)
    assert (found.symbol_type, found.fault) == ("portablepdb", "")
    assert found.debug_id == "95f8f6b2-afbc-45e4-884c-b4a5bf5addd2-fc31f2b1"
    assert (tmp_path / found.symbols).read_bytes() == REAL
