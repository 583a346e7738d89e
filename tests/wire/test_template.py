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
    ("%5.2f and %-8s|", [1.5, "x"], " 1.50 and x       |"),
    ("%05d, %x, %.0f, %d", [42, 255, 2.5, 7.9], "00042, ff, 2, 7"),
    ("%d, %5.1f", ["four", None], "four, None"),
    ("%s and %s", ["only"], "%s and %s"),
    ("%s", [1, 2], "%s"),
    ("%2$s of %1$s", ["a", "b"], "b of a"),
    ("%[2]s of %[1]d", [3, "b"], "b of 3"),
    ("%hs, %S, %ld, %zu, %+v", ["a", "b", 3, 4, "c"], "a, b, 3, 4, c"),
    ("took %dms, %.1fs", [5, 2.25], "took 5ms, 2.2s"),
    ("Disk {}% full on {}", ["95", "db1"], "Disk 95% full on db1"),
    ("{}% of {} used", ["95", "db1"], "95% of db1 used"),
    ("{}%done on {}", ["95", "db1"], "95%done on db1"),
    ("rate 5% in {City}", ["Rome"], "rate 5% in Rome"),
    ("50%discount for %s", ["Al"], "50%discount for Al"),
    ("bad {a} for %s", ["bob"], "bad {a} for bob"),
    ("render {name} failed for %(who)s", {"who": "bob"}, "render {name} failed for bob"),
    ('payload {"id": {}} rejected by {}', ["1", "api"], 'payload {"id": 1} rejected by api'),
    ("got {@msg} of {$Kind}", ["a", "b"], "got a of b"),
    ("{} {} {}", ["a", "b"], "a b {}"),
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
