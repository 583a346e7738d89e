"""Passwords among the arguments of a command that stand in a JSON list: `["mysql", "-px"]`.

Works on the mask of a JSON text (see `structure`). Called by `walk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vedette.pipeline.scrub import commands, structure
from vedette.pipeline.scrub.redaction import Cut
from vedette.pipeline.scrub.values import says_nothing

_MOST = 64
_QUOTES = b"'\""  # SDKs write values of variables with their quotes


def secrets(
    payload: bytes, mask: bytes, start: int, end: int, spend: Callable[[], None]
) -> Iterator[tuple[int, int, bytes, Cut]]:
    """The strings behind the command at `start` to `end` that hold a password.

    Each with its place, its decoded content and what is to be cut out of that.
    """
    way = commands.way_of(_content(payload, start, end).strip(_QUOTES))
    before = b""
    for _ in range(0 if way is None else _MOST):
        spend()
        comma = structure.following(mask, end)
        start = structure.following(mask, comma + 1)
        if mask[comma : comma + 1] != b"," or mask[start : start + 1] != b'"':
            return
        end = structure.string_end(mask, start)
        content = _content(payload, start, end)
        argument = content.strip(_QUOTES)
        secret = None if way is None else commands.secret_part(way, argument, before)
        before = argument
        if secret is not None and not says_nothing(argument[secret:]):
            begin = content.index(argument)
            cut = Cut(begin + secret, begin + len(argument), "@password:filter")
            yield start, end, content, cut


def _content(payload: bytes, start: int, end: int) -> bytes:
    return structure.decoded(payload[start + 1 : end - 1])
