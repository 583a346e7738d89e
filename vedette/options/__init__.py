"""DRAWER: one file per group of options that people set, `GROUP`, an `OptionGroup`.

An option has one value for each project (or key), chosen at the nearest of the places that may
choose it: the key, the project, its organisation, the installation, its environment, and what is
built in. A list that `is_added` has what all of them chose. Forms, files and the API are made of
what a group declares; `vedette.control` keeps what was chosen. This package is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Literal, TypeAlias

from vedette.kinds import discover
from vedette.rules.problems import Problem

Value: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any]
Chosen: TypeAlias = Mapping[str, Value]
Form: TypeAlias = Literal["switch", "number", "words", "choice", "lines", "entries", "table"]


class Level(StrEnum):
    """Where a value comes from, the most general first. Only the last four can be written."""

    BUILT_IN = "built in"
    ENVIRONMENT = "environment"
    INSTALLATION = "installation"
    ORGANIZATION = "organization"
    PROJECT = "project"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to set.

    `form` says what a value is: true or false, a number from `least` to `most`, one line of
    words, one of `choices` (value, label), a list of lines, a list of objects, which `check`
    judges, or a table: whole numbers by name of `rows` and `columns` (name, label), of which each
    is inherited by itself.
    `check` gets a value (of lines, each line) and says in words what is wrong, or "".
    `setting` names the field of `config.Config` that a whole installation may set it by.
    Lines with `allows_only` let in what they name, and everything when there are none.
    `levels` are those at which it may be chosen, where they are fewer than its group's; what
    `is_local` counts at the place that chose it, and nothing below inherits it.
    """

    name: str
    label: str
    form: Form
    default: Value
    help: str = ""
    least: float = 0
    most: float = 1e12
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    most_entries: int = 200
    most_characters: int = 200
    is_added: bool = False
    allows_only: bool = False
    setting: str = ""
    levels: tuple[Level, ...] = ()
    is_local: bool = False
    check: Callable[[Any], str] = lambda value: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """Options that are shown and saved together, and the levels at which they may be chosen.

    `check` judges what the options cannot say one by one; `counts` says what a change is about.
    `renamed` are the names that options had in earlier versions, with those of today: what was
    chosen under them, in a database or a file, counts on.
    """

    name: str
    label: str
    help: str
    order: int
    options: tuple[Option, ...]
    counts: str = "It counts for what comes from now on."
    levels: tuple[Level, ...] = (Level.INSTALLATION, Level.ORGANIZATION, Level.PROJECT)
    check: Callable[[Chosen], list[Problem]] = lambda chosen: []
    renamed: Mapping[str, str] = field(default_factory=dict)

    def at(self, level: Level) -> tuple[Option, ...]:
        """The options that may be chosen at a level."""
        return tuple(one for one in self.options if not one.levels or level in one.levels)

    def option(self, name: str) -> Option | None:
        """The option of this name."""
        return next((one for one in self.options if one.name == name), None)


@cache
def groups() -> dict[str, OptionGroup]:
    """Every group by its name, in the order in which they are shown."""
    found = [module.GROUP for module in discover(__name__)]
    return {group.name: group for group in sorted(found, key=lambda one: one.order)}
