"""Parameters and bodies as types: read once at the edge, within bounds, or refused in words."""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar, TypeVar, get_origin, get_type_hints

import msgspec
from django.http import QueryDict

from vedette.web.api.errors import ApiError

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
_WHERE = re.compile(r" - at `\$\.?([^`\[]*)[^`]*`\Z")


class Parameters(msgspec.Struct, kw_only=True, rename="camel"):
    """What a request may say. Fields have bounds (`msgspec.Meta`); what is not a field is not
    looked at, because clients send much that only Sentry knows. A body whose endpoint cleans its
    texts itself says so; any other must not hold NUL, which no database takes."""

    cleans_text: ClassVar[bool] = False


Read = TypeVar("Read", bound=Parameters)


def read_query(given: QueryDict, kind: type[Read]) -> Read:
    """The parameters of a query. Raises ApiError 400.

    One without a value counts as not given, but for a text, which may be empty.
    """
    held: dict[str, object] = {}
    for name, type_ in _fields(kind):
        values = [value for value in given.getlist(name) if value or type_ is str]
        if values:
            held[name] = values if get_origin(type_) is list else values[-1]
    try:
        return msgspec.convert(held, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ApiError(400, _words(error, "parameter")) from None


def read_body(body: bytes, kind: type[Read]) -> Read:
    """The JSON body. Raises ApiError 400."""
    if not kind.cleans_text and _NUL.search(body):
        raise ApiError(400, "The body holds a character that no text may hold")
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise ApiError(400, _words(error, "field")) from None
    except (msgspec.DecodeError, RecursionError):
        raise ApiError(400, "The body is not JSON") from None


@cache
def _fields(kind: type[Parameters]) -> list[tuple[str, object]]:
    """The names as clients write them, each with its type without the bounds."""
    hints = get_type_hints(kind)
    return [(field.encode_name, hints[field.name]) for field in msgspec.structs.fields(kind)]


def _words(error: msgspec.ValidationError, noun: str) -> str:
    """`limit: Expected `int` <= 100` as a sentence without the path's notation."""
    text = str(error)
    found = _WHERE.search(text)
    name = f"{noun} {found[1]}" if found and found[1] else "request"
    return f"Invalid {name}: {_WHERE.sub('', text).replace('`', '')}"[:300]
