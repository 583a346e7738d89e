"""DRAWER: one file per kind of issue tracker.

A host is a module with one name, `HOST`, a `TrackerHost`:

- `name`, `label`, `help`, `fields`: as of a channel (`vedette.channels`); `place` is the field
  that names where issues are opened unless somebody says otherwise;
- `check`: what is wrong with settings, in words, before they are saved;
- `probe`: asks who the token is and whether it sees the place; returns words for a person;
- `create`: opens an issue that carries the marker; `find` looks an earlier one up by it. These
  trackers know no key against duplicates, so `find` is asked before `create` whenever an earlier
  try may have arrived; `settle_seconds` is how long a new issue may be hidden from `find`;
- `read`, `turn`: the state of an issue; closing and opening it again, with words beside it;
- `key_of`: the key of an issue that people name by its address or in short; raises ValueError;
- `heard`: the keys that a call of the tracker's webhook names; raises NotSigned;
- `markup`: how texts are written there (`vedette.trackers.markup`).

Pure but for requests through the fetcher it is given: no database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from vedette.connections import Field
from vedette.kinds import discover
from vedette.trackers.markup import MARKDOWN, Markup

if TYPE_CHECKING:
    from vedette.outgoing.fetcher import Fetcher


@dataclass(frozen=True, slots=True)
class Session:
    """A tracker's settings and secrets by the names of its fields, and the way to it."""

    settings: Mapping[str, str]
    fetcher: Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An issue to be opened. `marker` is in it where people need not see it."""

    title: str
    body: str
    place: str
    marker: str
    labels: Sequence[str] = ()
    issue_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteIssue:
    """An issue as it is there. `status` is the tracker's own word for its state."""

    key: str
    url: str
    title: str
    is_open: bool
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerHost:
    """The contract of a host; see the module's docstring."""

    name: str
    label: str
    help: str
    hook_help: str
    fields: tuple[Field, ...]
    place: str
    probe: Callable[[Session], str]
    find: Callable[[Session, Draft, datetime], RemoteIssue | None]
    create: Callable[[Session, Draft], RemoteIssue]
    read: Callable[[Session, str], RemoteIssue]
    turn: Callable[[Session, str, bool, str], None]
    key_of: Callable[[Mapping[str, str], str], str]
    heard: Callable[[str, Mapping[str, str], bytes], list[str]]
    check: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda settings: {}
    settle_seconds: float = 10.0
    markup: Markup = MARKDOWN


@cache
def hosts() -> dict[str, TrackerHost]:
    """Every kind of tracker by its name."""
    return {module.HOST.name: module.HOST for module in discover(__name__)}
