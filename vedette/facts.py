"""Facts: what a batch of telemetry says happened, in types that the domain reacts to.

Raised by item kinds and by the pipeline's steps, carried to the owner of the metadata,
answered there by the reactions (`vedette.reactions`), which may raise further ones. A kind
may declare facts of its own in `ItemKind.facts`; those here are raised for many kinds.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, TypeVar

import msgspec

_HOUR = 3600


class Fact(msgspec.Struct, gc=False, kw_only=True, tag_field="fact"):
    """Something that happened in a project. Times are seconds since 1970."""

    project_id: int

    def merge_key(self) -> Hashable:
        """What facts that may be taken together have in common; None: never together."""
        return None

    def absorb(self, later: Any) -> None:
        """Take in a later fact of the same type and merge key."""
        raise NotImplementedError


class FormerGroup(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The group that an earlier version of the grouping put an event into."""

    version: str
    group_id: int


class EventSeen(Fact, tag="event", kw_only=True):
    """What one event, or a batch of events of one group, means for its issue.

    The names and texts are those of the newest event. `group_id` is the number under which
    the store keeps the events; `key` and `version` are the grouping's. `former` says where
    earlier versions put the event, newest first; told when a process first meets the group.
    `hours` has the counts by hour of receipt (hours since 1970) where they are of several.
    """

    group_id: int
    key: str
    version: str
    event_id: str
    first_seen: float
    last_seen: float
    event_type: str
    type: str
    value: str
    culprit: str
    filename: str
    function: str
    logger: str
    level: str
    platform: str
    is_unhandled: bool
    first_release: str
    last_release: str
    environment: str
    received: float
    former: list[FormerGroup] = []
    hours: dict[int, int] = {}
    count: int = 1

    def merge_key(self) -> Hashable:
        """The group."""
        return (self.project_id, self.group_id)

    @property
    def by_hour(self) -> dict[int, int]:
        """The counts by hour of receipt."""
        return self.hours or {int(self.received // _HOUR): self.count}

    def absorb(self, later: EventSeen) -> None:
        """Add up the counts, widen the times, keep the newest texts."""
        if self.hours or later.hours or self.received // _HOUR != later.received // _HOUR:
            hours = dict(self.by_hour)
            for hour, number in later.by_hour.items():
                hours[hour] = hours.get(hour, 0) + number
            self.hours = hours
        self.count += later.count
        self.received = max(self.received, later.received)
        if later.first_seen < self.first_seen:
            self.first_seen, self.first_release = later.first_seen, later.first_release
        if later.last_seen >= self.last_seen:
            self.last_seen, self.last_release = later.last_seen, later.last_release
            for name in _NEWEST:
                setattr(self, name, getattr(later, name))


class ReleaseSeen(Fact, tag="release", kw_only=True):
    """A release sent something from an environment."""

    release: str
    environment: str
    first_seen: float
    last_seen: float
    count: int = 1

    def merge_key(self) -> Hashable:
        """The release and the environment."""
        return (self.project_id, self.release, self.environment)

    def absorb(self, later: ReleaseSeen) -> None:
        """Add up the counts and widen the times."""
        self.count += later.count
        self.first_seen = min(self.first_seen, later.first_seen)
        self.last_seen = max(self.last_seen, later.last_seen)


class ReleaseAppeared(Fact, tag="release_appeared", kw_only=True):
    """A release is of a project for the first time. Raised by the releases' reaction."""

    release_id: int


class FramesRead(Fact, tag="frames", kw_only=True):
    """Frames of scripts were read through source maps, or not: `verdict` says what came of it.

    `day` counts from 1970; `file_id` and `bundle_id` are of the file that served, 0 for none.
    """

    release: str
    day: int
    file_id: int
    bundle_id: int
    verdict: str
    frames: int

    def merge_key(self) -> Hashable:
        """All but the number."""
        return (self.project_id, self.release, self.day, self.file_id, self.verdict)

    def absorb(self, later: FramesRead) -> None:
        """Add up."""
        self.frames += later.frames


class MapWanted(Fact, tag="map_wanted", kw_only=True):
    """A script was seen whose map may be fetched from its public address."""

    url: str

    def merge_key(self) -> Hashable:
        """The script."""
        return (self.project_id, self.url)

    def absorb(self, later: MapWanted) -> None:
        """Once is enough."""


class RowsCounted(Fact, tag="rows_counted", kw_only=True):
    """Rows that a counter of the alert rules counts, of one key within one bucket of time.

    `key` has the values of the counter's keys; `bucket` is its start in seconds since 1970;
    `counts` are all rows and those of each part; `members` what is counted without repetition.
    """

    counter: str
    key: tuple[str, ...]
    bucket: int
    counts: list[int]
    members: list[int] = []

    def merge_key(self) -> Hashable:
        """All but the numbers."""
        return (self.project_id, self.counter, self.key, self.bucket)

    def absorb(self, later: RowsCounted) -> None:
        """Add up."""
        self.counts = [one + other for one, other in zip(self.counts, later.counts, strict=True)]
        if later.members:
            self.members = list({*self.members, *later.members})


class RowMatched(Fact, tag="row_matched", kw_only=True):
    """Events of one group that a rule wants to be told of, each; the first of them is named."""

    counter: str
    group_id: int
    event_id: str
    timestamp: float
    count: int = 1

    def merge_key(self) -> Hashable:
        """The counter and the group."""
        return (self.project_id, self.counter, self.group_id)

    def absorb(self, later: RowMatched) -> None:
        """Count them."""
        self.count += later.count


class UsageSeen(Fact, tag="usage", kw_only=True):
    """What became of a number of things of one category within an hour."""

    category: str
    outcome: str
    reason: str
    hour: int
    quantity: int


class VolumeSeen(Fact, tag="volume", kw_only=True):
    """How much of one category was taken within a minute, in number and in bytes as it came.

    What turns out to be there already is among it.
    """

    category: str
    minute: int
    quantity: int
    size_bytes: int


class IssueSeen(Fact, tag="issue", kw_only=True):
    """An issue had events. Raised by the issues' reaction, within the transaction.

    `state` says what that changed: `created`, `regressed` (it was resolved), `escalating` (it
    was archived, and became too frequent for that; follows the batch's `ongoing`), or `ongoing`
    for one that is none of these.
    """

    issue_id: int
    group_id: int
    state: Literal["created", "regressed", "escalating", "ongoing"]
    event: EventSeen


class KeyUsed(Fact, tag="key_used", kw_only=True):
    """What came with one key within some seconds; see `vedette.spool.meta.Use`."""

    public_key: str
    accepted: int = 0
    accepted_at: float = 0.0
    client: str = ""
    ahead_seconds: float | None = None
    refused: dict[str, int] = {}
    refused_at: float = 0.0

    def merge_key(self) -> Hashable:
        """The key."""
        return (self.project_id, self.public_key)

    def absorb(self, later: KeyUsed) -> None:
        """Take in a later fact of the same key."""
        self.accepted += later.accepted
        self.accepted_at = max(self.accepted_at, later.accepted_at)
        self.refused_at = max(self.refused_at, later.refused_at)
        self.client = later.client or self.client
        if later.ahead_seconds is not None:
            self.ahead_seconds = later.ahead_seconds
        counts = {name: self.refused.get(name, 0) + n for name, n in later.refused.items()}
        self.refused = {**self.refused, **counts}


# Facts that steps and reactions raise, whatever kinds there are.
COMMON: tuple[type[Fact], ...] = (
    *(EventSeen, ReleaseSeen, FramesRead, MapWanted, UsageSeen),
    *(VolumeSeen, RowsCounted, RowMatched, KeyUsed),
)

_NEWEST = (
    "event_id",
    "event_type",
    "type",
    "value",
    "culprit",
    "filename",
    "function",
    "logger",
    "level",
    "platform",
    "is_unhandled",
    "environment",
)

F = TypeVar("F", bound=Fact)


def merged(facts: list[F]) -> list[F]:
    """The facts with those of equal merge key taken together, in the order of their first."""
    together: dict[Hashable, F] = {}
    rest: list[F] = []
    for fact in facts:
        key = fact.merge_key()
        if key is None:
            rest.append(fact)
            continue
        place = (type(fact), key)
        held = together.get(place)
        if held is None:
            together[place] = fact
        else:
            held.absorb(fact)
    return [*together.values(), *rest]
