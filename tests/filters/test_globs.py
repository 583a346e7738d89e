"""Patterns and phrases as filters look for them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vedette.filters._globs import Globs, Phrases, check_glob
from vedette.store.patterns import fits

_TEXT = st.text("aAbß\\.* \ud83d", max_size=12)
_WHOLE = st.text("aAbß\\.* ", max_size=12)


@given(st.lists(_TEXT, max_size=4), _TEXT)
@example(["ab*ba"], "aba")  # the ends may not share a character
def test_patterns_mean_what_they_mean_in_a_search(patterns: list[str], text: str) -> None:
    """A text fits some exactly if it fits one, and then it holds what is needed of one."""
    globs = Globs(patterns)
    assert globs.fits(text) == any(fits(one.strip(), text) for one in patterns)
    if globs.fits(text):
        assert any(needed in text.lower() for needed in globs.needed)


@given(st.lists(_WHOLE.filter(bool), min_size=1, max_size=4), _TEXT)
def test_phrases_are_found_as_they_are_written(phrases: list[str], text: str) -> None:
    """No character of one is special, and halves of a pair of surrogates hide nothing."""
    found = Phrases(phrases).within(text.lower())
    assert found == any(one.lower() in text.lower() for one in phrases)


@pytest.mark.parametrize("line", ["*", "***", " * ", "a*" * 11])
def test_a_pattern_that_would_drop_everything_or_take_long_is_refused(line: str) -> None:
    """In words."""
    assert check_glob(line)
    assert not check_glob("a*b")
