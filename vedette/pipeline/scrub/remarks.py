"""What was scrubbed: remarks, their compact stored form, and the result of a scrub."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """How a value was scrubbed, in the letters of Sentry's `_meta`."""

    REMOVED = "x"
    SUBSTITUTED = "s"
    MASKED = "m"
    HASHED = "p"


class Remark(msgspec.Struct, frozen=True, gc=False):
    """One rule that changed one value.

    `start` and `end` are byte offsets, in the scrubbed payload, of the JSON value that is
    there now; several remarks may share them. `range` holds the characters of the string
    that the placeholder takes. `original_length` is that of the whole string, in
    characters; `None` for other values.
    """

    start: int
    end: int
    rule: str
    kind: Kind
    original_length: int | None = None
    range: tuple[int, int] | None = None


class Scrubbed(msgspec.Struct, frozen=True, gc=False):
    """A payload that may be stored, and what was done to it.

    `is_doubtful` when it may hold a number that no double holds.
    """

    payload: bytes
    remarks: tuple[Remark, ...] = ()
    is_doubtful: bool = False


# Stored as indexes: append only. Other rules are stored by name.
_RULES = (
    "@password:filter",
    "strip-fields",
    "@cookies:filter",
    "@anything:filter",
    "@anything:remove",
    "@ip:replace",
    "@email:replace",
    "@urlauth:legacy",
    "@creditcard:filter",
    "@creditcard:replace",
    "@iban:filter",
    "@iban:replace",
    "@usssn:filter",
    "@usssn:replace",
    "@pemkey:filter",
    "@pemkey:replace",
    "@bearer:filter",
    "@bearer:replace",
    "@jwt:filter",
    "@jwt:replace",
)
_INDEXES = {rule: index for index, rule in enumerate(_RULES)}

_LETTERS = {kind.value: kind for kind in Kind}
# Whether it was removed, or the letter of what is neither that nor substituted.
_How = bool | str
_Row = tuple[int, int, int | str, _How, int | None, tuple[int, int] | None]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Row])


def encode_remarks(remarks: tuple[Remark, ...]) -> bytes:
    """The remarks as bytes for a column of the store; empty for none."""
    if not remarks:
        return b""
    rows: list[_Row] = [
        (
            remark.start,
            remark.end - remark.start,
            _INDEXES.get(remark.rule, remark.rule),
            _how(remark.kind),
            remark.original_length,
            remark.range,
        )
        for remark in remarks
    ]
    return _encoder.encode(rows)


def decode_remarks(stored: bytes) -> tuple[Remark, ...]:
    """The remarks that `encode_remarks` stored. Raises `msgspec.DecodeError` for other bytes."""
    if not stored:
        return ()
    return tuple(
        Remark(
            start,
            start + length,
            _rule(rule),
            _kind(how),
            original_length,
            span,
        )
        for start, length, rule, how, original_length, span in _decoder.decode(stored)
    )


def _how(kind: Kind) -> _How:
    return kind.value if kind in (Kind.MASKED, Kind.HASHED) else kind is Kind.REMOVED


def _kind(how: _How) -> Kind:
    if isinstance(how, str):
        return _LETTERS.get(how, Kind.SUBSTITUTED)
    return Kind.REMOVED if how else Kind.SUBSTITUTED


def _rule(stored: int | str) -> str:
    """The name of a stored rule; a number of a later version is shown as it is."""
    if isinstance(stored, str):
        return stored
    return _RULES[stored] if 0 <= stored < len(_RULES) else f"@{stored}"
