"""Charts of several series: scales, gaps, stacks, and what a step says."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from vedette.web.time_charts import Series, TimeChart, nice_top, time_chart

HOUR = 3600
STARTS = [at * HOUR for at in range(4)]


def made(*series: Series, is_stacked: bool = False) -> TimeChart:
    return time_chart(STARTS, HOUR, series, lambda value: f"{value:g}", is_stacked=is_stacked)


@pytest.mark.parametrize(
    ("number", "top"), [(0, 1), (0.03, 0.03), (0.37, 0.4), (1, 1), (7, 8), (11, 15), (990, 1000)]
)
def test_a_scale_ends_with_a_number_that_reads_well(number: float, top: float) -> None:
    assert nice_top(number) == pytest.approx(top)


def test_a_line_is_broken_where_nothing_was() -> None:
    """What stands alone is a dot."""
    (path,) = made(Series(name="p95", values=[10, 5, None, 10])).paths
    assert path.data == "M12.50 0.00L37.50 50.00"
    assert path.dots == "M87.50 0.00h0"


def test_bars_stand_on_each_other() -> None:
    """Their scale is that of the whole; a line that is compared lies before them."""
    chart = made(
        Series(name="a", values=[6, 0, 0, 0], colour=1),
        Series(name="b", values=[2, 4, 0, 0], colour=2),
        Series(name="before", values=[1, 1, 1, 1], is_dashed=True),
        is_stacked=True,
    )
    assert chart.top == "8"
    assert [(one.y, one.height, one.colour) for one in chart.blocks] == [
        (25, 75, 1),
        (0, 25, 2),
        (50, 50, 2),
    ]
    assert [path.is_dashed for path in chart.paths] == [True]


def test_a_step_says_every_value() -> None:
    """With its time, for whoever hovers it; the table beneath says the same."""
    chart = made(Series(name="a", values=[1, None, 2, 3]), Series(name="b", values=[4, 5, 6, 7]))
    assert chart.columns[1].title == "1 Jan 01:00 to 02:00 UTC\na: none\nb: 5"
    assert chart.rows[1][1] == ["none", "5"]
    assert (chart.start, chart.end) == (0, 4 * HOUR)


def test_nothing_is_no_error() -> None:
    chart = time_chart([], HOUR, [Series(name="", values=[])], str)
    assert chart.is_empty
    assert chart.rows == []


def test_an_area_lies_under_each_run_of_its_line() -> None:
    """A step without a value is a gap, not a fall to nothing."""
    values = [4.0, 2.0, None, 4.0, 4.0]
    found = time_chart(
        range(0, 300, 60), 60, [Series(name="a", values=values)], str, filled="under"
    )
    (area,) = found.areas
    assert area.data == "M10.00 0.00L30.00 50.00L30.00 100.00L10.00 100.00ZM70.00 0.00L90.00 0.00" \
        "L90.00 100.00L70.00 100.00Z"  # fmt: skip
    assert len(found.paths) == 1


def test_stacked_areas_stand_on_each_other() -> None:
    """And the scale holds their sum."""
    series = [Series(name="a", values=[1.0, 3.0]), Series(name="b", values=[1.0, None], colour=2)]
    found = time_chart([0, 60], 60, series, str, filled="stacked")
    lower, upper = found.areas
    assert lower.data == "M25.00 66.67L75.00 0.00L75.00 100.00L25.00 100.00Z"
    assert upper.data == "M25.00 33.33L75.00 0.00L75.00 0.00L25.00 66.67Z"
    assert found.paths == []


def test_a_scale_may_begin_above_nothing() -> None:
    """What is told are the values themselves."""
    series = [Series(name="a", values=[0.995, 1.0, None])]
    found = time_chart([0, 60, 120], 60, series, lambda value: f"{value:.1%}", floor=0.99)
    assert (found.top, found.middle, found.bottom) == ("100.0%", "99.5%", "99.0%")
    assert [cells for _, cells in found.rows] == [["99.5%"], ["100.0%"], ["none"]]
    assert found.paths[0].data == "M16.67 50.00L50.00 0.00"


def test_a_value_of_the_time_before_that_stands_alone_is_told_from_one_of_now() -> None:
    """It has no dashes to be known by: its dot is faint."""
    now = Series(name="now", values=[1.0, None])
    before = Series(name="before", values=[None, 1.0], is_dashed=True)
    chart = time_chart([0, 60], 60, [now, before], str)
    drawn = render_to_string("components/time_chart.html", {"chart": chart, "label": "x"})
    assert re.findall(r'class="(dots[^"]*)"', drawn) == ["dots colour-1", "dots faint colour-1"]
