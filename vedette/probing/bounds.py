"""A result within bounds: whatever a target says, it can be written, kept and read again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from vedette.probing.result import MOST_EVIDENCE_BYTES, Result

MOST_FACTS_BYTES = 4096
MOST_SHOWN_BYTES = 4 * MOST_EVIDENCE_BYTES  # of all the evidence, as JSON
MOST_CAPTURED = 20
_MOST_TEXT = 500
_MOST_ENTRIES = 100
_MOST_NESTED = 5
_MOST_NAME = 100
_MOST_WHOLE = 1 << 63
_LEFT_OUT = "left_out"


def bounded(result: Result) -> Result:
    """The result with long texts cut, figures that are none left out, and no entry too many."""
    figures = {name: one for name, one in result.captured.items() if math.isfinite(one)}
    return msgspec.structs.replace(
        result,
        text=_text(result.text, _MOST_TEXT),
        captured=dict(list(figures.items())[:MOST_CAPTURED]),
        facts=_fitting(result.facts, MOST_FACTS_BYTES),
        evidence=_fitting(result.evidence, MOST_SHOWN_BYTES),
    )


def _fitting(given: Mapping[str, Any], most_bytes: int) -> dict[str, Any]:
    """As many of the entries as fit, the shortest first, in the order in which they were."""
    made = {_text(name, _MOST_NAME): _plain(one, 0) for name, one in given.items()}
    sizes = {name: len(msgspec.json.encode({name: one})) for name, one in made.items()}
    left = most_bytes - len(_LEFT_OUT) - 20
    kept: set[str] = set()
    for name in sorted(sizes, key=sizes.__getitem__):
        left -= sizes[name]
        if left >= 0:
            kept.add(name)
    found = {name: one for name, one in made.items() if name in kept}
    return found if len(found) == len(made) else {**found, _LEFT_OUT: len(made) - len(found)}


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _text(value, MOST_EVIDENCE_BYTES)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int) and not -_MOST_WHOLE <= value < _MOST_WHOLE:
        return float(value) if abs(value) < 1e300 else "a number too large"
    if depth >= _MOST_NESTED:
        return None
    if isinstance(value, dict):
        some = list(value.items())[:_MOST_ENTRIES]
        return {_text(str(name), _MOST_NAME): _plain(one, depth + 1) for name, one in some}
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value[:_MOST_ENTRIES]]
    return value


def _text(value: str, most: int) -> str:
    """Cut, and without what cannot be written everywhere: halves of characters, and NUL, for which
    PostgreSQL refuses all that is written with it."""
    return value[:most].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
