"""The versions of the grouping algorithm, and the hot path that hashes a decision.

A change of rule that moves events between issues makes a new version; the old one is kept
in the drawer `past`, so that its keys still lead to their issues, past events can be grouped
as they were, and a change can be previewed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from xxhash import xxh3_128_digest

from vedette.pipeline.grouping import past
from vedette.pipeline.grouping.algorithm import Decision, decide
from vedette.pipeline.grouping.model import Grouping, Title
from vedette.pipeline.grouping.stack import NEAR
from vedette.pipeline.grouping.titles import title
from vedette.wire.event import Event

VERSION: Final = "vedette:2026-11-26"
_PAST: Final = past.load()
_BLOCK: Final = re.compile(rf"{re.escape(NEAR)}(\d+)(?=\x1e|$)")
VERSIONS: Final[dict[str, Callable[[Event], Decision]]] = {VERSION: decide, **_PAST}


def group(event: Event, version: str = VERSION) -> Grouping:
    """The issue key of an event. Raises KeyError for a version that does not exist."""
    return Grouping(version, key_of(VERSIONS[version](event)))


def group_and_name(event: Event) -> tuple[Grouping, Title]:
    """The issue key of an event and what it is called, from one decision."""
    decision = decide(event)
    return Grouping(VERSION, key_of(decision)), title(event, decision)


def former_groups(event: Event, current: Grouping) -> list[Grouping]:
    """The other groups whose issue this event may belong to, the likeliest first.

    What earlier versions gave it, newest first, where that is another key. Then, of the current
    version, the groups of a closure that stands a few lines further up or down: an edit above
    may have moved it.
    """
    groups = [group(event, version) for version in _PAST]
    return [one for one in groups if one.key != current.key] + _neighbours(event)


def _neighbours(event: Event) -> list[Grouping]:
    """The groups of the blocks of lines before and after that of a closure."""
    decision = decide(event)
    frames = (component for link in decision.links for component in link.stack.components)
    if not any(NEAR in component for component in frames):
        return []
    return [Grouping(VERSION, key_of(_moved(decision, by))) for by in (-1, 1)]


def _moved(decision: Decision, by: int) -> Decision:
    """The decision for the same closures so many blocks further down."""

    def moved(match: re.Match[str]) -> str:
        return f"{NEAR}{int(match.group(1)) + by}"

    components = [_BLOCK.sub(moved, component) for component in decision.components]
    return Decision(decision.variant, components, [])


def key_of(decision: Decision) -> bytes:
    """The 16 bytes that stand for the components of a decision."""
    return xxh3_128_digest("\x1f".join(decision.components).encode("utf-8", "surrogatepass"))
