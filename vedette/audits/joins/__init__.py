"""DRAWER: one file per thing that an audit and what really came say only together.

A join is a module with one name, `JOIN`, a `Join`:

- `id`: `cov.` and what it is about, as pages and the API name it;
- `title`: what it says, in a few words;
- `needs`: what of `Seen` it asks for, so that a reader knows what it costs;
- `find`: what it tells of a project. It writes nothing. That nothing came proves nothing: without
  traffic to compare with, such a sentence says in how many days nothing was seen, and is never
  urgent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from vedette.kinds import discover

if TYPE_CHECKING:
    from vedette.audits.seen import Seen


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a join tells. `advice` says what to do; `search` finds the issues meant."""

    severity: Literal["info", "routine", "important", "urgent"]
    text: str
    advice: str = ""
    path: str = ""
    line: int = 0
    fingerprint: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """The contract of a join; see the module's docstring."""

    id: str
    title: str
    needs: tuple[str, ...]
    find: Callable[[Seen], Iterator[Told]]


@cache
def joins() -> dict[str, Join]:
    """Every join by its id."""
    return {module.JOIN.id: module.JOIN for module in discover(__name__)}
