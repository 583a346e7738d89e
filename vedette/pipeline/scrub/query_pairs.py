"""A query string as pairs of name and value, as Sentry keeps it: so one value can go."""

from __future__ import annotations

from urllib.parse import unquote_plus

import msgspec

_NAME = b'"query_string"'
_MOST_PAIRS = 1000


class _Request(msgspec.Struct):
    query_string: msgspec.Raw = msgspec.Raw()


class _Payload(msgspec.Struct):
    request: msgspec.Raw = msgspec.Raw()


_payload = msgspec.json.Decoder(_Payload).decode
_request = msgspec.json.Decoder(_Request).decode


def with_query_pairs(payload: bytes, positions: list[int]) -> bytes:
    """The payload with its request's query string as pairs, if a trigger stands in it."""
    try:
        request = bytes(_payload(payload).request)
        query = bytes(_request(request).query_string)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return payload
    start = payload.find(query, payload.find(_NAME, payload.find(request)) + len(_NAME))
    end = start + len(query)
    is_text = query.startswith(b'"') and b"=" in query
    if not is_text or start < 0 or not any(start < position < end for position in positions):
        return payload
    try:
        text = msgspec.json.decode(query, type=str)
    except (msgspec.DecodeError, UnicodeError):
        return payload
    pairs = query_pairs(text)
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
