"""Templates of log messages and their parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.wire.event import decode_event
from vedette.wire.template import fill, is_only_placeholders

FILLED = [
    ("log error %s", [42], "log error 42"),
    ("%s of %d%%", ["a", 3], "a of 3%"),
    ("%(name)s is %(age)d", {"name": "Al", "age": 3}, "Al is 3"),
    ("%(name)s left", [{"name": "Al"}], "Al left"),
    ("order {} of {}", [1, "b"], "order 1 of b"),
    ("order {1} of {0}", ["a", "b"], "order b of a"),
    ("order {Id} of {User}", [7, "Al"], "order 7 of Al"),
    ("order {id} of {user}", {"user": "Al", "id": 7}, "order 7 of Al"),
    ("order {Price:0.00}", [7.5], "order 7.5"),
    ("%5.2f and %-8s|", [1.5, "x"], "1.5 and x|"),
    ("%s and %s", ["only"], "only and %s"),
    ("no placeholder", [1], "no placeholder"),
    ("%s", [], "%s"),
    ("%s", "text", "%s"),
    ('{"a": 1} %s', ["x"], '{"a": 1} x'),
]


@pytest.mark.parametrize(("template", "params", "filled"), FILLED)
def test_parameters_are_filled_in(template: str, params: object, filled: str) -> None:
    """By position or by name, in the notations of the SDKs' languages."""
    assert fill(template, params) == filled


@pytest.mark.parametrize("template", ["%s", "{}", "{}: {}", "%(x)s", "${value}", "%s - %d"])
def test_only_placeholders(template: str) -> None:
    """No word of its own."""
    assert is_only_placeholders(template)


@pytest.mark.parametrize("template", ["a %s", "", "...", "100 %", "第{}行", "{not a name}"])
def test_more_than_placeholders(template: str) -> None:
    """A word, or no placeholder at all."""
    assert not is_only_placeholders(template)


@given(
    st.text(alphabet="%s{}()d0.1:a ", max_size=300),
    st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists, max_leaves=9),
)
def test_any_template_is_filled(template: str, params: object) -> None:
    """Nothing makes it raise or grow without bound."""
    assert len(fill(template, params)) <= len(template) * 1_024


def test_the_message_as_people_read_it() -> None:
    """As the SDK formatted it, else filled in here, else the template."""

    def shown(entry: str) -> str | None:
        return decode_event(f'{{"logentry": {entry}}}').message_shown

    assert shown('{"message": "a %s", "params": [1], "formatted": "a one"}') == "a one"
    assert shown('{"message": "a %s", "params": [1]}') == "a 1"
    assert shown('{"message": "a %s", "params": null}') == "a %s"
    assert shown('{"message": "a %s"}') == "a %s"
    assert decode_event('{"message": "bare"}').message_shown == "bare"
