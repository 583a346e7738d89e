"""The store over a Unix socket: the owner answers, other processes ask.

Frames are a length and msgpack. The socket is readable by its owner only. A client keeps one
connection per thread and connects again after the owner was restarted. A client that goes away
cancels its question, and so does whoever waits for the client (`waiting`).
"""

from __future__ import annotations

import logging
import socket
import threading
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal

import msgspec

from vedette.framing import FrameServer, connect, receive, send
from vedette.store.asker import asker, asking_for
from vedette.store.engine import Owner
from vedette.store.errors import (
    BadQuery,
    QuestionCancelled,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from vedette.store.query import Answer, Select
from vedette.store.waiting import at_work
from vedette.store.watch import Watch

log = logging.getLogger("vedette.store")

_MOST_BYTES = 256 << 20
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0


class Question(msgspec.Struct):
    """What a client asks, for how long it is worth working on, and on whose behalf."""

    select: Select
    seconds: float | None = None
    asker: str = ""


class Reply(msgspec.Struct):
    """What the owner sends back: an answer, or an error's kind and words."""

    answer: Answer | None = None
    error: str = ""
    kind: Literal["", "bad query", "busy"] = ""


_ERRORS: dict[str, type[StoreError]] = {"bad query": BadQuery, "busy": StoreBusy}
_encode = msgspec.msgpack.Encoder().encode
_decode_question = msgspec.msgpack.Decoder(Question).decode
_decode_reply = msgspec.msgpack.Decoder(Reply).decode


class StoreServer:
    """Answers questions on a socket, one thread per connection."""

    def __init__(self, store: Owner, path: Path) -> None:
        self._store = store
        self._watch = Watch()
        self._tokens = count(1)
        self._server = FrameServer(path, self._serve, name="store-server")

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Take no more questions."""
        self._server.stop()

    def _serve(self, connection: socket.socket) -> None:
        frame = receive(connection, _MOST_BYTES)
        token = f"question {next(self._tokens)}"
        with self._watch.over(connection, partial(self._store.cancel, token)):
            reply = self._reply(frame, token)
        send(connection, _encode(reply))

    def _reply(self, frame: bytearray, token: str) -> Reply:
        try:
            asked = _decode_question(frame)
            with asking_for(asked.asker):
                answer = self._store.query(asked.select, seconds=asked.seconds, token=token)
            return Reply(answer=answer)
        except (BadQuery, msgspec.ValidationError) as error:
            return Reply(error=str(error), kind="bad query")
        except StoreBusy as error:
            return Reply(error=str(error), kind="busy")
        except QuestionCancelled as error:
            return Reply(error=str(error))
        except StoreError as error:
            log.exception("a question failed")
            return Reply(error=str(error))


class StoreClient:
    """Asks the owner. Safe for threads. Raises StoreUnavailable when nobody answers."""

    def __init__(
        self,
        path: Path,
        *,
        connect_seconds: float = _CONNECT_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self._path = path
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._local = threading.local()

    def query(self, select: Select, *, seconds: float | None = None) -> Answer:
        """Answer a question, within `seconds` if they are given; see `Reader`."""
        frame = _encode(Question(select, seconds, asker()))
        try:
            reply = _decode_reply(self._ask(frame))
        except (OSError, EOFError) as error:
            raise StoreUnavailable(f"the store does not answer: {error}") from error
        if reply.answer is not None:
            return reply.answer
        raise _ERRORS.get(reply.kind, StoreError)(reply.error)

    def _ask(self, frame: bytes) -> bytearray:
        connection = self._take_connection()
        if connection is not None:
            try:
                return self._exchange(connection, frame)
            except TimeoutError:
                raise
            except (OSError, EOFError):
                log.debug("the owner was restarted: connecting again")
        return self._exchange(self._connect(), frame)

    def _take_connection(self) -> socket.socket | None:
        held: socket.socket | None = getattr(self._local, "connection", None)
        self._local.connection = None
        return held

    def _exchange(self, connection: socket.socket, frame: bytes) -> bytearray:
        """Ask and keep the connection, unless it failed: a late answer must meet no question."""
        try:
            with at_work(connection):
                send(connection, frame)
                reply = receive(connection, _MOST_BYTES)
        except BaseException:
            connection.close()
            raise
        self._local.connection = connection
        return reply

    def _connect(self) -> socket.socket:
        connection = connect(self._path, self._connect_seconds)
        connection.settimeout(self._answer_seconds)
        return connection
