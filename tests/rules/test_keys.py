"""Keys of rules: made of what strangers write, short enough for every database."""

from __future__ import annotations

import json

import pytest

from vedette.rules.windows import key_of_values


def size(key: tuple[str, ...]) -> int:
    return len(json.dumps(key, ensure_ascii=False).encode())


@pytest.mark.parametrize("character", ["a", "ä", "漢", "\U00020000", "\x01", '"', "\\"])
def test_a_key_can_be_indexed(character: str) -> None:
    """PostgreSQL's index holds at most 2,700 bytes; escapes count, too."""
    assert size(key_of_values([character * 1000] * 4)) <= 2100


def test_ordinary_values_stay_whole() -> None:
    """They are compared with stored rows, so nothing is cut that need not be."""
    values = ["漢" * 200, "/checkout/" * 19, None, 7]
    assert key_of_values(values) == ("漢" * 200, "/checkout/" * 19, "", "7")
    assert key_of_values(["\U00020000" * 200]) == ("\U00020000" * 200,)
    assert key_of_values([]) == ()
