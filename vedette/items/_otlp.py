"""OpenTelemetry export requests: binary ones become OTLP/JSON before they are scrubbed.

Source: protocol, section 1.11, and the OTLP specification's JSON mapping (ids in hex, enums
as numbers).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.items import ItemKind, RawItem, Worth
from vedette.items._kept import json_sample, kept_kind
from vedette.items._otlp_binary import request_to_json

MOST_BYTES: Final = 20 << 20


def otlp_kind(signal: str, *, category: str, resource: str) -> ItemKind:
    """The kept kind of one signal; `resource` names its outermost list."""
    return kept_kind(
        f"otlp_{signal}",
        category=category,
        worth=Worth.DETAIL,
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
        made = request_to_json(signal, item.payload)
        item.header.content_type = "application/json"
        return made

    return to_json
