"""What a filter means: its key's kind decides how its value is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from vedette import clock
from vedette.search import values
from vedette.search.errors import BadValue, SearchError
from vedette.search.escapes import guarded, has_wildcard, without_escapes
from vedette.search.operators import operators
from vedette.search.shapes import Filter
from vedette.search.tree import Connective, Group, Operator, Part, Term, TermValue
from vedette.search.vocabulary import ValueKind, Vocabulary


def parts(found: Filter, vocabulary: Vocabulary) -> tuple[Part, ...]:
    """What a filter means: a term, two for a time without an operator, or a group of them.

    Raises SearchError.
    """
    try:
        return _placed(found, vocabulary) if found.place else _terms(found, vocabulary)
    except BadValue as error:
        raise SearchError(f"{found.key}: {error}.", found.start, found.end) from None


def _terms(found: Filter, vocabulary: Vocabulary) -> tuple[Term, ...]:
    if found.is_has:
        return (_term(found, "=" if found.is_negated else "!=", ""),)
    if found.key == "is" and found.is_key_bare and not vocabulary.has_issue_state:
        raise SearchError(
            "is: describes issues; it cannot be used in a search for events.",
            found.start,
            found.end,
        )
    if not found.value and not found.is_quoted:
        raise SearchError(f'There is no value after "{found.key}:".', found.start, found.end)
    if found.is_ragged:
        raise BadValue("a list cannot hold an empty value")
    kind = vocabulary.kind_of(found.key)
    if kind is ValueKind.TEXT and _is_compared(found) and vocabulary.is_attribute(found.key):
        kind = ValueKind.NUMBER
    if kind is ValueKind.TEXT or kind is ValueKind.ORDERED_TEXT:
        return (_aggregate(found) if found.is_aggregate else _text(found, kind),)
    if found.is_glued:
        raise BadValue("a space is missing between the value and the parenthesis")
    if kind is ValueKind.TIME:
        return _times(found, vocabulary)
    return (_boolean(found) if kind is ValueKind.BOOLEAN else _number(found, kind),)


def _is_compared(found: Filter) -> bool:
    """Whether a value is compared as numbers are."""
    is_plain = not found.is_quoted and found.items is None and not found.is_aggregate
    return is_plain and found.operator in _ORDERS


def _placed(found: Filter, vocabulary: Vocabulary) -> tuple[Part, ...]:
    """A text that contains, starts or ends with a value, or with one of a list."""
    if vocabulary.kind_of(found.key) not in (ValueKind.TEXT, ValueKind.ORDERED_TEXT):
        raise BadValue("only texts can contain a value, or start or end with one")
    if not found.value:
        raise SearchError(f'There is no value after "{found.key}:".', found.start, found.end)
    if found.is_ragged:
        raise BadValue("a list cannot hold an empty value")
    if found.items is None:
        return (_term(found, _comparison(found), _pattern(_written_text(found), found.place)),)
    single = replace(found, items=None)
    terms = [
        _term(single, _comparison(single), _pattern(guarded(item), found.place))
        for item in found.items
    ]
    if found.is_negated or len(terms) == 1:
        return tuple(terms)
    alternatives: list[Part] = [terms[0]]
    for term in terms[1:]:
        alternatives += [Connective("OR", found.start, found.end), term]
    return (Group(tuple(alternatives), found.start, found.end),)


def _pattern(text: str, place: str) -> str:
    before = "*" if place in ("contains", "ends") else ""
    if place == "ends":
        return before + text
    return before + _LAST_BACKSLASHES.sub(lambda found: found[0] * 2, text) + "*"


def _times(found: Filter, vocabulary: Vocabulary) -> tuple[Term, ...]:
    written = found.operator
    is_plain = not found.is_quoted and found.items is None
    can_be_relative = not written or found.is_aggregate or vocabulary.has_relative_comparison
    if is_plain and (found.is_aggregate or not found.is_negated):
        span = values.relative(found.value) if can_be_relative else None
        if span is not None:
            moment = values.before(clock.now(), span.span)
            is_compared = bool(written) and not found.is_aggregate
            return (_term(found, _comparison(found) if is_compared else _since(span), moment),)
        moment_or_none = values.date(found.value)
        if moment_or_none is not None:
            return _moment(found, moment_or_none)
    if found.is_aggregate:
        return (_aggregate(found),)
    if found.is_negated and is_plain:
        raise BadValue("a time cannot be negated; turn the comparison round")
    raise BadValue(f"{_as_written(found)!r} is not a time; write {values.EXAMPLES_OF_TIME}")


def _moment(found: Filter, moment: datetime) -> tuple[Term, ...]:
    if found.operator or found.is_aggregate:
        return (_term(found, _comparison(found), moment),)
    start, end = values.around(found.value, moment)
    return (_term(found, ">=", start), _term(found, "<", end))


def _boolean(found: Filter) -> Term:
    is_plain = not found.operator and not found.is_quoted and found.items is None
    value = values.boolean(found.value) if is_plain else None
    if value is None:
        raise BadValue(f"{_as_written(found)!r} is neither true nor false")
    return _term(found, "=", value is not found.is_negated)


def _number(found: Filter, kind: ValueKind) -> Term:
    if found.items is not None:
        numbers = tuple(_numeric(item) for item in _raw_items(found))
        return _term(found, _comparison(found), numbers)
    if found.is_quoted or (
        not found.operator and not found.is_negated and values.relative(found.value)
    ):
        _not_a_number(_as_written(found))
    if kind is ValueKind.DURATION:
        milliseconds = values.duration(found.value)
        if milliseconds is not None:
            return _term(found, _comparison(found), milliseconds)
    if found.is_aggregate and found.value.endswith("%"):
        return _term(found, _comparison(found), _numeric(found.value[:-1]) / 100)
    return _term(found, _comparison(found), _numeric(found.value))


def _numeric(text: str) -> float:
    value = values.number(text)
    if value is None:
        _not_a_number(text)
    return value


def _raw_items(found: Filter) -> tuple[str, ...]:
    return tuple(item.strip(" ") for item in found.value[1:-1].split(","))


def _not_a_number(text: str) -> NoReturn:
    raise BadValue(f"{text!r} is not a number; thousands are written 500k, millions 5m")


def _aggregate(found: Filter) -> Term:
    number = values.number(found.value)
    if number is not None:
        return _term(found, _comparison(found), number)
    if values.duration(found.value) is not None and not values.relative(found.value):
        _not_a_number(found.value)
    return _term(found, "=", found.operator.strip("=") + found.value.rstrip("%"))


def _text(found: Filter, kind: ValueKind) -> Term:
    if found.items is not None:
        return _term(found, _comparison(found), found.items)
    text = _written_text(found)
    if found.operator in _ORDERS and kind is ValueKind.TEXT:
        return _term(found, "!=" if found.is_negated else "=", found.operator + text)
    return _term(found, _comparison(found), text)


def _written_text(found: Filter) -> str:
    """The text of a value without its quotes and escapes, its stars as they are written."""
    if found.is_quoted:
        return without_escapes(found.value[1:-1])
    if _BARE_QUOTE.search(found.value):
        raise SearchError(
            "A double quote stands inside the value: put quotes around all of it, or \\ before it.",
            found.start,
            found.end,
        )
    return found.value.replace('\\"', '"')


def _term(found: Filter, operator: Operator, value: TermValue) -> Term:
    return Term(
        key=found.key,
        operator=operator,
        value=value,
        start=found.start,
        end=found.end,
        is_wildcard=isinstance(value, str) and has_wildcard(value),
        is_aggregate=found.is_aggregate,
        problem=_OPEN_LIST if _is_open_list(found) else _OPEN_QUOTE if _is_open(found) else "",
    )


def _is_open_list(found: Filter) -> bool:
    is_bare = not found.is_quoted and found.items is None
    return is_bare and found.value.startswith("[") and "]" not in found.value


def _is_open(found: Filter) -> bool:
    """Whether a quote within a list is not closed."""
    return found.items is not None and len(_BARE_QUOTE.findall(found.value)) % 2 == 1


def _comparison(found: Filter) -> Operator:
    """The operator, turned into its opposite by a negation."""
    symbol = "IN" if found.items is not None else found.operator or "="
    operator = operators()[symbol]
    return operator.opposite if found.is_negated else operator.symbol


def _since(span: values.Relative) -> Operator:
    return ">=" if span.sign == "-" else "<="


def _as_written(found: Filter) -> str:
    return found.operator + found.value


_ORDERS = ("<", "<=", ">", ">=")
_OPEN_LIST = (
    "This list is not closed: a ] is missing. Put a value that begins with [ in double quotes."
)
_OPEN_QUOTE = 'A quote within this list is not closed. A quote itself is written \\" in quotes.'
_LAST_BACKSLASHES = re.compile(r"\\+\Z")
_BARE_QUOTE = re.compile(r'(?<!\\)"')
