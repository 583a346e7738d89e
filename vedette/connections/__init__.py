"""Connections to services of other people: what is configured with fields and secrets.

Channels and issue trackers are connections. A kind of connection declares its fields, and from
the declaration come its form, its entry in a file and the protection of its secrets:

- a secret is written and never read: forms and files show that it is set, not what it is;
- a secret does not follow a change of where it goes: of the kind, or of a field that
  `is_address`; who changes that has to know the secret (`secrets.to_write_anew`);
- what all connections of a family have besides, such as whether they are on, is declared as
  its `Option`s (`family`).

This module is pure; `models` has the columns that connections share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in.

    `names` is the kind of configuration that its value must name; `default` is what an empty one
    means. The secrets of a connection are sent to where a field says that `is_address`.
    """

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_address: bool = False
    is_needed: bool = True
    default: str = ""
    names: str = ""


class ConnectionKind(Protocol):
    """What every kind of connection declares, whatever it does with it.

    `check` says what is wrong with settings, in words, by the field.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def fields(self) -> tuple[Field, ...]: ...
    @property
    def check(self) -> Callable[[Mapping[str, str]], Mapping[str, str]]: ...
