"""Labels of an alert, by which it is routed, silenced and told: and matchers of labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vedette.store.patterns import fits

_MATCHER = re.compile(r"([A-Za-z_][\w.\[\]-]{0,99})\s*+(!=|=)(.*)", re.DOTALL)
_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Matcher:
    """`name=value` or `name!=value`; `*` in the value stands for anything."""

    name: str
    is_negated: bool
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels fit; a missing one is empty."""
        return fits(self.value, labels.get(self.name, "")) is not self.is_negated


def read_matcher(text: str) -> Matcher:
    """A matcher as it is written. Raises ValueError in words."""
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"a matcher has at most {_MOST_CHARACTERS:,} characters")
    found = _MATCHER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no matcher: write level=critical or project!=shop-*")
    value = found[3].strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return Matcher(found[1], found[2] == "!=", value)


def all_match(matchers: Iterable[str], labels: Mapping[str, str]) -> bool:
    """Whether labels fit every matcher; a matcher that cannot be read fits nothing."""
    try:
        return all(read_matcher(text).matches(labels) for text in matchers)
    except ValueError:
        return False
