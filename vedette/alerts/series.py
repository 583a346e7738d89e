"""What a rule saw around an alert: its figure over time, to be drawn beside its thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from vedette import clock
from vedette.alerts import asking
from vedette.alerts.counters import read_key
from vedette.alerts.models import Alert
from vedette.alerts.rules import LiveRule, live_rules
from vedette.rules.counting import TICK_SECONDS
from vedette.rules.measures import Tally
from vedette.rules.rule import LEVELS
from vedette.rules.thresholds import Threshold

_BARS = 72
_FROM_COUNTS = ("count", "rate", "ratio")  # whose figure follows from the counts of steps
_LONGEST_SECONDS = 7 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value a step; None where there is nothing to compute it of.

    `lines` are the thresholds by level and in the unit of the values; there are none where the
    values are plain counts, because the rule's figure does not follow from them (`is_figure`).
    """

    step: int
    values: list[tuple[int, float | None]]
    lines: list[tuple[str, float, str]]
    is_figure: bool
    is_share: bool = False


def series_around(alert: Alert) -> Series | None:
    """From some hours before the alert to its end or now; None for a rule that cannot be read.

    Raises StoreError.
    """
    lives = live_rules([alert.rule])
    if not lives:
        return None
    live = lives[0]
    step, start, stop = _times(alert, live)
    key = read_key(alert.key)
    window = live.rule.window
    is_figure = not live.rule.is_edge and live.rule.measure in _FROM_COUNTS
    reach = window if is_figure else 0
    counts = asking.counts_over(live, key, start - reach, stop, step)
    if not is_figure:
        values = [(at, float(counts.get(at, (0,))[0])) for at in range(start, stop, step)]
        return Series(step=step, values=list(values), lines=[], is_figure=False)
    return Series(
        step=step,
        values=_figures(live, counts, range(start, stop, step), step),
        lines=_lines(live),
        is_figure=True,
        is_share=live.rule.how.is_share,
    )


def _times(alert: Alert, live: LiveRule) -> tuple[int, int, int]:
    """Step, beginning and end: six windows or six hours before it fired, whichever is longer."""
    now = int(clock.timestamp())
    begin = int((alert.fired_at or alert.began_at).timestamp())
    window = live.rule.window
    end = int(alert.over_at.timestamp()) if alert.over_at else now
    end = min(now, end + max(window, 1800))
    start = begin - max(6 * window, 6 * 3600)
    start = max(start, end - _LONGEST_SECONDS)
    step = _step((end - start) // _BARS, window)
    start -= start % step
    return step, start, end - end % step + step


def _step(least: int, window: int) -> int:
    """A multiple of the tick of which a window is a whole number."""
    step = max(TICK_SECONDS, -(-least // TICK_SECONDS) * TICK_SECONDS)
    if not window or step >= window:
        return step if not window else -(-step // window) * window
    while window % step:
        step += TICK_SECONDS
    return step


def _figures(
    live: LiveRule, counts: dict[int, tuple[int, ...]], times: range, step: int
) -> list[tuple[int, float | None]]:
    """The rule's own judgement of the window that ends with each step."""
    judge, rule = live.rule.how.judge, live.rule
    assert judge is not None
    threshold = rule.thresholds[0]
    found: list[tuple[int, float | None]] = []
    for at in times:
        first = at + step - max(rule.window, step)
        held = [counts[one] for one in range(first, at + step, step) if one in counts]
        rows = sum(one[0] for one in held)
        part = sum(one[1] for one in held if len(one) > 1)
        scale = rule.window / max(rule.window, step)  # a step longer than the window is averaged
        if not rule.how.is_share:
            rows = round(rows * scale)
        verdict = judge(Tally(rows, part), rule.options, threshold, rule.over)
        found.append((at, verdict.value))
    return found


def _lines(live: LiveRule) -> list[tuple[str, float, str]]:
    held: list[tuple[str, Threshold | None]] = [
        (level, live.rule.levels.get(level)) for level in LEVELS
    ]
    return [(level, one.number, one.text) for level, one in held if one is not None]
