"""What probes found, as pairs of words for pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_EXCERPTS: Final = ("body", "excerpt")
_MOST_SHOWN: Final = 40
_MOST_TEXT: Final = 400


def tone_of(outcome: str) -> str:
    """The state that a result speaks for."""
    return {"ok": "up", "degraded": "degraded", "fail": "down"}.get(outcome, "unknown")


def pairs(values: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Names and texts, what lies within others named after them; no excerpt."""
    found: list[tuple[str, str]] = []
    plain_first = sorted(values.items(), key=lambda item: isinstance(item[1], dict))
    for name, value in plain_first:
        words = f"{before}{name}".replace("_", " ")
        if name in _EXCERPTS or value in (None, "", [], {}):
            continue
        if isinstance(value, dict):
            found += pairs(value, f"{words} ")
        elif isinstance(value, list):
            found.append((words, ", ".join(map(_plain, value))[:_MOST_TEXT]))
        else:
            found.append((words, _plain(value)))
    return found[:_MOST_SHOWN]


def excerpt_of(values: Mapping[str, Any]) -> str:
    """What came back, as far as it was kept."""
    return next((str(values[name]) for name in _EXCERPTS if values.get(name)), "")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return " ".join(f"{name} {_plain(inner)}" for name, inner in value.items())[:_MOST_TEXT]
    return str(value)[:_MOST_TEXT]
