"""The fields of a widget: what its form asks, what its entry in JSON may hold, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from vedette.rules.problems import Problem

Options: TypeAlias = dict[str, Any]
FieldKind: TypeAlias = Literal["text", "prose", "names", "choice", "check", "number"]
Completes: TypeAlias = Literal["", "search", "group", "column", "figure"]

_MOST_NAME: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One option of a widget.

    - `kind`: a text, a long text (`prose`), a list of names, one of `choices`, yes or no, a whole
      number from `least` to `most`;
    - `most`: of a text its characters, of names how many there may be;
    - `completes`: what of a dataset the text may name, for its completion;
    - `default`: what it is where nobody says; `is_needed`: it must not be empty.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    help: str = ""
    placeholder: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] = tuple
    default: Any = ""
    least: int = 0
    most: int = 2000
    completes: Completes = ""
    is_needed: bool = False


def read_options(
    fields: Sequence[Field], given: Mapping[str, Any]
) -> tuple[Options, list[Problem]]:
    """The options whole, with defaults, and what is wrong with those that were given."""
    known = {field.name for field in fields}
    problems = [
        Problem(name, f"there is no {name}: {_listed(known)}")
        for name in given
        if name not in known
    ]
    options: Options = {}
    for field in fields:
        value = given.get(field.name, field.default)
        words = _wrong(field, value)
        if words:
            problems.append(Problem(field.name, words))
            value = field.default
        options[field.name] = list(value) if field.kind == "names" else value
    return options, problems


def written_options(fields: Sequence[Field], options: Options) -> Options:
    """Only what differs from the defaults, as JSON has it."""
    return {
        field.name: options[field.name]
        for field in fields
        if options.get(field.name, field.default) != _plain_default(field)
    }


def _plain_default(field: Field) -> Any:
    return list(field.default) if field.kind == "names" else field.default


def _listed(names: set[str]) -> str:
    return f"it has {', '.join(sorted(names))}" if names else "it has no options"


def _wrong(field: Field, value: Any) -> str:
    return _CHECKS[field.kind](field, value)


def _wrong_text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        return "it is a text"
    if field.is_needed and not value.strip():
        return "it must not be empty"
    return f"it has at most {field.most:,} characters" if len(value) > field.most else ""


def _wrong_names(field: Field, value: Any) -> str:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return "it is a list of names"
    if field.is_needed and not value:
        return "it names nothing"
    if len(value) > field.most:
        return f"it names at most {field.most}"
    if any(not one.strip() or len(one) > _MOST_NAME for one in value):
        return f"a name has 1 to {_MOST_NAME} characters"
    return "it names something twice" if len(set(value)) < len(value) else ""


def _wrong_choice(field: Field, value: Any) -> str:
    names = [name for name, _ in field.choices()]
    return "" if value in names else f"it is one of {', '.join(names)}"


def _wrong_check(field: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else "it is true or false"


def _wrong_number(field: Field, value: Any) -> str:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if is_whole and field.least <= value <= field.most:
        return ""
    return f"it is a whole number from {field.least} to {field.most}"


_CHECKS: Final[Mapping[FieldKind, Callable[[Field, Any], str]]] = {
    "text": _wrong_text,
    "prose": _wrong_text,
    "names": _wrong_names,
    "choice": _wrong_choice,
    "check": _wrong_check,
    "number": _wrong_number,
}
