"""DRAWER: one file per kind of configuration that can be written down and applied.

A kind is a module with one name, `KIND`, a `ConfigurationKind`:

- `name`: the key of its list in a file (`rules:`); `order`: in which it is applied, since routes
  name channels;
- `current`: everything that an organisation has of it, as written, by its identity;
- `identify`: the identity of a written entry; entries without one of their own get it from
  their name;
- `check`: what is wrong with an entry, with the path of each mistake;
- `save`, `remove`: make it so; within one transaction with all others;
- `names`: the projects that an entry is about, by their slugs: who sees them not sees it not;
- `most`: how many an organisation, or a project where identities begin with one, may have;
- `applied`: the identities that came from files, which alone `--prune` may remove;
- `needs`: what one must be allowed to do with an entry's project to change it over the API.

The API and the pages write through the same functions, so that a form and a file mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from vedette.access.actions import Action
from vedette.kinds import discover
from vedette.rules.problems import Problem

if TYPE_CHECKING:
    from vedette.accounts.models import Organization, User

Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, from where, and whether it comes from a file.

    `name` and `address` are what the log of changes says.
    """

    user: User | None = None
    is_file: bool = False
    name: str = ""
    address: str = ""


def own_project(entry: Entry) -> set[str]:
    """The project that an entry says it belongs to."""
    return {str(entry["project"])} if "project" in entry else set()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationKind:
    """The contract of a kind; see the module's docstring."""

    name: str
    order: int
    current: Callable[[Organization], dict[str, Entry]]
    identify: Callable[[Entry], str]
    check: Callable[[Organization, Entry, Mapping[str, set[str]]], list[Problem]]
    save: Callable[[Organization, str, Entry, Author], None]
    remove: Callable[[Organization, str, Author], None]
    applied: Callable[[Organization], set[str]]
    names: Callable[[Entry], set[str]] = own_project
    most: int = 500
    needs: Action = Action.CHANGE_ALERTS


@cache
def kinds() -> tuple[ConfigurationKind, ...]:
    """Every kind, in the order in which they are applied."""
    found = [module.KIND for module in discover(__name__)]
    return tuple(sorted(found, key=lambda kind: kind.order))
