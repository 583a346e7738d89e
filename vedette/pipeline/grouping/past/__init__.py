"""DRAWER one folder per earlier version of the algorithm, frozen, so that its issues live on.

A folder holds `VERSION`, the name stored with its keys, and `decide`. It is made by copying
what is about to change of the current algorithm; what stays equal is shared.
"""

from __future__ import annotations

from collections.abc import Callable

from vedette import kinds
from vedette.pipeline.grouping.algorithm import Decision
from vedette.wire.event import Event


def load() -> dict[str, Callable[[Event], Decision]]:
    """The earlier versions by name, newest first."""
    found = [(module.VERSION, module.decide) for module in kinds.discover(__name__)]
    return dict(reversed(found))
