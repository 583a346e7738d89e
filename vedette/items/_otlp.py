"""OpenTelemetry export requests: binary ones become OTLP/JSON before they are scrubbed.

Source: protocol, section 1.11, and the OTLP specification's JSON mapping (ids in hex, enums
as numbers).
"""

from __future__ import annotations

import base64
import binascii
import importlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from vedette.items import ItemKind, RawItem
from vedette.items._kept import json_sample, kept_kind

_WORDS = {"traces": "trace", "logs": "logs", "metrics": "metrics"}
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})


MOST_BYTES: Final = 20 << 20


def otlp_kind(signal: str, *, category: str, resource: str) -> ItemKind:
    """The kept kind of one signal; `resource` names its outermost list."""
    return kept_kind(
        f"otlp_{signal}",
        category=category,
        is_bulky=True,
        most_bytes=MOST_BYTES,
        to_json=json_of(signal),
        sample=json_sample(f"otlp_{signal}", {resource: []}, content_type="application/json"),
    )


def json_of(signal: str) -> Callable[[RawItem], bytes]:
    """Makes the OTLP/JSON of an export request, whichever of the two forms it came in."""

    def to_json(item: RawItem) -> bytes:
        if not (item.header.content_type or "").startswith("application/x-protobuf"):
            return item.payload
        tree = _decode(signal, item.payload)
        item.header.content_type = "application/json"
        return msgspec.json.encode(tree)

    return to_json


def _decode(signal: str, payload: bytes) -> Any:
    """The request as OTLP/JSON. Raises ValueError. The library is loaded when it is needed."""
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError

    word = _WORDS[signal]
    module = f"opentelemetry.proto.collector.{word}.v1.{word}_service_pb2"
    message = getattr(importlib.import_module(module), f"Export{word.title()}ServiceRequest")()
    try:
        message.ParseFromString(payload)
    except DecodeError as error:
        raise ValueError(f"no {signal} export request: {error}") from None
    tree = MessageToDict(message, use_integers_for_enums=True)
    _write_ids_in_hex(tree)
    return tree


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
