"""The worker keeps store and metadata still for a moment, so that both can be copied as one.

A client connects to a socket in `run/` and says each step. After `pause` no batch is committed
and the store's files hold everything; the client takes hold of the metadata and of the spool.
After `go on` batches are committed again, and only the store's files stay as they are, until the
client says `done` or goes away. The door accepts all the while; what it accepts waits in the spool.
"""

from __future__ import annotations

import logging
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.backups.errors import BackupError
from vedette.framing import FrameServer, connect, receive, send
from vedette.pipeline.owner import StoreOwner

if TYPE_CHECKING:  # what loads the loops is forked, and DuckDB was not made for that
    from vedette.store.duck import DuckStore

log = logging.getLogger("vedette.backups")

SOCKET: Final = "backup.sock"
_MOST_BYTES: Final = 1 << 20
_PAUSE_SECONDS: Final = 60.0  # nothing is digested for longer
_COPY_SECONDS: Final = 600.0
_PAUSE, _GO_ON, _DONE = b"pause", b"go on", b"done"


class Paused(msgspec.Struct):
    """What the worker answers: rows by table of the store, or why it cannot."""

    rows: dict[str, int] = {}
    error: str = ""


class HoldServer:
    """The worker's side: one backup at a time."""

    def __init__(self, owner: StoreOwner, store: DuckStore, run_folder: Path) -> None:
        self._owner = owner
        self._store = store
        self._server = FrameServer(run_folder / SOCKET, self._serve, name="backup-server")

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Take no more clients."""
        self._server.stop()

    def _serve(self, connection: socket.socket) -> None:
        if receive(connection, _MOST_BYTES) != _PAUSE:
            raise OSError("no backup asks like this")
        with ExitStack() as files, ExitStack() as batches:
            try:
                self._owner.checkpoint()  # most of it is done before anybody has to wait
                batches.enter_context(self._owner.pausing())
                files.enter_context(self._store.still)
                self._store.checkpoint()
            except Exception as error:
                log.exception("a backup could not be prepared")
                reply = Paused(error=f"{type(error).__name__}: {error}"[:500])
                send(connection, msgspec.json.encode(reply))
                return
            connection.settimeout(_PAUSE_SECONDS)
            send(connection, msgspec.json.encode(Paused(rows=_rows(self._store))))
            _expect(connection, _GO_ON)
            batches.close()
            connection.settimeout(_COPY_SECONDS)
            send(connection, _GO_ON)
            _expect(connection, _DONE)
        send(connection, _DONE)


class Hold:
    """The client's side, between `pause` and `done`."""

    def __init__(self, connection: socket.socket, rows: dict[str, int]) -> None:
        self._connection = connection
        self.rows = rows

    def go_on(self) -> None:
        """Batches may be committed again; the store's files stay. Raises BackupError."""
        self._say(_GO_ON)

    def done(self) -> None:
        """The store's files were copied. Raises BackupError if they were not still so long."""
        self._say(_DONE)

    def _say(self, word: bytes) -> None:
        try:
            send(self._connection, word)
            _expect(self._connection, word)
        except (OSError, EOFError):
            raise BackupError(
                "the worker ended or did not wait while the store was copied: try again"
            ) from None


@contextmanager
def holding(run_folder: Path, *, wait_seconds: float) -> Iterator[Hold | None]:
    """Keep the running product still while the block runs; None where no worker answers.

    Raises BackupError.
    """
    try:
        connection = connect(run_folder / SOCKET, wait_seconds)
    except OSError:
        yield None
        return
    with connection:
        connection.settimeout(_COPY_SECONDS)
        try:
            send(connection, _PAUSE)
            paused = msgspec.json.decode(receive(connection, _MOST_BYTES), type=Paused)
        except (OSError, EOFError) as error:
            raise BackupError(f"the worker does not answer: {error or 'it ended'}") from None
        if paused.error:
            raise BackupError(f"the store cannot be prepared: {paused.error}")
        yield Hold(connection, paused.rows)


def _expect(connection: socket.socket, word: bytes) -> None:
    if receive(connection, _MOST_BYTES) != word:
        raise OSError("something else was expected")


def _rows(store: DuckStore) -> dict[str, int]:
    """Rows by table."""
    counts: Counter[str] = Counter()
    for usage in store.usage():
        counts[usage.table] += usage.rows
    return dict(counts)
