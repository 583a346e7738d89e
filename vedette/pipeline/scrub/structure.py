"""Where strings, values and containers of a JSON text begin and end, without parsing it all.

Everything works on a mask of the text: a copy of the same length in which escaped
backslashes and quotes are blanked, so that every quote left opens or closes a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

_ESCAPE = re.compile(rb"\\(?:u00([2-7][0-9A-Fa-f])|.)", re.DOTALL)
_KEPT_ESCAPES = (b"22", b"5c")
_COLON = re.compile(rb"\s*+:\s*+")
# Each matches up to the next bracket, the end, or a quote that nothing closes: a search never
# fails and starts over from the next byte. `_FLAT` is a container without containers.
_REST, _STRING = r'[^"\[\]{}]*+', r'"[^"]*+"'
_TEXT = rf"{_REST}(?:{_STRING}{_REST})*+"
_FLAT = rf"\[{_TEXT}\]|\{{{_TEXT}\}}"
_STOP = r'(?:[\[\]{}"]|\Z)'
_BRACKET = re.compile(rf"(?!\Z){_TEXT}{_STOP}".encode())
_SHALLOW = rf"{_TEXT}(?:(?:{_FLAT}){_TEXT})*+"
_OUTER_BRACKET = re.compile(rf"(?!\Z){_SHALLOW}{_STOP}".encode())
_OPEN_FLAT = re.compile(rf"{_SHALLOW}([\[{{])?".encode())
_CLOSE_FLAT = re.compile(rf"{_TEXT}([\]}}])?".encode())
_SCALAR = re.compile(rb"[^\s,\]}]*+")
_WHITESPACE = b" \t\r\n"
OPEN = b"[{"
_BRACKETS = b"[]{}"


def without_ascii_escapes(payload: bytes) -> bytes:
    """The same JSON with `\\u00XX` escapes of printable ASCII written out.

    Quotes and backslashes stay escaped. Afterwards `p\\u0061ssword` is `password`.
    """

    def write_out(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if code is None or code.lower() in _KEPT_ESCAPES or code.lower() == b"7f":
            return match[0]
        return bytes((int(code, 16),))

    has_escapes = b"\\" in payload and b"\\u00" in payload
    return _ESCAPE.sub(write_out, payload) if has_escapes else payload


def masked(payload: bytes) -> bytes:
    """The mask of `payload`; see the module."""
    if b"\\" not in payload:
        return payload
    return payload.replace(b"\\\\", b"__").replace(b'\\"', b"__")


def brackets(mask: bytes, start: int, end: int) -> Iterator[int]:
    """The positions of brackets outside strings between `start`, outside a string, and `end`."""
    for match in _BRACKET.finditer(mask, start, end):
        position = match.end() - 1
        if mask[position] in _BRACKETS:
            yield position


def outer_brackets(mask: bytes, start: int, end: int) -> Iterator[int]:
    """Like `brackets`, without those of containers that hold no container."""
    for match in _OUTER_BRACKET.finditer(mask, start, end):
        position = match.end() - 1
        if mask[position] in _BRACKETS:
            yield position


def flat_container(
    mask: bytes, start: int, position: int, flat: int | None
) -> tuple[int | None, int]:
    """The container without containers that is open at `position`, and where to look on.

    `position` is in a string, `start` outside of strings, and no outer bracket between
    them. `flat` is the container that is open at `start`.
    """
    if flat is not None:
        close = _CLOSE_FLAT.match(mask, start, position)
        assert close is not None
        start = close.end()
        if close[1] is None:
            return flat, start
    match = _OPEN_FLAT.match(mask, start, position)
    assert match is not None
    return (None if match[1] is None else match.start(1)), match.end()


def string_end(mask: bytes, start: int) -> int:
    """The position after the string whose opening quote is at `start`."""
    return mask.find(b'"', start + 1) + 1 or len(mask)


def value_end(mask: bytes, start: int) -> int:
    """The position after the value that begins at `start`."""
    first = mask[start : start + 1]
    if first == b'"':
        return string_end(mask, start)
    if not first or first not in OPEN:
        scalar = _SCALAR.match(mask, start)
        return scalar.end() if scalar else start
    depth = 0
    for position in brackets(mask, start, len(mask)):
        depth += 1 if mask[position] in OPEN else -1
        if depth == 0:
            return position + 1
    return len(mask)


def value_start(mask: bytes, after_string: int) -> int | None:
    """Where the value of the name that ends at `after_string` begins; `None` for no name."""
    colon = _COLON.match(mask, after_string)
    return colon.end() if colon else None


def previous(mask: bytes, position: int) -> int:
    """The position of the last byte before `position` that is not white space, or -1."""
    position -= 1
    while position >= 0 and mask[position] in _WHITESPACE:
        position -= 1
    return position


def following(mask: bytes, position: int) -> int:
    """The position of the first byte from `position` on that is not white space."""
    while position < len(mask) and mask[position] in _WHITESPACE:
        position += 1
    return position


def name_before(payload: bytes, mask: bytes, start: int) -> bytes | None:
    """The decoded name of the member whose value begins at `start`; `None` in an array."""
    if mask[start - 2 : start] == b'":':
        close = start - 2  # as nearly always
    else:
        colon = previous(mask, start)
        if colon < 0 or mask[colon] != 0x3A:
            return None
        close = previous(mask, colon)
    return decoded(payload[mask.rfind(b'"', 0, close) + 1 : close])


def decoded(content: bytes) -> bytes:
    """The UTF-8 text of a JSON string's content, without its quotes.

    Lone surrogates are kept as they are; what is not JSON is returned unchanged. What beside
    escapes is no UTF-8 is replaced, as by those who read it afterwards.
    """
    if b"\\" not in content:
        return content
    try:
        text: str = json.loads(f'"{content.decode("utf-8", "replace")}"', strict=False)
    except ValueError:
        return content
    return text.encode("utf-8", "surrogatepass")


def encoded(text: bytes) -> bytes:
    """A JSON string, quotes included, for UTF-8 text that may hold lone surrogates."""
    string = text.decode("utf-8", "surrogatepass")
    try:
        return msgspec.json.encode(string)
    except UnicodeEncodeError:
        return json.dumps(string).encode()
