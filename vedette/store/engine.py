"""What an engine of the store must do; callers know nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from vedette.store.query import Answer, Select
from vedette.store.table import Rows


class EventId(NamedTuple):
    """An id that is stored once, and where in its writer's spool it lies."""

    project_id: int
    event_id: str  # 32 hex digits
    position: int


class Reader(Protocol):
    """The asking side: the owner itself, or a client over a socket."""

    def query(self, select: Select) -> Answer:
        """Answer a question. Raises StoreError."""
        ...


class Store(Reader, Protocol):
    """The owner's side: one per store, in the worker process."""

    def append(self, batch: Sequence[Rows], *, writer: str, end: int) -> None:
        """Write a batch that came from `writer`'s spool up to position `end`.

        Rows that a part of the store already holds (a replay after a crash) are skipped.
        """
        ...

    def claim_ids(self, ids: Sequence[EventId], *, writer: str) -> list[int]:
        """The indexes of those that are there already; the others are remembered.

        There already is what was claimed at another place of any writer's spool, or earlier
        in the same list. Raises StoreError.
        """
        ...

    def safe_position(self, writer: str) -> int:
        """The position before which everything is checkpointed: the spool may forget it."""
        ...

    def replay_position(self, writer: str) -> int:
        """The position from which a replay must start to heal what was lost, or a high number."""
        ...

    def end_healing(self) -> None:
        """Everything that was lost has been replayed and checkpointed."""
        ...

    def held_positions(self, writer: str) -> frozenset[int]:
        """The last position that each part of the store holds.

        A replayed batch must end at each of them, so that it is skipped or written whole.
        """
        ...

    def checkpoint(self) -> None:
        """Make everything written so far part of the main files."""
        ...

    def drop_before(self, tables: Sequence[str], day: date) -> int:
        """Delete the rows of these tables before a day; returns how many days were touched."""
        ...

    def purge_projects(self, project_ids: Sequence[int]) -> None:
        """Delete every row of these projects."""
        ...

    def size_bytes(self) -> int:
        """What the store takes on disk."""
        ...

    def close(self) -> None:
        """Checkpoint and close."""
        ...
