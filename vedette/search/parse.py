"""Search text to a typed tree: `parse` for events, `parse_issue_search` for the issue list."""

from __future__ import annotations

import re

from vedette.search import reading
from vedette.search.errors import SearchError
from vedette.search.escapes import has_wildcard
from vedette.search.grammar import MOST_CHARACTERS, shapes
from vedette.search.known import is_known
from vedette.search.pasted import visible
from vedette.search.shapes import FreeText, Parenthesis, Shape
from vedette.search.tree import Connective, Group, Part, Query, Term
from vedette.search.vocabulary import EVENTS, ISSUES, Vocabulary

MOST_TERMS = 100
_CLOSED_QUOTE = re.compile(r'"(?>\\"|[^"])*+"')
_OPEN_QUOTE = re.compile(r'(?:\A|\s)"')  # one at a word's end is a sign of inches
_TITLE = re.compile(r"(?:[Uu]n(?:caught|handled) )?((?=\S*[A-Z])[\w.$\\]+): +(?=\S)[^\n]*\Z")
_NOT_CLOSED = 'This quote is not closed: a " is missing. A quote itself is written \\" in quotes.'


def parse(text: str, vocabulary: Vocabulary = EVENTS) -> Query:
    """The tree of a search, read as Sentry's event search reads it.

    Offsets in errors count characters of `text`, those in the tree of the query's text, which
    lacks characters of no width. Raises SearchError and nothing else, whatever the text.
    """
    readable, places = visible(text.encode("utf-8", "replace").decode())
    try:
        return _parsed(readable, vocabulary)
    except SearchError as error:
        if places is None:
            raise
        ends = [*places, len(text)]
        raise SearchError(error.message, ends[error.start], ends[error.end]) from None


def _parsed(text: str, vocabulary: Vocabulary) -> Query:
    """The tree; a title that cannot be read as a search is one text: `Error: (1045, "x`."""
    try:
        query = Query(text, _parts(shapes(text), vocabulary))
        _check_size(query)
    except SearchError:
        if not _is_title(text):
            raise
        query = None
    if query is None or (_is_title(text) and any(term.problem for term in query.terms())):
        whole = FreeText(text=text, start=0, end=len(text), is_quoted=True)
        return Query(text, (_free_text(whole),))
    return query


def _is_title(text: str) -> bool:
    """Whether a search begins as the title of an issue does: a class, a colon, a sentence."""
    found = _TITLE.match(text)
    return found is not None and len(text) <= MOST_CHARACTERS and not is_known(found[1])


def parse_issue_search(text: str) -> Query:
    """The tree of a search in the issue list: `parse` with the keys of issues."""
    return parse(text, ISSUES)


def _parts(found: tuple[Shape, ...], vocabulary: Vocabulary) -> tuple[Part, ...]:
    parts: list[Part] = []
    for shape in found:
        if isinstance(shape, Connective):
            parts.append(shape)
        elif isinstance(shape, Parenthesis):
            parts.append(Group(_parts(shape.parts, vocabulary), shape.start, shape.end))
        elif isinstance(shape, FreeText):
            if shape.text:
                parts.append(_free_text(shape))
        else:
            parts.extend(reading.parts(shape, vocabulary))
    return tuple(parts)


def _free_text(shape: FreeText) -> Term:
    return Term(
        key="message",
        operator="=",
        value=shape.text,
        start=shape.start,
        end=shape.end,
        is_wildcard=has_wildcard(shape.text),
        is_free_text=True,
        problem=_NOT_CLOSED if not shape.is_quoted and _is_open(shape.text) else "",
    )


def _is_open(text: str) -> bool:
    """Whether a word begins with a double quote that nothing closes."""
    return _OPEN_QUOTE.search(_CLOSED_QUOTE.sub("", text)) is not None


def _check_size(query: Query) -> None:
    for count, term in enumerate(query.terms(), start=1):
        if count > MOST_TERMS:
            raise SearchError(
                f"A search may have {MOST_TERMS} conditions.", term.start, len(query.text)
            )
