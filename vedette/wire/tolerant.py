"""Readers that accept what SDKs send: each gives a clean value, or null and a remark.

A reader takes a JSON value, its path and the `Remarks` to write to. They are put together
into the event's schema by `vedette.wire.normalise`. Source: protocol, section 3.
"""

from __future__ import annotations

import json
import math
import re

from vedette.wire.json_text import INTEGERS, OutOfRange
from vedette.wire.remarks import Json, Path, Reader, Remarks
from vedette.wire.scalars import parse_level, parse_timestamp

MAX_STRING = 1 << 16
MAX_DEPTH = 60


def invalid(path: Path, remarks: Remarks, reason: str) -> None:
    """Record that a value is not what its place takes."""
    remarks.error(path, "invalid_data", reason=reason)


def clean_text(text: str) -> str:
    """The text as every reader can hold it: without NUL, with U+FFFD for a lone surrogate."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _text(value: str, path: Path, remarks: Remarks) -> str:
    """A clean text, with a remark if it had to be changed."""
    text = clean_text(value)
    if text is not value and text != value:
        invalid(path, remarks, "held characters that are no text")
    elif isinstance(value, OutOfRange):
        invalid(path, remarks, "number out of range")
        return str(value)
    return text


def string(limit: int = MAX_STRING, *, lenient: bool = False) -> Reader:
    def read(value: Json, path: Path, remarks: Remarks) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            if not lenient and not isinstance(value, int | float):
                invalid(path, remarks, "expected a string")
                return None
            value = stringify(value)
        text = _text(value, path, remarks)
        if len(text) > limit:
            remarks.shortened(path, len(text))
            return text[: limit - 3] + "..."
        return text

    return read


def stringify(value: Json) -> str:
    """Any JSON as a text."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(anything(value, (), Remarks()))
    return str(value)


def integer(value: Json, path: Path, remarks: Remarks) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) or (isinstance(value, float) and value.is_integer()):
        try:
            value = int(value)
        except ValueError:
            pass  # no int, which the remark below says
    if isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS:
        return value
    invalid(path, remarks, "expected a whole number")
    return None


def boolean(value: Json, path: Path, remarks: Remarks) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "True", 1):
        return True
    if value in ("false", "False", 0):
        return False
    invalid(path, remarks, "expected true or false")
    return None


def identifier(value: Json, path: Path, remarks: Remarks) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS:
        return value
    return string(512)(value, path, remarks)  # type: ignore[no-any-return]


def timestamp(value: Json, path: Path, remarks: Remarks) -> float | None:
    if value is None:
        return None
    seconds = parse_timestamp(value)
    if seconds is None:
        invalid(path, remarks, "expected a timestamp")
    return seconds


def level(value: Json, path: Path, remarks: Remarks) -> str | None:
    if value is None:
        return None
    level = parse_level(value)
    if level is None:
        invalid(path, remarks, "expected a level")
    return level


def anything(value: Json, path: Path, remarks: Remarks, depth: int = 0) -> Json:
    """Any JSON, with clean strings, without NaN and not too deep."""
    if isinstance(value, str):
        return _ANY_TEXT(value, path, remarks)
    if isinstance(value, float) and not math.isfinite(value):
        return _ANY_TEXT(OutOfRange(value), path, remarks)
    if isinstance(value, int) and value not in INTEGERS:
        return _ANY_TEXT(OutOfRange(value), path, remarks)
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        invalid(path, remarks, "nested too deeply")
        return None
    if isinstance(value, dict):
        return {
            (name := _name(key, path, remarks)): anything(item, (*path, name), remarks, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [
            anything(item, (*path, str(index)), remarks, depth + 1)
            for index, item in enumerate(value)
        ]
    return value


_ANY_TEXT = string()


def _name(key: str, path: Path, remarks: Remarks) -> str:
    return key if key.isascii() and "\x00" not in key else _text(key, path, remarks)


def mapping(read_value: Reader) -> Reader:
    def read(value: Json, path: Path, remarks: Remarks) -> dict[str, Json] | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            invalid(path, remarks, "expected an object")
            return None
        return {
            (name := _name(key, path, remarks)): read_value(item, (*path, name), remarks)
            for key, item in value.items()
        }

    return read


def record(fields: dict[str, Reader]) -> Reader:
    """An object whose known fields are read by `fields` and whose others are kept as they are."""

    def read(value: Json, path: Path, remarks: Remarks) -> dict[str, Json] | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            invalid(path, remarks, "expected an object")
            return None
        return {
            (name := _name(key, path, remarks)): fields.get(key, anything)(
                item, (*path, name), remarks
            )
            for key, item in value.items()
        }

    return read


def sequence(read_item: Reader, most: int, *, keep: str = "ends") -> Reader:
    """A list of at most `most` items; a longer one loses its middle, or its head (`tail`)."""

    def read(value: Json, path: Path, remarks: Remarks) -> list[Json] | None:
        if value is None:
            return None
        if not isinstance(value, list):
            invalid(path, remarks, "expected a list")
            return None
        if len(value) > most:
            remarks.shortened(path, len(value))
            half = most // 2
            value = value[-most:] if keep == "tail" else value[:half] + value[-(most - half) :]
        return [read_item(item, (*path, str(index)), remarks) for index, item in enumerate(value)]

    return read


def values(read_item: Reader, most: int, *, keep: str = "ends") -> Reader:
    """`{"values": [...]}`, a bare list or a bare single object; always gives the wrapper."""
    read_list = sequence(read_item, most, keep=keep)

    def read(value: Json, path: Path, remarks: Remarks) -> dict[str, Json] | None:
        if value is None:
            return None
        if isinstance(value, dict):
            if isinstance(value.get("values"), list):
                return {"values": read_list(value["values"], (*path, "values"), remarks)}
            if "values" in value:
                if value["values"] is not None:
                    invalid((*path, "values"), remarks, "expected a list")
                return {"values": []}
            value = [value]
        if not isinstance(value, list):
            invalid(path, remarks, "expected a list")
            return None
        return {"values": read_list(value, (*path, "values"), remarks)}

    return read


def fingerprint(value: Json, path: Path, remarks: Remarks) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        value = [value]
    return [clean_text(stringify(part))[:512] for part in value if part is not None][:50]
