"""The shape of a search text: where filters, free text, words and parentheses stand.

Follows Sentry's event search: first match wins, nothing is tried twice. What a filter means
is decided in `reading`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Final

from vedette.search.errors import SearchError
from vedette.search.escapes import without_escapes
from vedette.search.folding import composed
from vedette.search.known import is_known
from vedette.search.lookalikes import is_no_key
from vedette.search.operators import written_symbols
from vedette.search.pasted import plain
from vedette.search.shapes import Filter, FreeText, Parenthesis, Shape
from vedette.search.tokens import (
    AGGREGATE_PREFIX,
    AGGREGATE_VALUE,
    CHUNK,
    CONNECTIVE,
    HAS,
    LIST,
    LIST_ITEM,
    MARKER,
    OTHER_MARKER,
    PARAMETER,
    PREFIX,
    QUOTED_TEXT,
    SPACES,
    VALUE,
)
from vedette.search.tree import Connective

MOST_CHARACTERS: Final = 8192
DEEPEST: Final = 40


def shapes(text: str) -> tuple[Shape, ...]:
    """The parts of a search text in order. Raises SearchError with the place that is wrong."""
    if len(text) > MOST_CHARACTERS:
        raise SearchError(
            f"A search may have {MOST_CHARACTERS} characters; this one has {len(text)}.",
            MOST_CHARACTERS,
            len(text),
        )
    return _Scanner(plain(text)).everything()


def unquoted(text: str) -> str:
    """A quoted text without its quotes and the escapes within."""
    return without_escapes(text[1:-1])


_PLACES = {"C": "contains", "S": "starts", "E": "ends"}


@cache
def _operator() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(map(re.escape, written_symbols())) + ")?")


class _Scanner:
    """Reads one text; what was found at a place is remembered, so that no place is read twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._first = len(text) - len(text.lstrip(" (!"))
        self._filters: dict[int, Filter | None] = {}
        self._groups: dict[int, Parenthesis | None] = {}
        self._enclosed: dict[int, int] = {}
        self._depth = 0

    def everything(self) -> tuple[Shape, ...]:
        parts, place = self._parts(self._skip(0))
        if place < len(self._text):
            raise SearchError(*self._complaint(place))
        return parts

    def _parts(self, place: int) -> tuple[tuple[Shape, ...], int]:
        parts: list[Shape] = []
        while place < len(self._text):
            part = self._part(place, parts[-1] if parts else None)
            if part is None:
                break
            parts.append(part)
            place = self._skip(part.end)
        return tuple(parts), place

    def _part(self, place: int, before: Shape | None) -> Shape | None:
        found = CONNECTIVE.match(self._text, place)
        if found and (found[1].isupper() or self._joins(before, found.end())):
            return Connective("OR" if found[1].upper() == "OR" else "AND", place, found.end())
        return self._group(place) or self._filter(place) or self._free_text(place)

    def _joins(self, before: Shape | None, end: int) -> bool:
        """Whether a small `and` or `or` stands between two conditions; else it is a word."""
        is_quoted = isinstance(before, FreeText) and before.is_quoted
        if not (is_quoted or isinstance(before, Filter | Parenthesis)):
            return False
        after = self._skip(end)
        if self._group(after) is not None or self._filter(after) is not None:
            return True
        return QUOTED_TEXT.match(self._text, after) is not None

    def _group(self, place: int) -> Parenthesis | None:
        if not self._text.startswith("(", place):
            return None
        if place not in self._groups:
            self._deeper(place)
            parts, end = self._parts(self._skip(place + 1))
            is_closed = bool(parts) and self._text.startswith(")", end)
            self._groups[place] = Parenthesis(parts, place, end + 1) if is_closed else None
            self._depth -= 1
        return self._groups[place]

    def _filter(self, place: int) -> Filter | None:
        if place not in self._filters:
            self._filters[place] = (
                self._has(place) or self._aggregate(place) or self._plain_filter(place)
            )
        return self._filters[place]

    def _has(self, place: int) -> Filter | None:
        found = HAS.match(self._text, place)
        if found is None:
            return None
        quoted, tag, bare, other = found.group(2, 3, 4, 5)
        if other is not None:
            raise SearchError("has: needs the name of a field or tag.", place, found.end())
        return Filter(
            key=quoted[1:-1] if quoted else _tag_key(tag[5:-1]) if tag else bare,
            value="",
            start=place,
            end=found.end(),
            is_negated=bool(found[1]),
            is_has=True,
        )

    def _aggregate(self, place: int) -> Filter | None:
        found = AGGREGATE_PREFIX.match(self._text, place)
        operator = _operator().match(self._text, found.end()) if found else None
        value = AGGREGATE_VALUE.match(self._text, operator.end()) if operator else None
        if found is None or operator is None or value is None or "." in found[2]:
            return None
        parameters = re.findall(PARAMETER + "|,(?= *$)", found[3])
        if "," in parameters:
            raise SearchError(f"{found[2]}() has an empty parameter.", place, found.end() - 1)
        return Filter(
            key=f"{found[2]}({', '.join(parameters)})",
            operator=operator[0],
            value=value[0],
            start=place,
            end=value.end(),
            is_negated=bool(found[1]),
            is_aggregate=True,
        )

    def _plain_filter(self, place: int) -> Filter | None:
        found = PREFIX.match(self._text, place)
        if found is None:
            return None
        tag, bare, quoted = found.group(2, 3, 4)
        if bare and self._is_no_key(bare, found.start(3), found.end()):
            return None
        key = _tag_key(tag) if tag else composed(bare) if bare else quoted[1:-1]
        marker = MARKER.match(self._text, found.end())
        head = Filter(
            key=key,
            value="",
            place=_PLACES[marker[2][0]] if marker else "",
            is_key_bare=bare is not None,
            is_negated=bool(found[1]) is not bool(marker and marker[1]),
            start=place,
            end=found.end(),
        )
        begin = marker.end() if marker else found.end()
        return self._list(head, begin) or self._value(head, begin)

    def _is_no_key(self, word: str, place: int, end: int) -> bool:
        """Whether a word and its colon are no key, by what stands around them."""
        is_first = place <= self._first
        return is_no_key(self._text, place, end, is_first=is_first) and not is_known(word)

    def _list(self, head: Filter, begin: int) -> Filter | None:
        found = LIST.match(self._text, begin)
        if found is None:
            return None
        return replace(
            head,
            value=found[0],
            items=_items(found[0]),
            is_ragged=found[0][:-1].rstrip(" ").endswith(","),
            end=found.end(),
        )

    def _value(self, head: Filter, begin: int) -> Filter:
        operator = _operator().match(self._text, begin)
        assert operator is not None  # it may be empty
        if unknown := OTHER_MARKER.match(self._text, begin):
            raise SearchError("This operator is not known.", begin, unknown.end())
        value = VALUE.match(self._text, begin if head.place else operator.end())
        assert value is not None  # and so may this
        return replace(
            head,
            operator="" if head.place else operator[0],
            value=value[0],
            is_quoted=value[1] is not None,
            is_glued=self._text.startswith("(", value.end()),
            end=value.end(),
        )

    def _free_text(self, place: int) -> FreeText | None:
        quoted = QUOTED_TEXT.match(self._text, place)
        if quoted:
            return FreeText(text=unquoted(quoted[0]), start=place, end=quoted.end(), is_quoted=True)
        end = self._words(place)
        text = self._text[place:end].rstrip(" ")
        return FreeText(text=text, start=place, end=place + len(text)) if text else None

    def _words(self, place: int) -> int:
        """The end of the words from `place` on, up to a filter, a connective or a group."""
        while place < len(self._text):
            connective = CONNECTIVE.match(self._text, place)
            if (connective and connective[1].isupper()) or self._filter(place):
                break
            chunk = CHUNK.match(self._text, place)
            end = chunk.end() if chunk else self._closed_words(place)
            if end == place:
                break
            place = self._skip(end)
        return place

    def _closed_words(self, place: int) -> int:
        """The end of a pair of parentheses around words or nothing; `place` if there is none."""
        if not self._text.startswith("(", place):
            return place
        if place not in self._enclosed:
            self._deeper(place)
            quoted = QUOTED_TEXT.match(self._text, place + 1)
            end = quoted.end() if quoted else self._words(place + 1)
            self._enclosed[place] = end + 1 if self._text.startswith(")", end) else place
            self._depth -= 1
        return self._enclosed[place]

    def _skip(self, place: int) -> int:
        found = SPACES.match(self._text, place)
        return found.end() if found else place

    def _deeper(self, place: int) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SearchError(f"Parentheses may be nested {DEEPEST} deep.", place, len(self._text))

    def _complaint(self, place: int) -> tuple[str, int, int]:
        character = self._text[place]
        if character == "(":
            what = "This parenthesis is not closed, or there is nothing to search within it."
        elif character == ")":
            what = "This parenthesis was never opened."
        else:
            what = "A line break may only stand within double quotes."
        return f"{what} Put text that holds such characters in double quotes.", place, place + 1


def _tag_key(name: str) -> str:
    """The key of a tag that was named explicitly, in quotes or without."""
    plain_name = unquoted(name) if name.startswith('"') else name
    return f"tags[{plain_name}]"


def _items(text: str) -> tuple[str, ...]:
    """The values of a list, without quotes and escapes."""
    return tuple(
        unquoted(item) if item[0] == '"' else item.replace('\\"', '"')
        for item in LIST_ITEM.findall(text, 1)
    )
