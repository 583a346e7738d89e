"""How a monitor wants to be judged: the numbers a person may set, and their bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import msgspec

LEAST_INTERVAL: Final = 10
MOST_INTERVAL: Final = 3600
MOST_TIMEOUT: Final = 30
MOST_IN_A_ROW: Final = 20
MOST_WINDOW: Final = 60
LEAST_HOLD: Final = 30.0
STALLED_AFTER: Final = 3  # intervals without a result


class Slow(msgspec.Struct, frozen=True):
    """Degraded after so many results above `ms`, well again after so many below `clear_ms`."""

    ms: float
    after: int = 3
    clear_ms: float = 0.0
    clear_after: int = 3


class Window(msgspec.Struct, frozen=True):
    """Down, too, when so many of the last results have failed, in whatever order."""

    fails: int
    of: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. Seconds, and results in a row.

    `is_asked`: a probe asks at each interval. What tells by itself, when it likes, never stalls.
    """

    interval: float = 60.0
    timeout: float = 10.0
    fail_after: int = 3
    recover_after: int = 2
    retry_every: float = 20.0
    window: Window | None = None
    slow: Slow | None = None
    is_asked: bool = True

    @property
    def hold(self) -> float:
        """For how long after a start nobody is told: the longest way to a verdict."""
        chain = (self.fail_after - 1) * max(self.retry_every, self.timeout) + self.timeout
        return max(LEAST_HOLD, chain)

    @property
    def stalled_after(self) -> float:
        """Without a result for so long nothing is known."""
        return STALLED_AFTER * self.interval if self.is_asked else math.inf


def read_slow(given: Mapping[str, Any]) -> Slow | None:
    """Of what is kept; without `clear_ms` a fifth below the limit. None for an empty one."""
    ms = float(given.get("ms") or 0)
    if not ms:
        return None
    return Slow(
        ms,
        int(given.get("after") or 3),
        float(given.get("clear_ms") or ms * 0.8),
        int(given.get("clear_after") or 3),
    )


def read_window(given: Mapping[str, Any]) -> Window | None:
    """Of what is kept; None for an empty one."""
    if not given.get("fails"):
        return None
    return Window(int(given["fails"]), int(given.get("of") or given["fails"]))


def check(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with numbers as a person wrote them, in words by name."""
    wrong: dict[str, str] = {}
    for name, least, most in _BOUNDS:
        if name in given and not _is_number(given[name], least, most):
            wrong[name] = f"a number from {least} to {most}"
    interval, timeout = given.get("interval", 60), given.get("timeout", 10)
    if not {"interval", "timeout"} & wrong.keys() and timeout > interval:
        wrong["timeout"] = "at most the interval"
    wrong |= _check_window(given.get("window") or {})
    return wrong | _check_slow(given.get("slow") or {})


_BOUNDS: Final = (
    ("interval", LEAST_INTERVAL, MOST_INTERVAL),
    ("timeout", 1, MOST_TIMEOUT),
    ("fail_after", 1, MOST_IN_A_ROW),
    ("recover_after", 1, MOST_IN_A_ROW),
    ("retry_every", 1, MOST_INTERVAL),
)


def _check_window(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or set(given) - {"fails", "of"}:
        return {"window": "it is fails and of"}
    if not given:
        return {}
    fails, of = given.get("fails"), given.get("of")
    if not _is_number(of, 2, MOST_WINDOW) or not _is_number(fails, 1, of):
        return {"window": f"fails is a number up to of, and of one from 2 to {MOST_WINDOW}"}
    return {}


def _check_slow(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or set(given) - {"ms", "after", "clear_ms", "clear_after"}:
        return {"slow": "it is ms, after, clear_ms and clear_after"}
    if not given:
        return {}
    ms = given.get("ms")
    if not _is_number(ms, 1, MOST_TIMEOUT * 1000):
        return {"slow": f"ms is a number from 1 to {MOST_TIMEOUT * 1000}"}
    if not _is_number(given.get("clear_ms", ms), 1, ms):
        return {"slow": "clear_ms is at most ms"}
    for name in ("after", "clear_after"):
        if not _is_number(given.get(name, 3), 1, MOST_IN_A_ROW):
            return {"slow": f"{name} is a number from 1 to {MOST_IN_A_ROW}"}
    return {}


def _is_number(value: object, least: float, most: Any) -> bool:
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return is_one and least <= value <= most  # type: ignore[operator]
