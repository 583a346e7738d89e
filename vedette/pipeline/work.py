"""What travels through the steps: one item on its way from the spool to the store."""

from __future__ import annotations

import msgspec

from vedette.items import Effects, ItemKind, RawItem
from vedette.outcome import Drop
from vedette.pipeline.grouping import Grouping, Title
from vedette.wire.envelope import clean_event_id
from vedette.wire.event import Event


class Work(msgspec.Struct, gc=False):
    """One item. Steps fill the fields below `kind` in their order.

    `raw` is the payload as it came, `sent` the event as it came, `payload` the same without
    secrets; `is_doubtful` when a number in it may be out of range; `identity` what makes the
    item the only one of its kind, if anything does; `minified` the event before it was read
    through source maps, if it was, and `unread` how many frames still lack theirs; `dropped`
    why it goes no further, `error` what a step raised; `is_counted_only` where an event counts for
    its issue and is not stored.
    """

    item: RawItem
    kind: ItemKind
    raw: bytes = b""
    effects: Effects = msgspec.field(default_factory=Effects)
    sent: bytes = b""
    payload: bytes = b""
    remarks: bytes = b""
    is_doubtful: bool = False
    event: Event | None = None
    grouping: Grouping | None = None
    title: Title | None = None
    identity: str = ""
    minified: bytes = b""
    unread: int | None = None
    dropped: Drop | None = None
    is_counted_only: bool = False
    error: Exception | None = None

    @property
    def page(self) -> str:
        """What names the recorded page that it tells of: its replay, as it is named when read."""
        if not self.kind.holds_pages:
            return ""
        replay_id = clean_event_id(self.item.envelope.event_id) or self.item.meta.event_id
        return f"{self.item.meta.project_id}:{replay_id}"

    @property
    def is_stored(self) -> bool:
        """Whether what it came to is written."""
        return self.dropped is None and not self.is_counted_only

    @property
    def quantity(self) -> int:
        """How many things the item counts as: what its reader found, else what its header says."""
        found = self.effects.quantity if self.dropped is None else None
        return self.kind.quantity(self.item.header) if found is None else found
