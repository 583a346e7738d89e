"""What an engine of the store must do; callers know nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from vedette.store.query import Answer, Condition, Select
from vedette.store.table import Rows


class EventId(NamedTuple):
    """An event's identity and the position in the spool at which it came."""

    project_id: int
    event_id: str  # 32 hex digits
    position: int


class Usage(NamedTuple):
    """What one project takes in one table on one day; `bytes` are those before compression."""

    day: date
    table: str
    project_id: int
    rows: int
    bytes: int


_LEAST_COPIED_BYTES = 1 << 20
_COPY_SHARE = 1.1  # of what lives, while it is written


class FileSize(NamedTuple):
    """A day of a retention class: what it takes on disk, and which part of it is dead."""

    retention: str
    day: date
    disk_bytes: int
    dead_share: float

    def can_be_copied(self, free_bytes: int) -> bool:
        """Whether it is worth a copy without what is dead, and there is room for one."""
        live = self.disk_bytes * (1 - self.dead_share)
        return self.disk_bytes >= _LEAST_COPIED_BYTES and live * _COPY_SHARE < free_bytes


class Reader(Protocol):
    """The asking side: the owner itself, or a client over a socket."""

    def query(self, select: Select) -> Answer:
        """Answer a question. Raises StoreError."""
        ...


class Owner(Reader, Protocol):
    """The owner as its socket sees it: a question has bounds and can be cancelled."""

    def query(
        self, select: Select, *, seconds: float | None = None, token: str | None = None
    ) -> Answer:
        """Answer a question within `seconds`; `token` names it for `cancel`."""
        ...

    def cancel(self, token: str) -> None:
        """End a question: it raises QuestionCancelled. One that is unknown or over is no error."""
        ...


class Store(Owner, Protocol):
    """The owner's side: one per store, in the worker process."""

    def append(self, batch: Sequence[Rows], *, writer: str, end: int) -> None:
        """Take a batch that came from `writer`'s spool up to position `end`.

        Its rows answer questions at once and are written within seconds; a crash before that
        loses them, and the spool is read again from `replay_position`. Rows that a part of
        the store already holds (a replay after a crash) are skipped. Raises BadRows, and then
        takes nothing of the batch; StoreError if nothing can be written for now.
        """
        ...

    def flush(self) -> None:
        """Write what was appended so far. Raises StoreError; what was not written is kept."""
        ...

    def claim_ids(self, ids: Sequence[EventId], *, writer: str) -> list[int]:
        """The indexes of the events that came before, within a day at least; remember the rest.

        An event that is known at the same writer and position is its own first try, no
        duplicate. Raises StoreError.
        """
        ...

    def safe_position(self, writer: str) -> int:
        """The position before which everything is checkpointed: the spool may forget it."""
        ...

    def replay_position(self, writer: str) -> int:
        """The position before which everything is in day files: a replay must start here."""
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
        """Make everything appended so far part of the main files."""
        ...

    def delete(
        self, table_names: Sequence[str] | None, condition: Condition, start: int, end: int
    ) -> int:
        """Delete the rows between two times that meet a condition; returns how many.

        None stands for every table that has the condition's columns. Once it is noted it is
        done, also over a crash.
        """
        ...

    def replace(self, table: str, key_columns: Sequence[str], rows: Rows) -> None:
        """Put rows in the place of those of the same day with equal keys, which are not null.

        A row whose place is not there (any more) is left out. The others keep the writer and
        position of those they replace. Safe as `delete` is.
        """
        ...

    def drop_before(self, retention: str, day: date) -> int:
        """Delete the days of a retention class before `day`; returns how many."""
        ...

    def purge_projects(self, project_ids: Sequence[int]) -> None:
        """Delete every row of these projects."""
        ...

    def rewrite(self, least_dead: float) -> int:
        """Write days anew of which such a share is dead; returns the bytes that came free.

        Rows that were deleted take room until then. Raises StoreError.
        """
        ...

    def file_sizes(self) -> list[FileSize]:
        """What each day takes on disk, with what is dead in it."""
        ...

    def usage(self) -> list[Usage]:
        """What each project takes by day and table, from the store's own books."""
        ...

    def size_bytes(self) -> int:
        """What the store takes on disk."""
        ...

    def close(self) -> None:
        """Checkpoint and close."""
        ...
