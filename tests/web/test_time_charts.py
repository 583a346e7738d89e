"""Charts of several series: scales, gaps, stacks, and what a step says."""

from __future__ import annotations

import pytest

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
