"""Binary OpenTelemetry export requests as OTLP/JSON, one record after the other.

A request of 20 MB may hold ten million messages of two bytes, which would take gigabytes as
objects. So the three outer levels, which all signals share (resource, scope, record), are
walked on the bytes, and each record is read by itself.

Source: the Protocol Buffers encoding and opentelemetry-proto's collector services.
"""

from __future__ import annotations

import base64
import binascii
import importlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from vedette.items._bounds import holds_too_much
from vedette.items._otlp_spans import span_tree

_WORDS = {"traces": "trace", "logs": "logs", "metrics": "metrics"}
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})
_GROUP, _SCOPE, _RECORD = 1, 2, 2  # the numbers of the fields, in all signals
_MOST_FIELDS: Final = 50_000  # resources, scopes and records
_MOST_RECORD_BYTES: Final = 512 << 10
_MOST_VARINT_BYTES: Final = 10


def request_to_json(signal: str, payload: bytes) -> bytes:
    """The request as OTLP/JSON: ids in hex, enums as numbers. Raises ValueError.

    A record that is too large is left out as an empty one, so that it is counted.
    """
    return _Reading(signal).json(payload)


class _Reading:
    """One request. The library is loaded when it is needed."""

    def __init__(self, signal: str) -> None:
        word = _WORDS[signal]
        module = f"opentelemetry.proto.collector.{word}.v1.{word}_service_pb2"
        request = getattr(importlib.import_module(module), f"Export{word.title()}ServiceRequest")
        self._groups = request.DESCRIPTOR.fields_by_number[_GROUP]
        self._scopes = self._groups.message_type.fields_by_number[_SCOPE]
        self._records = self._scopes.message_type.fields_by_number[_RECORD]
        self._signal = signal
        self._seen = 0

    def json(self, payload: bytes) -> bytes:
        """All of it."""
        groups, _ = self._split(payload, _GROUP)
        tree = {self._groups.camelcase_name: [self._group(one) for one in groups]}
        made = msgspec.json.encode(tree)
        if holds_too_much(made):
            raise ValueError(f"a {self._signal} export request with too many values")
        return made

    def _group(self, data: bytes) -> dict[str, Any]:
        scopes, rest = self._split(data, _SCOPE)
        found = self._rest(self._groups.message_type, rest)
        found[self._scopes.camelcase_name] = [self._scope(one) for one in scopes]
        return found

    def _scope(self, data: bytes) -> dict[str, Any]:
        records, rest = self._split(data, _RECORD)
        found = self._rest(self._scopes.message_type, rest)
        found[self._records.camelcase_name] = [self._record(one) for one in records]
        return found

    def _record(self, data: bytes) -> msgspec.Raw:
        message = self._message(self._records.message_type, data)
        if message is None:
            return msgspec.Raw(b"{}")
        tree = span_tree(message, _tree) if self._signal == "traces" else _tree(message)
        return msgspec.Raw(msgspec.json.encode(tree))

    def _message(self, type_: Any, data: bytes) -> Any:
        """The message; None for one that is too large."""
        from google.protobuf.message import DecodeError
        from google.protobuf.message_factory import GetMessageClass

        if len(data) > _MOST_RECORD_BYTES:
            return None
        try:
            return GetMessageClass(type_).FromString(data)
        except DecodeError as error:
            raise ValueError(f"no {self._signal} export request: {error}") from None

    def _rest(self, type_: Any, data: bytes) -> dict[str, Any]:
        message = self._message(type_, data)
        return {} if message is None else _tree(message)

    def _split(self, data: bytes, number: int) -> tuple[list[bytes], bytes]:
        """The fields with a number, and the message without them."""
        found: list[bytes] = []
        rest: list[bytes] = []
        for start, inner, stop, key in _fields(data):
            self._seen += 1
            if self._seen > _MOST_FIELDS:
                raise ValueError(f"a {self._signal} export request with too many records")
            if key == number << 3 | 2:
                found.append(data[inner:stop])
            else:
                rest.append(data[start:stop])
        return found, b"".join(rest)


def _tree(message: Any) -> dict[str, Any]:
    """The library's own JSON, with ids in hex."""
    from google.protobuf.json_format import MessageToDict

    tree: dict[str, Any] = MessageToDict(message, use_integers_for_enums=True)
    _write_ids_in_hex(tree)
    return tree


def _fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Where each field starts, where its value does, where it stops, and its key."""
    at, end = 0, len(data)
    while at < end:
        start = at
        key, at = _varint(data, at)
        kind = key & 7
        inner = at
        if kind == 2:
            length, inner = _varint(data, at)
            at = inner + length
        elif kind == 0:
            _, at = _varint(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError("no export request: a group")
        if at > end:
            raise ValueError("no export request: it ends in a field")
        yield start, inner, at, key


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + _MOST_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("no export request: a number without an end")


def _write_ids_in_hex(tree: Any) -> None:
    """Protobuf's own JSON mapping writes bytes as base64; OTLP wants the ids in hex."""
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key in _IDS and isinstance(value, str):
                    node[key] = _hex(value)
                else:
                    stack.append(value)


def _hex(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        return text
