"""Messages of STUN and TURN to bytes and back (RFC 8489 5 and 14, RFC 8656 18)."""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import zlib
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import ip_address
from typing import TypeAlias

_COOKIE = 0x2112A442
_HEAD = struct.Struct("!HHI12s")
_FINGERPRINT_XOR = 0x5354554E
Place: TypeAlias = tuple[str, int]


class Method(IntEnum):
    """What is asked for."""

    BINDING = 0x001
    ALLOCATE = 0x003
    REFRESH = 0x004
    CHANNEL_BIND = 0x009


class Kind(IntEnum):
    """What a message is."""

    REQUEST = 0x000
    SUCCESS = 0x100
    ERROR = 0x110


class Attribute(IntEnum):
    """What a message may hold."""

    MAPPED_ADDRESS = 0x0001
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    CHANNEL_NUMBER = 0x000C
    LIFETIME = 0x000D
    XOR_PEER_ADDRESS = 0x0012
    REALM = 0x0014
    NONCE = 0x0015
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_ADDRESS_FAMILY = 0x0017
    REQUESTED_TRANSPORT = 0x0019
    XOR_MAPPED_ADDRESS = 0x0020
    SOFTWARE = 0x8022
    FINGERPRINT = 0x8028


class BadMessage(ValueError):  # noqa: N818 - what it is
    """Bytes that are no message of STUN."""


def new_transaction() -> bytes:
    """An id of a transaction."""
    return os.urandom(12)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; of an attribute that comes twice the first counts."""

    method: int
    kind: int
    transaction: bytes
    attributes: dict[int, bytes] = field(default_factory=dict)

    @property
    def error(self) -> tuple[int, str]:
        """Code and words of an error; 0 if it has none."""
        value = self.attributes.get(Attribute.ERROR_CODE, b"")
        if len(value) < 4:
            return 0, ""
        return (value[2] & 7) * 100 + value[3], value[4:].decode("utf-8", "replace")

    def place(self, attribute: Attribute) -> Place | None:
        """An address with its port, if it has one."""
        value = self.attributes.get(attribute)
        if value is None:
            return None
        is_plain = attribute is Attribute.MAPPED_ADDRESS
        return _place(value, b"" if is_plain else struct.pack("!I", _COOKIE) + self.transaction)

    def text(self, attribute: Attribute) -> str:
        """A text, empty if there is none."""
        return self.attributes.get(attribute, b"").decode("utf-8", "replace")


def encode(message: Message, key: bytes = b"") -> bytes:
    """The bytes, signed where there is a key."""
    body = b"".join(_attribute(kind, value) for kind, value in message.attributes.items())
    if key:
        signed = _head(message, len(body) + 24) + body
        digest = hmac.new(key, signed, hashlib.sha1).digest()
        body += _attribute(Attribute.MESSAGE_INTEGRITY, digest)
    signed = _head(message, len(body) + 8) + body
    body += _attribute(
        Attribute.FINGERPRINT, struct.pack("!I", zlib.crc32(signed) ^ _FINGERPRINT_XOR)
    )
    return _head(message, len(body)) + body


def decode(data: bytes) -> Message:
    """The message. Raises BadMessage."""
    if len(data) < _HEAD.size or data[0] & 0xC0:
        raise BadMessage("this is no message of STUN")
    kind, size, cookie, transaction = _HEAD.unpack_from(data)
    if cookie != _COOKIE or size % 4 or _HEAD.size + size != len(data):
        raise BadMessage("this is no message of STUN")
    attributes: dict[int, bytes] = {}
    at = _HEAD.size
    while at + 4 <= len(data):
        name, length = struct.unpack_from("!HH", data, at)
        if at + 4 + length > len(data):
            raise BadMessage("an attribute is cut off")
        attributes.setdefault(name, data[at + 4 : at + 4 + length])
        at += 4 + length + -length % 4
    return Message(kind & ~Kind.ERROR & 0x3FFF, kind & Kind.ERROR, transaction, attributes)


def is_signed(data: bytes, key: bytes) -> bool:
    """Whether what came was signed with this key."""
    at = _HEAD.size
    while at + 4 <= len(data):
        name, length = struct.unpack_from("!HH", data, at)
        if name == Attribute.MESSAGE_INTEGRITY:
            size = struct.pack("!H", at + 24 - _HEAD.size)
            digest = hmac.new(key, data[:2] + size + data[4:at], hashlib.sha1).digest()
            return hmac.compare_digest(digest, data[at + 4 : at + 24])
        at += 4 + length + -length % 4
    return False


def encode_place(place: Place, transaction: bytes) -> bytes:
    """The value of an attribute XOR-…-ADDRESS."""
    address, mask = ip_address(place[0]).packed, struct.pack("!I", _COOKIE) + transaction
    family = 1 if len(address) == 4 else 2
    return struct.pack("!BBH", 0, family, place[1] ^ (_COOKIE >> 16)) + _xor(address, mask)


def long_term_key(user: str, realm: str, password: str) -> bytes:
    """The key of long-term credentials (RFC 8489 9.2.2)."""
    return hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).digest()


def _head(message: Message, size: int) -> bytes:
    return _HEAD.pack(message.method | message.kind, size, _COOKIE, message.transaction)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _place(value: bytes, mask: bytes) -> Place | None:
    if len(value) not in (8, 20):
        return None
    port = int.from_bytes(value[2:4])
    if mask:
        return str(ip_address(_xor(value[4:], mask))), port ^ (_COOKIE >> 16)
    return str(ip_address(value[4:])), port


def _xor(data: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(data, mask, strict=False))
