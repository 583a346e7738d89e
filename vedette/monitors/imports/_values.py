"""Values of other products, read with care: numbers within bounds, texts, conditions."""

from __future__ import annotations

import json
from typing import Any

from vedette.uptime.policy import LEAST_INTERVAL, MOST_IN_A_ROW, MOST_INTERVAL, MOST_TIMEOUT

_MOST_TEXT = 2000


def text_of(value: object) -> str:
    """A text, whatever it was written as."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return ""
    return str(value).replace("\x00", "").strip()[:_MOST_TEXT]


def number_of(value: object, default: float) -> float:
    """A number, also one that was written as a text."""
    if isinstance(value, bool) or value is None:
        return default
    try:
        made = float(str(value)[:40])
    except ValueError:
        return default
    return made if made == made and abs(made) < 1e9 else default


def timing(interval: object, timeout: object = None, failures: object = None) -> dict[str, int]:
    """How often, how long, how many: within what monitors take."""
    every = int(min(max(number_of(interval, 60), LEAST_INTERVAL), MOST_INTERVAL))
    made = {"interval": every}
    if timeout is not None:
        made["timeout"] = int(min(max(number_of(timeout, 10), 1), MOST_TIMEOUT, every))
    if failures is not None:
        made["fail_after"] = int(min(max(number_of(failures, 1), 1), MOST_IN_A_ROW))
    return made


def heartbeat(interval: object) -> dict[str, Any]:
    """A schedule of whole minutes that is no shorter."""
    minutes = max(-(-int(number_of(interval, 60)) // 60), 1)
    return {"kind": "heartbeat", "every": min(minutes, 10_000), "unit": "minute"}


def quoted(text: str) -> str:
    """A text within a condition."""
    return json.dumps(text, ensure_ascii=False)


def says(keyword: str, *, is_wanted: bool) -> str:
    """The condition that a body holds a text, or does not."""
    held = f"body contains {quoted(keyword)}"
    return held if is_wanted else f"not ({held})"


def load(text: str) -> Any:
    """The JSON of a text; None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
