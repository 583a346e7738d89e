"""Searches written by the product itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vedette.search import parse, quote, tag_filter
from vedette.search.escapes import literal


@given(st.text(max_size=30))
@example("a*b")
@example('say "hi"')
@example("back\\slash")
@example("\\*")
@example("ends\\")
@example(">5")
@example("[a, b]")
@example("")
def test_a_quoted_value_is_read_back(value: str) -> None:
    """A link from a tag's value finds that value."""
    value = value.encode("utf-8", "replace").decode()
    query = parse(f"city:{quote(value)}")
    [term] = query.terms()
    assert isinstance(term.value, str)
    if term.is_wildcard:
        assert value.endswith("\\")
        assert term.value.startswith(value[:-1].partition("*")[0].partition("\\")[0])
    else:
        assert (term.key, term.operator, literal(term.value)) == ("city", "=", value)


@pytest.mark.parametrize("key", ["city", "my key", "a:b", 'say "x"', "level", "straße"])
def test_a_tag_filter_names_the_tag(key: str) -> None:
    """Any key of a tag can be searched, also one that is a field's name."""
    [term] = parse(tag_filter(key, "x y")).terms()
    assert (term.key, term.value) == (f"tags[{key}]", "x y")
