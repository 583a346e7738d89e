"""What travels through the steps: one item on its way from the spool to the store."""

from __future__ import annotations

import msgspec

from vedette.items import ItemKind, Parsed, RawItem
from vedette.pipeline.grouping import Grouping, Title
from vedette.wire.event import Event


class Work(msgspec.Struct, gc=False):
    """One item. Steps fill the fields below `kind` in their order."""

    item: RawItem
    kind: ItemKind
    parsed: Parsed = msgspec.field(default_factory=Parsed)
    payload: bytes = b""
    event: Event | None = None
    remarks: bytes = b""
    grouping: Grouping | None = None
    title: Title | None = None
    update: IssueUpdate | None = None


class IssueUpdate(msgspec.Struct, gc=False):
    """What one event, or a batch of events of one group, means for its issue.

    The names and texts are those of the newest event. Times are seconds since 1970.
    """

    project_id: int
    group_id: int
    key: str
    version: str
    first_seen: float
    last_seen: float
    count: int
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
    received: float
    category: str = "error"

    def absorb(self, later: IssueUpdate) -> None:
        """Take in another event of the same group."""
        self.count += later.count
        self.received = max(self.received, later.received)
        if later.first_seen < self.first_seen:
            self.first_seen, self.first_release = later.first_seen, later.first_release
        if later.last_seen >= self.last_seen:
            self.last_seen, self.last_release = later.last_seen, later.last_release
            for name in _NEWEST:
                setattr(self, name, getattr(later, name))


_NEWEST = (
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
)
