"""Which object lies around a place of a recorded page: the attributes of an element, an input.

Called by `field_walk` for one place after the other, which together cost one look at the text.
"""

from __future__ import annotations

import re
from typing import Final

# Attributes, among which a style is an object, too.
_STYLE = rb'\{(?:[^"{}]++|"[^"]*+")*+\}'
OBJECT: Final = rb'\{(?:[^"{}]++|"[^"]*+"|' + _STYLE + rb")*+\}"
_FLAT = re.compile(rb"\s*+:\s*+(" + OBJECT + rb")")


class Surroundings:
    """Finds objects of one name, nearly without others in them, around ascending places.

    `mask` is that of the text (see `structure`), `name` the object's name with its quotes.
    """

    def __init__(self, mask: bytes, name: bytes) -> None:
        self._mask = mask
        self._name = name
        self._looked = 0  # up to there the name was looked for
        self._at = -1  # where it was found last
        self._span: tuple[int, int] | None = None  # of the object of that name

    def span(self, position: int) -> tuple[int, int] | None:
        """Where the object around a position begins and ends; None where there is none."""
        if position < self._looked:
            self._looked, self._at, self._span = 0, -1, None
        at = self._mask.rfind(self._name, max(0, self._looked - len(self._name)), position)
        self._looked = position
        if at > self._at:
            found = _FLAT.match(self._mask, at + len(self._name))
            self._at, self._span = at, found.span(1) if found is not None else None
        if self._span is None or not self._span[0] < position < self._span[1]:
            return None
        return self._span
