"""Redis' protocol as much as a probe needs of it (RESP2): what it asks has no list as answer."""

from __future__ import annotations

from typing import TypeAlias

from vedette.probing.running import Failed
from vedette.probing.talk import MOST_BYTES, Talk

Reply: TypeAlias = bytes | int | None
_MOST_DIGITS = 20


class Refusal(Exception):  # noqa: N818 - what it is
    """An error that the server answers: `code` is its first word."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = text.partition(" ")[0]


async def command(talk: Talk, *words: str) -> Reply:
    """What is answered. Raises Refusal, or Failed for what is no answer."""
    encoded = [word.encode() for word in words]
    parts = [b"*%d\r\n" % len(words), *(b"$%d\r\n%s\r\n" % (len(one), one) for one in encoded)]
    talk.say(b"".join(parts))
    return await _read(talk)


async def _read(talk: Talk) -> Reply:
    line = await talk.line()
    mark, rest = line[:1], line[1:]
    if mark == b"+":
        return rest
    if mark == b"-":
        raise Refusal(rest.decode("utf-8", "replace")[:300])
    digits = rest.removeprefix(b"-")
    if mark not in (b":", b"$") or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise Failed("protocol", "what came back is no answer of Redis")
    number = int(rest)
    if mark == b":":
        return number
    if number < 0:
        return None
    return await _text(talk, number)


async def _text(talk: Talk, size: int) -> bytes:
    if size > MOST_BYTES:
        raise Failed("protocol", "the answer is too large")
    return (await talk.exactly(size + 2))[:-2]


def info_of(text: bytes) -> dict[str, str | int | float]:
    """What INFO says, numbers as numbers."""
    found: dict[str, str | int | float] = {}
    for line in text.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            found[name] = _number(value)
    return found


def _number(value: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
