"""Readers of names with values: an object, a list of pairs, or pairs as objects."""

from __future__ import annotations

import math

from vedette.wire.remarks import Json, Path, Remarks
from vedette.wire.tolerant import clean_text, invalid, string, stringify

MAX_TAGS = 200


def tags(value: Json, path: Path, remarks: Remarks) -> list[list[str]] | None:
    """Tags as pairs. Source: protocol, section 3 (LenientString, pair lists)."""
    if value is None:
        return None
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [_pair(item) for item in value]
    else:
        invalid(path, remarks, "expected an object or a list of pairs")
        return None
    read: list[list[str]] = []
    for index, (key, raw) in enumerate(pairs[:MAX_TAGS]):
        text = _tag_value(raw)
        if key is None or text is None:
            if raw is not None or key is None:
                invalid((*path, str(key if key is not None else index)), remarks, "bad tag")
            continue
        read.append([clean_text(str(key)).strip()[:200], text[:200]])
    return read


def _tag_value(value: Json) -> str | None:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) else None
    if isinstance(value, int):
        return str(value)
    return clean_text(value).strip() if isinstance(value, str) else None


def pairs(value: Json, path: Path, remarks: Remarks) -> Json:
    """Headers, cookies, query: an object or pairs become pairs; a raw string stays."""
    if value is None or isinstance(value, str):
        return string()(value, path, remarks)
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = [_pair(item) for item in value if item is not None]
    else:
        invalid(path, remarks, "expected an object, pairs or a string")
        return None
    return [[clean_text(str(key)), _header_value(item)] for key, item in items if key is not None]


def _header_value(value: Json) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ",".join(clean_text(stringify(part)) for part in value)
    return clean_text(stringify(value))


def _pair(item: Json) -> tuple[Json, Json]:
    if isinstance(item, list) and len(item) == 2 and not isinstance(item[0], dict | list):
        return item[0], item[1]
    if isinstance(item, dict) and "key" in item:
        return item.get("key"), item.get("value")
    return None, item
