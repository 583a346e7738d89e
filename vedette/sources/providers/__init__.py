"""**Drawer**: one file per host of repositories, with `PROVIDER`: how its addresses look.

A provider's two functions get the repository's address on the web (and its template) and make
the address of a file or a commit; what they return is checked once more (`vedette.sources.links`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from vedette.kinds import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a repository is: its address, and the templates of one that has its own."""

    url: str
    template: str = ""
    commit_template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file at a commit or, unless `is_commit`, on a branch. Parts are quoted."""

    path: str
    line: int | None
    ref: str
    is_commit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A host of repositories.

    `hosts` are words in the names of its hosts, `path_words` such in paths, by which an address
    is recognised. `has_templates` for one whose addresses the repository describes itself.
    """

    label: str
    hosts: tuple[str, ...] = ()
    path_words: tuple[str, ...] = ()
    has_templates: bool = False
    file: Callable[[Home, Place], str]
    commit: Callable[[Home, str], str]


@cache
def providers() -> dict[str, Provider]:
    """Every provider by its name."""
    return {module.__name__.rpartition(".")[2]: module.PROVIDER for module in discover(__package__)}


def guess_provider(url: str) -> str:
    """The name of the provider that an address is of; empty if it does not tell."""
    parts = urlsplit(url)
    by_path = (
        name
        for name, one in providers().items()
        if one.path_words and all(word in parts.path for word in one.path_words)
    )
    by_host = (
        name
        for name, one in providers().items()
        if any(word in (parts.hostname or "") for word in one.hosts)
    )
    return next(by_path, "") or next(by_host, "")
