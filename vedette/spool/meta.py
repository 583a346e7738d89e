"""What the door writes beside a body: everything the pipeline needs and the body lacks."""

from __future__ import annotations

import msgspec


class Origin(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """Which kept item a record is, when one is read again, and what it was counted as."""

    identity: str  # 32 hex digits
    category: str
    quantity: int


class Past(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """An event that is taken over from elsewhere, with the issue it has: it is stored, and
    changes no count, no state, and alerts nobody."""

    group: str  # the grouping key of its issue, 32 hex digits
    version: str
    timestamp: int  # when it happened, in microseconds since 1970
    unstored: int | None = None  # for how many more it stands
    unread: int | None = 0  # how many of its frames lack their source map


class Meta(msgspec.Struct, array_like=True, gc=False):
    """One accepted request. New fields go to the end and have a default."""

    project_id: int
    received: float
    encoding: str = ""
    event_id: str = ""
    remote_address: str = ""
    client: str = ""
    user_agent: str = ""
    refused: dict[str, str] = {}  # category -> reason: items that a limit kept out
    kind: str = "envelope"  # or "outcomes": counts of what the door turned away, or "uses"
    inflated_bytes: int = 0  # of the body once it is decoded; 0: not measured
    origin: Origin | None = None
    delivery: str = ""  # what a relay calls this request, 32 hex digits: sent again, it is the same
    held_seconds: float = 0.0  # how long a relay has had it before it could send it on
    past: Past | None = None

    @property
    def was_let_in(self) -> bool:
        """Whether it was let in before: it is read again, or taken over from elsewhere."""
        return self.origin is not None or self.past is not None

    @property
    def sent_on(self) -> float:
        """When the request left its sender: what its clock is compared with."""
        return self.received - self.held_seconds


class Refusal(msgspec.Struct, array_like=True, gc=False):
    """A count of things the door turned away, carried through the spool as an `outcomes` body."""

    project_id: int
    category: str
    outcome: str
    reason: str
    hour: int  # seconds since 1970 of the hour's start
    quantity: int


class Use(msgspec.Struct, array_like=True, gc=False):
    """What came with one key, carried through the spool as a `uses` body. Times are seconds since
    1970; `ahead_seconds` is how far the client's clock is before ours, where it said its time."""

    project_id: int
    public_key: str
    accepted: int = 0
    accepted_at: float = 0.0
    client: str = ""
    ahead_seconds: float | None = None
    refused: dict[str, int] = {}  # requests by reason
    refused_at: float = 0.0


encode_meta = msgspec.msgpack.Encoder().encode
decode_meta = msgspec.msgpack.Decoder(Meta).decode
encode_refusals = msgspec.msgpack.Encoder().encode
decode_refusals = msgspec.msgpack.Decoder(list[Refusal]).decode
encode_uses = msgspec.msgpack.Encoder().encode
decode_uses = msgspec.msgpack.Decoder(list[Use]).decode
