"""What a probe saw, as conditions ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import orjson

from vedette.probing.conditions.errors import Mismatch

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is there; `words` say what is not."""

    words: str


class Budget:
    """How many steps patterns may take in one run, whatever they look at: at worst a hundred
    million are a second.
    """

    def __init__(self, steps: int = 100_000_000) -> None:
        self._left = steps

    def spend(self, size: int, text: str) -> None:
        """A pattern of that size looks at this text. Raises Mismatch where that is too much."""
        self._left -= size * len(text)
        if self._left < 0:
            words = f"a text of {len(text):,} characters is too long for these patterns"
            raise Mismatch(words)


PATH_MISSING = Missing("path missing")
_NO_JSON = Missing("the body is no JSON")


@dataclass(frozen=True)
class Seen:
    """One answer. Header names are in lower case; `document` stands for a body that is JSON."""

    status: int | None = None
    time_ms: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cert_days: float | None = None
    document: Json | Missing = _NO_JSON
    budget: Budget = field(default_factory=Budget, compare=False)

    @cached_property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is marked."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Json | Missing:
        """The body read as JSON, or that it is none."""
        if not self.body:
            return self.document
        try:
            found: Json = orjson.loads(self.body.removeprefix(b"\xef\xbb\xbf"))
        except ValueError:
            return _NO_JSON
        return found
