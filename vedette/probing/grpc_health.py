"""One question to grpc.health.v1.Health/Check over HTTP/2, by the h2 package.

The two messages have a field each, so they are written here (protobuf's wire format).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vedette import __version__
from vedette.probing.running import Failed, Run
from vedette.probing.talk import Talk

if TYPE_CHECKING:
    from h2.connection import H2Connection

STATES = ("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")
_PATH = "/grpc.health.v1.Health/Check"
_MOST_BYTES = 4096
_MOST_EVENTS = 1000


@dataclass(slots=True)
class Reply:
    """What came back: the head, the message and the status of gRPC."""

    http_status: int = 0
    content_type: str = ""
    grpc_status: int | None = None
    grpc_message: str = ""
    data: bytearray = field(default_factory=bytearray)
    is_whole: bool = False

    @property
    def state(self) -> str:
        """What the service says of itself. Raises Failed for what is no message."""
        if (
            len(self.data) < 5
            or self.data[0]
            or len(self.data) != 5 + int.from_bytes(self.data[1:5])
        ):
            raise Failed("protocol", "what came back is no message of gRPC")
        return _state(bytes(self.data[5:]))


async def check(
    run: Run, talk: Talk, authority: str, service: str, headers: list[tuple[str, str]], scheme: str
) -> Reply:
    """Ask for the state of a service; an empty name asks for the server's. Raises Failed."""
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.exceptions import ProtocolError

    held = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    left_ms = max(int(run.around.seconds * 1000 - run.milliseconds), 1)
    held.initiate_connection()
    held.send_headers(
        1,
        [
            *((":method", "POST"), (":scheme", scheme), (":path", _PATH)),
            *((":authority", authority), ("te", "trailers")),
            *(("content-type", "application/grpc"), ("grpc-timeout", f"{left_ms}m")),
            *(("user-agent", f"vedette/{__version__}"), *headers),
        ],
    )
    held.send_data(1, _message(service), end_stream=True)
    talk.say(held.data_to_send())
    reply, count = Reply(), 0
    while not reply.is_whole:
        data = await talk.a_little()
        if not data:
            raise Failed("reset", "the connection was closed before an answer came")
        if data.startswith(b"HTTP/1"):
            raise Failed("protocol", "the server speaks HTTP/1, not HTTP/2")
        try:
            events = held.receive_data(data)
        except (ProtocolError, UnicodeDecodeError) as error:
            raise Failed("protocol", f"what came back is no HTTP/2: {error}"[:200]) from None
        count += len(events)
        if count > _MOST_EVENTS:
            raise Failed("protocol", "more frames came than an answer has")
        for event in events:
            _take(held, event, reply)
        talk.say(held.data_to_send())
    return reply


def _take(held: H2Connection, event: Any, reply: Reply) -> None:
    from h2 import events

    if isinstance(event, events.ResponseReceived | events.TrailersReceived):
        _read_headers(dict(event.headers or ()), reply)
    elif isinstance(event, events.DataReceived):
        reply.data += event.data or b""
        if len(reply.data) > _MOST_BYTES:
            raise Failed("protocol", "the answer is too large")
        if event.flow_controlled_length:
            held.acknowledge_received_data(event.flow_controlled_length, 1)
    elif isinstance(event, events.StreamEnded):
        reply.is_whole = True
    elif isinstance(event, events.StreamReset | events.ConnectionTerminated):
        raise Failed("reset", f"the server broke off: error {event.error_code}")


def _read_headers(headers: dict[Any, Any], reply: Reply) -> None:
    if ":status" in headers:
        reply.http_status = int(headers[":status"])
        reply.content_type = str(headers.get("content-type", ""))
    if "grpc-status" in headers:
        status = str(headers["grpc-status"])
        reply.grpc_status = int(status) if status.isdigit() else 2
        reply.grpc_message = str(headers.get("grpc-message", ""))


def _message(service: str) -> bytes:
    name = service.encode()
    body = b"\x0a" + _varint(len(name)) + name if name else b""
    return b"\0" + struct.pack("!I", len(body)) + body


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _state(body: bytes) -> str:
    """The field 1 of HealthCheckResponse; an absent one is 0."""
    if not body:
        return STATES[0]
    if len(body) < 2 or body[0] != 0x08:
        raise Failed("protocol", "the message is none of a health check")
    return STATES[body[1]] if body[1] < len(STATES) else str(body[1])
