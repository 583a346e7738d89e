"""JSON at the door's converters: read as clients write it, written so that it is read again."""

from __future__ import annotations

import json

import msgspec

from vedette.ingest.errors import IngestError


def load(body: bytes) -> object:
    """The value, also with NaN and lone surrogates in it. Raises IngestError."""
    try:
        return json.loads(body)
    except RecursionError:
        raise IngestError("invalid JSON: nested too deeply", reason="invalid_json") from None
    except ValueError as error:
        raise IngestError(f"invalid JSON: {error}", reason="invalid_json") from None


def dump(value: object) -> bytes:
    """The text of a value that came from JSON or msgpack; odd values become texts."""
    try:
        return msgspec.json.encode(value)
    except RecursionError:
        raise IngestError("invalid JSON: nested too deeply", reason="invalid_json") from None
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError):
        return json.dumps(value, default=str, skipkeys=True).encode()
