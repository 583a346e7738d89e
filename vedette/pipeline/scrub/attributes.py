"""Names and values in the shapes of telemetry: typed attributes and key-value objects.

Sentry's spans and logs write `{"token": {"value": "a", "type": "string"}}`, OpenTelemetry
`{"key": "token", "value": {"stringValue": "a"}}`, old tags `{"key": "token", "value": "a"}`.
Works on the mask of a JSON text (see `structure`).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from vedette.pipeline.scrub.edits import Edit, removal, substitution
from vedette.pipeline.scrub.structure import following, name_before, previous, value_start
from vedette.pipeline.scrub.words import counts_tokens, is_safe_value

_ATTRIBUTE_BYTES = 65536
_MOST_STEPS = 64
_NUMBERS = ("intValue", "doubleValue")
_TYPED = ("value", "stringValue", "boolValue", *_NUMBERS)
_STRING_VALUE = re.compile(
    rb'\{\s*+(?:"stringValue"\s*+:\s*+|"type"\s*+:\s*+"[^"]*+"\s*+,\s*+"value"\s*+:\s*+)(?=")'
    rb'|\{\s*+"value"\s*+:\s*+(?="[^"]*+"\s*+,\s*+"type"\s*+:)'
)

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def string_of(mask: bytes, start: int) -> int | None:
    """Where the string in the typed value at `start` begins, if it is one."""
    match = _STRING_VALUE.match(mask, start)
    return match.end() if match else None


def container_edits(payload: bytes, start: int, end: int, name: bytes, rule: str) -> list[Edit]:
    """The edits for the list or object under a sensitive name; an attribute keeps its type."""
    attribute = _attribute(payload, start, end)
    member = next((one for one in _TYPED if one in attribute), None)
    if member is None or (member == "value" and "type" not in attribute):
        return [removal(start, end, rule)]
    value = attribute[member]
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, int | float) or member in _NUMBERS:
        return [] if counts_tokens(name) else [removal(start, end, rule)]
    if not isinstance(value, str):
        return [removal(start, end, rule)]
    if is_safe_value(value.encode()):
        return []
    edit = substitution(start, end, value.encode(), rule)
    filtered = msgspec.json.encode(attribute | {member: "[Filtered]"})
    return [Edit(start, end, filtered, edit.marks, edit.original_length)]


def _attribute(payload: bytes, start: int, end: int) -> dict[str, Any]:
    """The object there, empty if it is none or a large one."""
    if end - start > _ATTRIBUTE_BYTES:
        return {}
    try:
        return _decode(payload[start:end])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return {}


def value_of_key(payload: bytes, mask: bytes, start: int, end: int) -> int | None:
    """Where the value begins whose name is the string from `start` to `end`, a `key`'s value."""
    comma = following(mask, end)
    if mask[comma : comma + 1] == b",":
        name = following(mask, comma + 1)
        if mask[name : name + 7] == b'"value"':
            return value_start(mask, name + 7)
    return _value_before(payload, mask, start)


def _value_before(payload: bytes, mask: bytes, start: int) -> int | None:
    """The value that stands before `"key": …`: a string or an object without containers."""
    colon = previous(mask, start)
    comma = previous(mask, mask.rfind(b'"', 0, previous(mask, colon)))
    if comma < 0 or mask[comma : comma + 1] != b",":
        return None
    value = _beginning(mask, previous(mask, comma))
    is_value = value is not None and name_before(payload, mask, value) == b"value"
    return value if is_value else None


def _beginning(mask: bytes, last: int) -> int | None:
    """Where the value begins whose last byte is at `last`."""
    if mask[last : last + 1] == b'"':
        return mask.rfind(b'"', 0, last)
    position = last if mask[last : last + 1] == b"}" else -1
    for _ in range(_MOST_STEPS):
        position = previous(mask, position)
        if position < 0 or mask[position] in b"}[]":
            return None
        if mask[position] == ord("{"):
            return position
        if mask[position] == ord('"'):
            position = mask.rfind(b'"', 0, position)
    return None
