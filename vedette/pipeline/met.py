"""The groups that this process has met: what is told of a group once need not be told again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from vedette.facts import FormerGroup
from vedette.wire.event import Event

_MOST: Final = 100_000
_NONE: Final[list[FormerGroup]] = []


class MetGroups:
    """A bounded memory of groups. For one thread.

    While `tells_all`, events of one group may come from several former ones, and each says from
    which; it is worked out once for each way a group is written in frames, or else in words.
    """

    def __init__(self) -> None:
        self.tells_all = False
        self._met: dict[int, list[FormerGroup]] = {}

    def former(
        self, group_id: int, event: Event, find: Callable[[], list[FormerGroup]]
    ) -> list[FormerGroup]:
        """The former groups to be told of with this event; empty where they are known already."""
        met = hash((group_id, *_written(event))) if self.tells_all else group_id
        held = self._met.get(met)
        if held is not None:
            return held
        if len(self._met) >= _MOST:
            self._met.clear()
        found = find()
        self._met[met] = found if self.tells_all else _NONE
        return found

    def forget(self) -> None:
        """Forget all: what was told may not have arrived."""
        self._met.clear()


def _written(event: Event) -> list[Hashable]:
    """What an earlier version may have read otherwise: names of frames, else the texts.

    Go's errors have no type of their own; their texts count beside the frames.
    """
    found: list[Hashable] = [
        (frame.function, frame.module, frame.filename, frame.context_line)
        for exception in event.exceptions
        for frame in (exception.stacktrace and exception.stacktrace.frames) or ()
        if frame is not None
    ]
    if not found or event.platform == "go":
        found += [event.message_template, event.message_shown]
        found += [exception.value for exception in event.exceptions]
    return found
