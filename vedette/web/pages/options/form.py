"""The form of a group of options, made of what the group declares. Empty means inherited."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from vedette.options import Level, Option, OptionGroup, Value
from vedette.options._resolving import Resolved
from vedette.rules.problems import Problem

SHOWN = "shown"  # the field that says what a place had chosen when its page was drawn
_MOST_CHARACTERS = 100_000
_MOST_NUMBER = 40
_SWITCH = {"on": True, "off": False}
_FROM = {
    Level.BUILT_IN: "as it is by default",
    Level.ENVIRONMENT: "from the environment of the installation",
    Level.INSTALLATION: "from the installation",
    Level.ORGANIZATION: "from the organisation",
    Level.PROJECT: "from the project",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a table: its field, what it is called, and what it inherits."""

    name: str
    label: str
    typed: str
    inherited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One option as it is set here, or as it was typed, beside what it inherits."""

    option: Option
    typed: str
    inherited: str
    inherited_from: str
    inherited_lines: list[str]
    choices: list[tuple[str, str]]
    error: str
    note: str
    cells: list[tuple[str, list[Cell]]] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        """Whether this place says something itself."""
        return self.typed != ""


def lines(
    options: Sequence[Option],
    chosen: Mapping[str, Any],
    inherited: Mapping[str, Resolved],
    problems: list[Problem],
    *,
    notes: Mapping[str, str],
) -> list[Line]:
    """A line for each option that the form shows; `notes` are what is known of some of them."""
    wrong = {one.path.partition(".")[0]: one.words for one in reversed(problems)}
    return [
        _line(
            option,
            chosen.get(option.name),
            inherited[option.name],
            error=wrong.get(option.name, ""),
            note=notes.get(option.name, ""),
        )
        for option in options
        if option.form != "entries"
    ]


def _line(option: Option, own: Any, inherited: Resolved, *, error: str, note: str) -> Line:
    value = inherited.value
    return Line(
        option=option,
        typed="" if own is None else shown(option, own),
        inherited=shown(option, value),
        inherited_from=_FROM[inherited.level],
        inherited_lines=list(value) if option.form == "lines" and isinstance(value, list) else [],
        choices=_choices(option),
        error=error,
        note=note,
        cells=_cells(option, own, value) if option.form == "table" else [],
    )


def _cells(option: Option, own: Any, inherited: Any) -> list[tuple[str, list[Cell]]]:
    """The rows of a table as they are set here, or as they were typed."""
    return [
        (
            label,
            [
                Cell(
                    name=f"{option.name}.{row}.{column}",
                    label=f"{label}, {words}",
                    typed=_cell(own, row, column),
                    inherited=_cell(inherited, row, column),
                )
                for column, words in option.columns
            ],
        )
        for row, label in option.rows
    ]


def _cell(table: Any, row: str, column: str) -> str:
    held = table.get(row) if isinstance(table, dict) else None
    number = held.get(column) if isinstance(held, dict) else None
    return "" if number is None else str(number)


def _choices(option: Option) -> list[tuple[str, str]]:
    return [("on", "On"), ("off", "Off")] if option.form == "switch" else list(option.choices)


def shown(option: Option, value: Value) -> str:
    """A value as the form writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{row} {column} {number}"
            for row, held in value.items()
            for column, number in held.items()
        )
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else f"{value:g}"
    return str(value)


def read(
    group: OptionGroup, level: Level, sent: QueryDict, held: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form chooses; what it does not show stays as it is `held`."""
    chosen: dict[str, Any] = {}
    for option in group.at(level):
        if option.form == "entries":
            if option.name in held:
                chosen[option.name] = held[option.name]
            continue
        if option.form == "table":
            if table := _table(option, sent):
                chosen[option.name] = table
            continue
        text = sent.get(option.name, "").strip()[:_MOST_CHARACTERS]
        if text:
            chosen[option.name] = _value(option, text)
    return chosen


def beside_others(
    typed: Mapping[str, Any], sent: QueryDict, held: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed, and as it is `held` what was left as the page had shown it: somebody else
    may have changed that meanwhile. A form that does not say what it showed is taken as typed."""
    try:
        shown = json.loads(sent.get(SHOWN, ""))
    except ValueError:
        return dict(typed)
    if not isinstance(shown, dict):
        return dict(typed)
    names = dict.fromkeys((*typed, *held))
    pairs = {name: held if typed.get(name) == shown.get(name) else typed for name in names}
    return {name: source[name] for name, source in pairs.items() if name in source}


def _table(option: Option, sent: QueryDict) -> dict[str, Any]:
    """The numbers that were typed into a table."""
    found: dict[str, dict[str, Any]] = {}
    for row, _ in option.rows:
        for column, _ in option.columns:
            text = sent.get(f"{option.name}.{row}.{column}", "").strip()[:_MOST_NUMBER]
            if text:
                found.setdefault(row, {})[column] = _number(text)
    return found


def _value(option: Option, text: str) -> Value:
    """The value; what is none of its form stays a text, which the check then names."""
    if option.form == "switch":
        return _SWITCH.get(text, text)
    if option.form == "lines":
        return list(dict.fromkeys(row.strip() for row in text.splitlines() if row.strip()))
    return _number(text) if option.form == "number" else text


def _number(text: str) -> int | float | str:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number == int(number) else number
