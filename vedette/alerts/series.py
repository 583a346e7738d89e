"""What a rule saw around an alert: its figure over time, to be drawn beside its thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from vedette import clock
from vedette.alerts import asking
from vedette.alerts.counters import read_key
from vedette.alerts.models import Alert
from vedette.alerts.rules import LiveRule, live_rule
from vedette.rules.counting import TICK_SECONDS
from vedette.rules.measures import Tally
from vedette.rules.rule import LEVELS
from vedette.rules.sources import sources
from vedette.rules.thresholds import Threshold

_BARS = 72
_MOST_BUCKETS = 2000
_FROM_COUNTS = ("count", "rate", "ratio")  # whose figure follows from the counts of buckets
_STEPS = (10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LEAST_SECONDS = 3 * 3600
_LONGEST_SECONDS = 7 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value a step; None where there is nothing to compute it of.

    Where `is_figure` it is the rule's own figure: the worst of the windows that end within the
    step, or with `is_each` that of the step itself, where only the store can tell it. Else it is
    a plain count, because the figure does not follow from counts, and there are no `lines`: the
    thresholds by level, in the unit of the values, as they are written.
    """

    step: int
    values: list[tuple[int, float | None]]
    lines: list[tuple[str, float, str]]
    is_figure: bool
    is_share: bool = False
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class _Times:
    """The chart's bounds and step, and the width of the buckets that are asked for."""

    start: int
    stop: int
    step: int
    bucket: int


def series_around(alert: Alert) -> Series | None:
    """From some hours before the alert to its end or now; None for a rule that counts nothing.

    Also for one that cannot be read. Raises StoreError.
    """
    live = live_rule(alert.rule)
    if live is None or sources()[live.rule.source].is_told:
        return None
    is_figure = not live.rule.is_edge and live.rule.measure in _FROM_COUNTS
    times = _times(alert, live.rule.window)
    if live.rule.how.figure(live.rule.options) is not None:
        return _asked(live, alert, times)
    reach = live.rule.window if is_figure else 0
    counts = asking.counts_over(
        live, read_key(alert.key), times.start - reach, times.stop, times.bucket
    )
    return Series(
        step=times.step,
        values=_figures(live, counts, times) if is_figure else _plain(counts, times),
        lines=_lines(live) if is_figure else [],
        is_figure=is_figure,
        is_share=live.rule.how.is_share,
    )


def _asked(live: LiveRule, alert: Alert, times: _Times) -> Series:
    """What only the store knows, such as a percentile: of each step its own."""
    held = asking.figures_over(live, read_key(alert.key), times.start, times.stop, times.step)
    return Series(
        step=times.step,
        values=[(at, held.get(at)) for at in range(times.start, times.stop, times.step)],
        lines=_lines(live),
        is_figure=True,
        is_each=True,
    )


def _times(alert: Alert, window: int) -> _Times:
    """From six windows before it fired, or three hours, to its end or now."""
    now = int(clock.timestamp())
    begin = int((alert.fired_at or alert.began_at).timestamp())
    end = int(alert.over_at.timestamp()) if alert.over_at else now
    end = min(now, end + max(window, 1800))
    start = max(begin - max(6 * window, _LEAST_SECONDS), end - _LONGEST_SECONDS)
    bucket = _bucket(end - start, window)
    step = _step((end - start) // _BARS, bucket)
    return _Times(start - start % step, end - end % step + step, step, bucket)


def _bucket(span: int, window: int) -> int:
    """A sixth of the window, or what few enough of fill the time; a window is a whole number."""
    least = max(TICK_SECONDS, span // _MOST_BUCKETS, window // 6)
    bucket = -(-least // TICK_SECONDS) * TICK_SECONDS
    while window and bucket < window and window % bucket:
        bucket += TICK_SECONDS
    return bucket


def _step(least: int, bucket: int) -> int:
    """A span that people know, of whole buckets; where there is none, just whole buckets."""
    good = next((one for one in _STEPS if one >= least and one % bucket == 0), 0)
    return good or bucket * max(1, -(-least // bucket))


def _plain(counts: dict[int, tuple[int, ...]], times: _Times) -> list[tuple[int, float | None]]:
    """All rows of each step."""
    found = dict.fromkeys(range(times.start, times.stop, times.step), 0.0)
    for at, numbers in counts.items():
        found[at - at % times.step] = found.get(at - at % times.step, 0.0) + numbers[0]
    return [(at, found[at]) for at in range(times.start, times.stop, times.step)]


def _figures(
    live: LiveRule, counts: dict[int, tuple[int, ...]], times: _Times
) -> list[tuple[int, float | None]]:
    """Of each step the worst of the windows that end within it."""
    is_upper = live.rule.thresholds[0].is_upper
    found: list[tuple[int, float | None]] = []
    for at in range(times.start, times.stop, times.step):
        ends = range(at + times.bucket, at + times.step + 1, times.bucket)
        values = [value for end in ends if (value := _figure(live, counts, times, end)) is not None]
        worst = (max if is_upper else min)(values) if values else None
        found.append((at, worst))
    return found


def _figure(
    live: LiveRule, counts: dict[int, tuple[int, ...]], times: _Times, end: int
) -> float | None:
    """The rule's own judgement of the window that ends at a moment."""
    rule = live.rule
    assert rule.how.judge is not None
    width = max(rule.window, times.bucket)
    held = [counts[one] for one in range(end - width, end, times.bucket) if one in counts]
    rows = sum(one[0] for one in held)
    part = sum(one[1] for one in held if len(one) > 1)
    if not rule.how.is_share:
        rows = round(rows * rule.window / width)  # a bucket longer than the window is averaged
    return rule.how.judge(Tally(rows, part), rule.options, rule.thresholds[0], rule.over).value


def _lines(live: LiveRule) -> list[tuple[str, float, str]]:
    held: list[tuple[str, Threshold | None]] = [
        (level, live.rule.levels.get(level)) for level in LEVELS
    ]
    return [(level, one.number, one.text) for level, one in held if one is not None]
