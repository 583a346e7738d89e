"""Names and values that lie in one text: forms, query strings, cookies.

For rules of people's own. What is JSON in a text is gone through like a payload of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

import msgspec

from vedette.pipeline.scrub.scopes import Carrier, Scope

_MEMBER = re.compile(rb"(?:^|[&;?])\s*+([^=&;?\s]++)=([^&;]*+)")
_FORM = re.compile(rb"[^=&\s]++=[^&\s]*+(?:&[^=&\s]++=[^&\s]*+)*+\Z")
_JSON: Final = (b"{", b"[")


class Member(NamedTuple):
    """A name, and where in the text its value stands."""

    name: bytes
    start: int
    end: int


def is_json(text: bytes, scope: Scope) -> bool:
    """Whether the text of a body is a JSON object or list."""
    if scope.carrier is not Carrier.BODY or text.lstrip()[:1] not in _JSON:
        return False
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    return True


def members(text: bytes, scope: Scope) -> Iterator[Member]:
    """What a query string, a header of cookies, or a form in a body holds."""
    if scope.carrier is Carrier.PLAIN:
        return
    if scope.carrier is Carrier.BODY and _FORM.match(text) is None:
        return
    for match in _MEMBER.finditer(text):
        name = unquote_plus(match[1].decode("utf-8", "replace")).encode("utf-8", "replace")
        yield Member(name, match.start(2), match.end(2))
