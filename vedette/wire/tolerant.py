"""Readers that accept what SDKs send: each gives a clean value, or null and a remark.

A reader takes a JSON value, its path and the `Remarks` to write to. They are put together
into the event's schema by `vedette.wire.normalise`. Source: protocol, section 3.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from vedette.wire.json_text import INTEGERS, OutOfRange

Json: TypeAlias = Any
Path: TypeAlias = tuple[str, ...]

MAX_TAGS = 200
MAX_STRING = 1 << 16
MAX_DEPTH = 60


class Remarks:
    """What was changed and why; `tree` is the event's `_meta`."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}

    def error(self, path: Path, code: str, **details: Json) -> None:
        """Record an error at `path`, in the shape of Sentry's `_meta`."""
        entry = self._at(path)
        entry.setdefault("err", []).append([code, details] if details else [code])

    def shortened(self, path: Path, length: int) -> None:
        """Record that a string or list of `length` was cut at `path`."""
        self._at(path)["len"] = length

    def _at(self, path: Path) -> dict[str, Any]:
        node = self.tree
        for part in path:
            node = node.setdefault(part, {})
        entry: dict[str, Any] = node.setdefault("", {})
        return entry


Reader: TypeAlias = Callable[[Json, Path, Remarks], Json]


def parse_timestamp(value: Json) -> float | None:
    """Seconds since 1970 from a number or an ISO 8601 text (naive is UTC); None if neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < 253402300800 and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            return parse_timestamp(float(value))
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        seconds = moment.timestamp()
    except OverflowError:
        return None
    return seconds if seconds >= 0 else None


def parse_level(value: Json) -> str | None:
    """One of debug, info, warning, error, fatal; None for anything that names no level."""
    if isinstance(value, str):
        return _LEVELS.get(value.strip().lower())
    if isinstance(value, int) and not isinstance(value, bool):
        return _LEVEL_NUMBERS.get(value)
    return None


_LEVELS = {
    "debug": "debug",
    "trace": "debug",
    "info": "info",
    "log": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "fatal": "fatal",
    "critical": "fatal",
}
_LEVEL_NUMBERS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "fatal"}


def _invalid(path: Path, remarks: Remarks, reason: str) -> None:
    remarks.error(path, "invalid_data", reason=reason)


def _clean_text(text: str) -> str:
    """The text as every reader can hold it: without NUL, with U+FFFD for a lone surrogate."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _text(value: str, path: Path, remarks: Remarks) -> str:
    """A clean text, with a remark if it had to be changed."""
    text = _clean_text(value)
    if text is not value and text != value:
        _invalid(path, remarks, "held characters that are no text")
    elif isinstance(value, OutOfRange):
        _invalid(path, remarks, "number out of range")
        return str(value)
    return text


def string(limit: int = MAX_STRING, *, lenient: bool = False) -> Reader:
    def read(value: Json, path: Path, remarks: Remarks) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            if not lenient and not isinstance(value, int | float):
                _invalid(path, remarks, "expected a string")
                return None
            value = _stringify(value)
        text = _text(value, path, remarks)
        if len(text) > limit:
            remarks.shortened(path, len(text))
            return text[: limit - 3] + "..."
        return text

    return read


def _stringify(value: Json) -> str:
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
    _invalid(path, remarks, "expected a whole number")
    return None


def boolean(value: Json, path: Path, remarks: Remarks) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "True", 1):
        return True
    if value in ("false", "False", 0):
        return False
    _invalid(path, remarks, "expected true or false")
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
        _invalid(path, remarks, "expected a timestamp")
    return seconds


def level(value: Json, path: Path, remarks: Remarks) -> str | None:
    if value is None:
        return None
    level = parse_level(value)
    if level is None:
        _invalid(path, remarks, "expected a level")
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
        _invalid(path, remarks, "nested too deeply")
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
            _invalid(path, remarks, "expected an object")
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
            _invalid(path, remarks, "expected an object")
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
            _invalid(path, remarks, "expected a list")
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
                    _invalid((*path, "values"), remarks, "expected a list")
                return {"values": []}
            value = [value]
        if not isinstance(value, list):
            _invalid(path, remarks, "expected a list")
            return None
        return {"values": read_list(value, (*path, "values"), remarks)}

    return read


def _tag_value(value: Json) -> str | None:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) else None
    if isinstance(value, int):
        return str(value)
    return _clean_text(value).strip() if isinstance(value, str) else None


def tags(value: Json, path: Path, remarks: Remarks) -> list[list[str]] | None:
    """Tags as pairs. Source: protocol, section 3 (LenientString, pair lists)."""
    if value is None:
        return None
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [_pair(item) for item in value]
    else:
        _invalid(path, remarks, "expected an object or a list of pairs")
        return None
    read: list[list[str]] = []
    for index, (key, raw) in enumerate(pairs[:MAX_TAGS]):
        text = _tag_value(raw)
        if key is None or text is None:
            if raw is not None or key is None:
                _invalid((*path, str(key if key is not None else index)), remarks, "bad tag")
            continue
        read.append([_clean_text(str(key)).strip()[:200], text[:200]])
    return read


def _pair(item: Json) -> tuple[Json, Json]:
    if isinstance(item, list) and len(item) == 2 and not isinstance(item[0], dict | list):
        return item[0], item[1]
    if isinstance(item, dict) and "key" in item:
        return item.get("key"), item.get("value")
    return None, item


def pairs(value: Json, path: Path, remarks: Remarks) -> Json:
    """Headers, cookies, query: an object or pairs become pairs; a raw string stays."""
    if value is None or isinstance(value, str):
        return string()(value, path, remarks)
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = [_pair(item) for item in value if item is not None]
    else:
        _invalid(path, remarks, "expected an object, pairs or a string")
        return None
    return [[_clean_text(str(key)), _header_value(item)] for key, item in items if key is not None]


def _header_value(value: Json) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ",".join(_clean_text(_stringify(part)) for part in value)
    return _clean_text(_stringify(value))


def fingerprint(value: Json, path: Path, remarks: Remarks) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        value = [value]
    return [_clean_text(_stringify(part))[:512] for part in value if part is not None][:50]
