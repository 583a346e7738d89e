"""Secrets among the parameters of a log message: `"password=%s"` with `["x"]` beside it.

A parameter says nothing of what it is; the template does. So the message is filled in and scrubbed,
and what is cut out of it is a secret. Called by `scrubber`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.budget import Budget
from vedette.pipeline.scrub.edits import Edit, removal, substitution
from vedette.pipeline.scrub.redaction import Cut, Redactor
from vedette.pipeline.scrub.scopes import TEXT
from vedette.wire.template import fill

_MOST = 32
_MARK = "\ue000parameter\ue001"  # stands in no message that anybody wrote


class Parameters:
    """Finds them by one project's rules."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def edits(self, payload: bytes, start: int) -> list[Edit]:
        """The edits for the parameters of the log entry, an object that begins at `start`."""
        mask = structure.masked(payload)
        places = dict(_members(payload, mask, start))
        template = _value(payload, mask, places.get(b"message"))
        params = _value(payload, mask, places.get(b"params"))
        if not isinstance(template, str) or not params or not isinstance(params, list | dict):
            return []
        inner = [place for _, place in _members(payload, mask, places[b"params"])]
        keys = list(range(len(params))) if isinstance(params, list) else list(params)
        if len(inner) != len(keys):
            return []
        text = fill(template, params).encode("utf-8", "replace")
        cuts = self._redactor.cuts(text, TEXT, Budget(len(text)), in_pair=False)
        if not cuts:
            return []
        return [
            edit
            for key, place in zip(keys[:_MOST], inner, strict=False)
            if _is_cut(cuts, template, params, key)
            and (edit := _edit(payload, mask, place)) is not None
        ]


def _is_cut(cuts: list[Cut], template: str, params: Any, key: Any) -> bool:
    """Whether the parameter of this place or name begins within one of the message's cuts."""
    marked = params.copy()
    marked[key] = _MARK
    before, is_told, _ = fill(template, marked).partition(_MARK)
    start = len(before.encode("utf-8", "replace"))
    if not is_told or params[key] == "":
        return False
    return any(cut.start <= start < cut.end for cut in cuts)


def _edit(payload: bytes, mask: bytes, start: int) -> Edit | None:
    """What becomes of the parameter at `start`."""
    end = structure.value_end(mask, start)
    first = payload[start : start + 1]
    if first == b'"':
        content = structure.decoded(payload[start + 1 : end - 1])
        return substitution(start, end, content, "@password:filter")
    return None if first in (b"t", b"f", b"n") else removal(start, end, "@password:filter")


def _value(payload: bytes, mask: bytes, start: int | None) -> Any:
    """The value that begins at `start`; None for what cannot be read."""
    if start is None:
        return None
    try:
        return msgspec.json.decode(payload[start : structure.value_end(mask, start)])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def _members(payload: bytes, mask: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    """The name of each member of the object at `start`, and where its value begins.

    Those of a list have no names.
    """
    is_object = mask[start : start + 1] == b"{"
    place = structure.following(mask, start + 1)
    while place < len(mask) and mask[place] not in b"]}":
        name = b""
        if is_object:
            end = structure.string_end(mask, place)
            value = structure.value_start(mask, end)
            if value is None:
                return
            name, place = structure.decoded(payload[place + 1 : end - 1]), value
        yield name, place
        place = structure.following(mask, structure.value_end(mask, place))
        if mask[place : place + 1] == b",":
            place = structure.following(mask, place + 1)
