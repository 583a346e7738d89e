"""Reading a stored payload without trusting its shape: what has the wrong type is nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vedette.web.remarks import Remarks

Payload = dict[str, Any]


def mapping(value: object) -> Payload:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A scalar as text; nothing for null, objects and lists."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def number(value: object) -> int | None:
    """The value if it is a whole number, else nothing."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def values(payload: Payload, key: str) -> list[tuple[Any, Remarks]]:
    """The list under `key`, bare or wrapped in `{"values": [...]}`, each with its remarks."""
    held, remarks = payload.get(key), Remarks.of(payload).at(key)
    if isinstance(held, dict):
        held, remarks = held.get("values"), remarks.at("values")
    return [(value, remarks.at(index)) for index, value in enumerate(sequence(held))]


def pairs(value: object) -> list[tuple[str, Any]]:
    """An object's items, or a list of pairs, as pairs with a text key."""
    if isinstance(value, dict):
        return [(str(key), held) for key, held in value.items()]
    return [
        (text(pair[0]), pair[1])
        for pair in sequence(value)
        if isinstance(pair, (list, tuple)) and len(pair) == 2
    ]


def moment(value: object) -> datetime | None:
    """A protocol timestamp: seconds since 1970, or ISO 8601 (UTC where it names no zone)."""
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, UTC)
        made = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return made.replace(tzinfo=UTC) if made and made.tzinfo is None else made
