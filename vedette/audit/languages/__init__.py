"""DRAWER: one file per language, `LANGUAGE`: by which names its files are known, how they are read.

`read` makes facts of a text and raises nothing: what cannot be parsed is said in `error`, and what
could be is there. It runs in processes of its own, on texts of at most `walk.MOST_BYTES`, and never
recurses over what the text says: nesting has no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from vedette.audit.facts import FileFacts
from vedette.kinds import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language: its name, the suffixes of its files, what reads one."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], FileFacts]


@cache
def languages() -> dict[str, Language]:
    """Every language by its name."""
    found: list[Language] = [module.LANGUAGE for module in discover(__name__)]
    return {one.name: one for one in found}


@cache
def by_suffix() -> dict[str, Language]:
    """Which language a suffix belongs to."""
    return {suffix: one for one in languages().values() for suffix in one.suffixes}
