"""DRAWER: one file per place that projects, people, issues and events can be taken over from.

A source is a module with one name, `SOURCE`, a `Source`:

- `name`, `help`: how people call it, and what it takes;
- `arguments`: what its command line has;
- `read`: what is there, as records (`_records.py`), each after those it refers to. It raises
  `ImportFailed` where nothing more can be read; what cannot be taken over is a `Lost`.

Reading again gives the same records, and taking a record twice changes nothing: so an import that
was cut off is begun again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from vedette.imports._records import Record
from vedette.kinds import discover
from vedette.outgoing.fetcher import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The contract of a source; see the module's docstring."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    read: Callable[[argparse.Namespace, Fetcher], Iterator[Record]]


@cache
def sources() -> dict[str, Source]:
    """Every source by its name."""
    return {module.SOURCE.name: module.SOURCE for module in discover(__name__)}
