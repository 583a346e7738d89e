"""JSON as clients write it is read, whatever strict parsers say of it."""

from __future__ import annotations

import pytest

from vedette.wire.json_text import MOST_NESTED, OutOfRange, is_plain, parse


@pytest.mark.parametrize("number", ["1e309", "-1e400", "NaN", "Infinity", "9" * 310, "1" * 5000])
def test_a_number_that_no_double_holds_stays_as_it_was_sent(number: str) -> None:
    """Also one of five thousand digits, which Python refuses to read."""
    (read,) = parse(f"[{number}]".encode())
    assert isinstance(read, OutOfRange)
    assert read == number


def test_a_whole_number_beyond_64_bits_is_a_double() -> None:
    """As every JavaScript reader takes it."""
    assert parse(b"[NaN, 18446744073709551616, 18446744073709551615]")[1:] == [2.0**64, 2**64 - 1]


def test_bad_bytes_and_lone_surrogates_are_told_apart_from_text() -> None:
    """Both are lone surrogates, which no text holds."""
    assert parse(b'["\xff", "\\udcff", "\xc3\xa4"]') == ["\udcff", "\udcff", "\xe4"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('["]",', "]")])
def test_a_nest_loses_its_depth(opening: str, closing: str) -> None:
    """Ten thousand containers: the outer ones are read, brackets in strings do not count."""
    value = parse((opening * 10_000 + "1" + closing * 10_000).encode())
    depth = 0
    while isinstance(value, list | dict):
        value = value[-1] if isinstance(value, list) else value["a"]
        depth += 1
    assert (depth, value) == (MOST_NESTED, None)


@pytest.mark.parametrize(
    "broken", [b"", b"{", b'{"a"', b"[1,]", b"nul", b"[" * 10_000, b'["' + b"\\" * 10_001]
)
def test_what_is_no_json_is_a_value_error(broken: bytes) -> None:
    """One kind of error, however broken."""
    with pytest.raises(ValueError, match=r"."):
        parse(broken)


@pytest.mark.parametrize(
    ("payload", "is_doubtful", "plain"),
    [
        (b"{}", False, True),
        (b'"\xc3\xa4"', False, True),
        (b'"\xff"', False, False),
        (b"[1e308]", True, True),
        (b"[1e309]", True, False),
        (b'["\xff"]', True, False),
    ],
)
def test_plain_is_what_every_reader_can_hold(
    payload: bytes, is_doubtful: bool, plain: bool
) -> None:
    """Numbers are looked at only where one was seen that may be too large."""
    assert is_plain(payload, is_doubtful=is_doubtful) is plain
