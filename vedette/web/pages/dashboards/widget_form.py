"""The form of a widget: its fields with their values, and what a form sent as options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.widgets import WidgetKind
from vedette.rules.problems import Problem
from vedette.web.form_fields import FormField, Kind, Mistakes

_KINDS: Mapping[str, Kind] = {
    "text": "text",
    "prose": "lines",
    "names": "text",
    "choice": "select",
    "check": "check",
    "number": "number",
}
_MOST_CHARACTERS = 10_000


def options_of(kind: WidgetKind, given: QueryDict) -> Options:
    """The options as a form sent them, not yet checked; a field that is not there is its default.

    A form says with `sent` that a box without a tick means no.
    """
    is_sent = given.get("sent") == "1"
    found: Options = {}
    for field in kind.fields:
        if field.kind == "check":
            if is_sent or field.name in given:
                found[field.name] = given.get(field.name) in ("yes", "true", "1")
        elif field.name in given:
            found[field.name] = _read(field, given)
    return found


def form_fields(
    kind: WidgetKind, options: Mapping[str, Any], problems: Sequence[Problem] = ()
) -> tuple[list[tuple[Field, FormField]], list[str]]:
    """Each field with its value and its mistake, and what belongs to none of them."""
    mistakes = Mistakes(problems)
    made = [
        (field, _form_field(field, options.get(field.name, field.default), mistakes))
        for field in kind.fields
    ]
    return made, mistakes.rest


def _form_field(field: Field, value: Any, mistakes: Mistakes) -> FormField:
    return FormField(
        name=field.name,
        label=field.label,
        kind=_KINDS[field.kind],
        value=", ".join(value) if field.kind == "names" and not isinstance(value, str) else value,
        help=field.help,
        error=mistakes.of(field.name),
        placeholder=field.placeholder,
        choices=field.choices(),
        rows=10,
        is_needed=field.is_needed and field.kind != "names",
    )


def _read(field: Field, given: QueryDict) -> Any:
    if field.kind == "names":
        parts = [part for text in given.getlist(field.name) for part in split_names(text)]
        return list(dict.fromkeys(parts))
    text = given.get(field.name, "")[:_MOST_CHARACTERS]
    if field.kind == "number":
        is_number = text.strip().isascii() and text.strip().isdigit() and len(text) < 9
        return int(text) if is_number else text
    return text if field.kind == "prose" else text.strip()


def split_names(text: str) -> list[str]:
    """Names with commas between; those within parentheses or quotes belong to a name."""
    found, part, depth, quoted = [], "", 0, False
    for char in text[:_MOST_CHARACTERS]:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "([":
            depth += 1
        elif not quoted and char in ")]":
            depth = max(depth - 1, 0)
        if char == "," and not depth and not quoted:
            found.append(part.strip())
            part = ""
        else:
            part += char
    return [one for one in (*found, part.strip()) if one]
