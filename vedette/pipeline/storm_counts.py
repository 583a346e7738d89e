"""How many events of each issue came in an hour, at the cost of a look into a dictionary."""

from __future__ import annotations

from vedette.pipeline.offenders import Offenders

_HOUR = 3600
_MOST_ISSUES = 50_000  # that are counted between two looks
_MOST_AT_ONCE = 64


class StormCounts:
    """How many events of an issue came in an hour, for one thread of one digester.

    All digesters count together in the sketch of offenders; each looks there for the first event
    and then after some more, a small part of what makes a storm.
    """

    def __init__(self, offenders: Offenders) -> None:
        self._offenders = offenders
        self._hour = 0
        self._held: dict[int, list[int]] = {}  # by group: what is known of all, and own since then

    def count(self, project_id: int, group: int, received: float, most: int) -> int:
        """Count one more; how many came in its hour, with this one. Groups are of one project."""
        hour = int(received) // _HOUR
        if hour != self._hour:
            if hour < self._hour:
                return self._offenders.count(project_id, "storm", str(group), received)
            self._hour, self._held = hour, {}
        held = self._held.get(group)
        if held is None:
            if len(self._held) >= _MOST_ISSUES:
                self._held.clear()
            held = self._held[group] = [0, 0]
        held[1] += 1
        if not held[0] or held[1] >= min(_MOST_AT_ONCE, most // _MOST_AT_ONCE):
            held[0] = self._offenders.count(project_id, "storm", str(group), received, more=held[1])
            held[1] = 0
        return held[0] + held[1]
