"""The drawer of widgets: what holds for every kind, and one from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawers import added
from vedette.dashboards.fields import read_options, written_options
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.dashboards.widgets._asking import narrowed
from vedette.dashboards.widgets._thresholds import level_of, read_threshold
from vedette.dashboards.written import check_options

every_kind = pytest.mark.parametrize(
    "kind", widget_kinds().values(), ids=lambda kind: str(kind.name)
)
OURS = {
    *("number", "table", "series", "top_list", "heat_map", "text", "issue_list"),
    *("vitals", "crash_free"),
}
LATER = '''
    """A countdown, a widget from outside."""

    from vedette.dashboards.fields import Field
    from vedette.dashboards.shapes import Prose
    from vedette.dashboards.widgets import WidgetKind

    WIDGET = WidgetKind(
        name="countdown", label="Countdown", help="Days to go.", icon="hourglass", order=90,
        fields=(Field(name="days", label="Days", kind="number", default=7, least=0, most=99),),
        ask=lambda options, asking: Prose(text=f"{options['days']} days to go"),
        sample={"days": 3},
    )
'''


def test_every_promised_kind_is_there() -> None:
    """And the file is called as its kind."""
    assert set(widget_kinds()) >= OURS


@every_kind
def test_a_sample_is_right(kind: WidgetKind) -> None:
    """And stays what it is when it is kept and read."""
    options, problems = check_options(kind, kind.sample)
    assert problems == []
    kept = written_options(kind.fields, options)
    assert check_options(kind, kept) == (options, [])


@every_kind
def test_what_a_kind_does_not_have_is_refused(kind: WidgetKind) -> None:
    """By its name."""
    _, problems = check_options(kind, {**kind.sample, "colour": "red"})
    assert [one.path for one in problems] == ["colour"]


@every_kind
@pytest.mark.parametrize("value", [None, 7.5, {"a": 1}, [1], "x" * 100_000])
def test_no_value_of_an_option_is_a_failure(kind: WidgetKind, value: object) -> None:
    """What cannot be is told, never raised."""
    for field in kind.fields:
        _, problems = check_options(kind, {**kind.sample, field.name: value})
        assert [one.path for one in problems] == [field.name]


@every_kind
def test_defaults_are_within_their_bounds(kind: WidgetKind) -> None:
    """But for what nobody can know, such as a text."""
    _, problems = read_options(kind.fields, {})
    needed = {field.name for field in kind.fields if field.is_needed}
    assert {one.path for one in problems} <= needed


def test_a_kind_from_outside_is_one_file(tmp_path: Path) -> None:
    """It is found, and checked like any other."""
    with added(
        "vedette.dashboards.widgets",
        "countdown",
        LATER,
        tmp_path / "widgets",
        forget=(widget_kinds.cache_clear,),
    ):
        kind = widget_kinds()["countdown"]
        assert check_options(kind, kind.sample) == ({"days": 3}, [])
        assert check_options(kind, {"days": 100})[1][0].path == "days"


@pytest.mark.parametrize("name", ["number", "series", "top_list"])
def test_a_time_has_no_place_on_a_scale(name: str) -> None:
    """But in a table."""
    figure = {"figures": ["last_seen()"]} if name == "series" else {"figure": "last_seen()"}
    _, problems = check_options(widget_kinds()[name], figure)
    assert [one.words for one in problems] == [
        "it gives a time, which only a table shows: last_seen()"
    ]
    assert check_options(widget_kinds()["table"], {"figures": ["last_seen()"]})[1] == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("500ms", 500), ("1.5s", 1500), ("2 min", 120_000), ("5%", 0.05), ("7", 7), ("", None)],
)
def test_thresholds_are_read_with_their_unit(text: str, number: float | None) -> None:
    """In milliseconds, or shares."""
    assert read_threshold(text) == number


def test_a_threshold_is_passed_from_its_bad_side() -> None:
    """Above, or below where more is better."""
    assert level_of(5, 5, 10, falls=False) == "warning"
    assert level_of(10, 5, 10, falls=False) == "critical"
    assert level_of(4, 5, 10, falls=False) == "good"
    assert level_of(0.97, 0.995, 0.98, falls=True) == "critical"
    assert level_of(None, 5, 10, falls=False) == ""


@pytest.mark.parametrize(
    ("value", "text", "falls"),
    [(35 / 100, "35%", False), (9 / 1000, "0.9%", False), (1 - 59 / 1000, "94.1%", True)],
)
def test_what_is_just_at_a_threshold_is_beyond_it(value: float, text: str, falls: bool) -> None:
    """Also where the machine's fractions are not quite what people write."""
    assert level_of(value, read_threshold(text), None, falls=falls) == "warning"


def test_releases_narrow_any_search() -> None:
    """Also one with alternatives."""
    assert narrowed("", ()) == ""
    assert narrowed("a:b", ("shop@1",)) == "a:b release:shop@1"
    assert narrowed("a:b OR c:d", ("shop@1", "shop@2")) == (
        "(a:b OR c:d) (release:shop@1 OR release:shop@2)"
    )
