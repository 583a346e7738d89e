"""What is taken over, whatever it comes from. `project` is what the source calls a project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


class ImportFailed(Exception):
    """Nothing more can be read or taken; the text says why, in words for who imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord:
    """What follows belongs to it, unless another one was asked for."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRecord:
    """A project. It is the one here that has one of its keys, else that of its slug.

    `when_made` is called where it was not there: nothing of it was taken before.
    """

    project: str
    slug: str
    name: str
    platform: str = ""
    public_keys: Sequence[str] = ()
    when_made: Callable[[], None] = field(default=lambda: None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key; `former_project_id` is the number in its DSNs, 0 where they name none."""

    project: str
    public_key: str
    label: str = "Default"
    is_active: bool = True
    works_until: int = 0
    former_project_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """A person and their place; `projects` are those open to one who does not see all."""

    email: str
    name: str = ""
    role: str = "member"
    sees_all: bool = True
    projects: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A grouping key (32 hex digits), and the version of the grouping that gave it."""

    key: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRecord:
    """An issue with its state and counts; all events of its `groups` are its own.

    `joins` are groups whose new events are its own, too, unless another issue has them. `texts`
    are columns of the model by name, as far as the source knows them.
    """

    project: str
    groups: Sequence[Group]
    joins: Sequence[Group] = ()
    first_seen: datetime
    last_seen: datetime
    event_count: int
    short_id: int = 0
    status: str = "unresolved"
    substatus: str = "ongoing"
    is_unhandled: bool = False
    resolved_at: datetime | None = None
    created_at: datetime | None = None
    assignee: str = ""
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """An event of a group, as its JSON. `timestamp` is in microseconds, `received` in seconds."""

    project: str
    group: Group
    event_id: str
    timestamp: int
    received: float
    payload: bytes
    address: str = ""
    unstored: int | None = None
    unread: int | None = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """What cannot be taken over: how many of what, and why."""

    what: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything before it is to be on disk; then `note` is called, for a later import to know."""

    note: Callable[[], None]


Record: TypeAlias = (
    OrganizationRecord
    | ProjectRecord
    | KeyRecord
    | MemberRecord
    | IssueRecord
    | EventRecord
    | Lost
    | Checkpoint
)
