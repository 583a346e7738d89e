"""The owner over a Unix socket: digesters in other processes hand their batches over.

Frames hold msgpack, one answer per request, one connection per digester.
"""

from __future__ import annotations

import logging
import socket
import threading
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import msgspec

from vedette.facts import Fact
from vedette.framing import FrameServer, connect, receive, send
from vedette.items import fact_types
from vedette.pipeline.batch import Handover
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.owner import Owner, Places
from vedette.pipeline.settings import Settings
from vedette.sourcemaps.lookup import Found, Question
from vedette.store.errors import BadRows, StoreError, StoreUnavailable
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion

log = logging.getLogger("vedette.pipeline")

_MOST_BYTES = 1 << 30
_CONNECT_SECONDS = 10.0
_FAULTS: dict[str, type[Exception]] = {
    "rows": BadRows,
    "store": StoreError,
    "domain": DomainUnavailable,
}


class OwnerAway(StoreUnavailable):
    """Nobody answers at the owner's socket, or it went away while it worked."""


class Request(msgspec.Struct, array_like=True, gc=False):
    """One call: its name, and its argument as msgpack of the type that the name says."""

    call: str
    argument: msgspec.Raw


class Reply(msgspec.Struct, gc=False):
    """The result as msgpack, or what went wrong."""

    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    fault: str = ""
    text: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode_request = msgspec.msgpack.Decoder(Request).decode
_decode_reply = msgspec.msgpack.Decoder(Reply).decode


class OwnerServer:
    """Answers digesters, one thread per connection."""

    def __init__(self, owner: Owner, path: Path) -> None:
        self._calls = _calls(owner)
        self._server = FrameServer(path, self._serve, name="owner-server")

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Take no more digesters; the owner itself refuses batches of those that are here."""
        self._server.stop()

    def _serve(self, connection: socket.socket) -> None:
        frame = receive(connection, _MOST_BYTES)
        send(connection, _encode(self._reply(frame)))

    def _reply(self, frame: bytearray) -> Reply:
        request = _decode_request(frame)
        decode, call = self._calls[request.call]
        try:
            return Reply(msgspec.Raw(_encode(call(decode(request.argument)))))
        except Exception as error:
            names = (name for name, kind in _FAULTS.items() if isinstance(error, kind))
            fault = next(names, "other")
            if fault == "other":
                log.exception("a digester's %s failed", request.call)
            return Reply(fault=fault, text=f"{type(error).__name__}: {error}"[:2000])


def _calls(owner: Owner) -> dict[str, Any]:
    """Each call's decoder and what it does."""
    decoder = msgspec.msgpack.Decoder
    fact = reduce(or_, fact_types())
    return {
        "places": (decoder(str).decode, owner.places),
        "settings": (decoder(str).decode, owner.settings),
        "commit": (decoder(Handover[fact]).decode, owner.commit),  # type: ignore[valid-type]
        "symbols": (decoder(SymbolQuestion).decode, owner.symbols),
        "artifacts": (decoder(Question).decode, owner.artifacts),
        "artifacts_version": (decoder(int).decode, owner.artifacts_version),
        "idle": (decoder(str).decode, owner.idle),
        "note": (
            decoder(tuple[str, dict[str, float]]).decode,
            lambda pair: owner.note(*pair),
        ),
    }


class OwnerClient:
    """Asks the owner from another process. Safe for threads. Raises as `Owner` does.

    What the owner could not say in these words is raised as RuntimeError.
    """

    def __init__(self, path: Path, *, connect_seconds: float = _CONNECT_SECONDS) -> None:
        self._path = path
        self._connect_seconds = connect_seconds
        self._local = threading.local()

    def places(self, writer: str) -> Places:
        """See `Owner`."""
        return msgspec.msgpack.decode(self._ask("places", writer), type=Places)

    def settings(self, version: str) -> Settings | None:
        """See `Owner`."""
        return msgspec.msgpack.decode(self._ask("settings", version), type=Settings | None)

    def commit(self, handover: Handover[Fact]) -> None:
        """See `Owner`."""
        self._ask("commit", handover)

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        """See `Owner`."""
        return msgspec.msgpack.decode(self._ask("symbols", question), type=list[FoundSymbols])

    def artifacts(self, question: Question) -> list[Found]:
        """See `Owner`."""
        return msgspec.msgpack.decode(self._ask("artifacts", question), type=list[Found])

    def artifacts_version(self, project_id: int) -> int:
        """See `Owner`."""
        return msgspec.msgpack.decode(self._ask("artifacts_version", project_id), type=int)

    def idle(self, writer: str) -> None:
        """See `Owner`."""
        self._ask("idle", writer)

    def note(self, digester: str, status: dict[str, float]) -> None:
        """See `Owner`."""
        self._ask("note", (digester, status))

    def _ask(self, call: str, argument: object) -> msgspec.Raw:
        frame = _encode((call, argument))  # at once: a batch has megabytes
        connection: socket.socket | None = getattr(self._local, "connection", None)
        self._local.connection = None
        try:
            connection = connection or connect(self._path, self._connect_seconds)
            send(connection, frame)
            reply = _decode_reply(receive(connection, _MOST_BYTES))
        except (OSError, EOFError) as error:
            if connection is not None:
                connection.close()
            raise OwnerAway(f"the owner does not answer: {error}") from error
        self._local.connection = connection
        if reply.fault:
            raise _FAULTS.get(reply.fault, RuntimeError)(reply.text)
        return reply.result
