"""A query string as pairs of name and value, as Sentry keeps it: so one value can go."""

from __future__ import annotations

from urllib.parse import unquote_plus

import msgspec

from vedette.pipeline.scrub import structure

_MOST_PAIRS = 1000


def with_query_pairs(payload: bytes, start: int) -> bytes:
    """The payload with the query string that begins at `start` as pairs, if it is a text."""
    end = structure.string_end(structure.masked(payload), start)
    try:
        text = msgspec.json.decode(payload[start:end], type=str)
    except (msgspec.DecodeError, UnicodeError):
        return payload
    pairs = query_pairs(text) if "=" in text else None
    if pairs is None:
        return payload
    return payload[:start] + msgspec.json.encode(pairs) + payload[end:]


def query_pairs(text: str) -> list[list[str]] | None:
    """The names and values of a query string, decoded; None for too many."""
    parts = [part for part in text.removeprefix("?").split("&") if part]
    if len(parts) > _MOST_PAIRS:
        return None
    found = (part.partition("=") for part in parts)
    return [[_decoded(name), _decoded(value)] for name, _, value in found]


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace").replace("\0", "")
