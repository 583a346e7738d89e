"""What `vedette export --to FOLDER` wrote, as JSON lines, of this installation or another."""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import xxhash

from vedette.imports import Source
from vedette.imports._reading import micros, readable
from vedette.imports._records import (
    EventRecord,
    Group,
    ImportFailed,
    IssueRecord,
    KeyRecord,
    Lost,
    MemberRecord,
    OrganizationRecord,
    ProjectRecord,
    Record,
)
from vedette.outgoing.fetcher import Fetcher
from vedette.wire.envelope import clean_event_id

R = TypeVar("R")
_WHOLE_KEY = re.compile("[0-9a-f]{32}")
_MANIFEST = "export.json"
_TAKEN = frozenset({"members", "projects", "keys", "issues", "errors"})
_TEXTS = (
    *("event_type", "type", "value", "culprit", "filename", "function", "logger", "level"),
    *("platform", "priority", "first_release", "last_release"),
)


class _Event(msgspec.Struct):
    """What of a line of events is needed; the payload as it stands there."""

    project_id: int
    event_id: str
    group_id: int
    timestamp: datetime
    received: datetime
    payload: msgspec.Raw = msgspec.Raw()
    user_ip: str = ""
    unstored: int | None = None
    unread: int | None = None


_decode_event = msgspec.json.Decoder(_Event).decode


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="what export --to wrote")


def _read(options: argparse.Namespace, fetcher: Fetcher) -> Iterator[Record]:
    folder: Path = options.folder
    manifest = _manifest(folder)
    slug = str(manifest.get("organization") or "imported")
    yield OrganizationRecord(slug=slug, name=slug)
    yield from _projects(folder)
    yield from _made(folder, "members", _member)
    groups: dict[tuple[int, int], Group] = {}
    yield from _made(folder, "issues", lambda one: _issue(one, groups))
    for line in _raw_lines(folder, "errors"):
        yield readable("events", partial(_event, line, groups))
    for name, count in manifest.get("counts", {}).items():
        if name not in _TAKEN and count:
            yield Lost(f"{name}, which are exported for other programs only", count)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = msgspec.json.decode((folder / _MANIFEST).read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise ImportFailed(f"{folder} is no whole export: {error}") from None
    if not isinstance(found, dict) or found.get("format") != "vedette-export":
        raise ImportFailed(f"{folder / _MANIFEST} is of no export of Vedette")
    if found.get("version") != 1 or found.get("files") != "jsonl":
        raise ImportFailed("only JSON lines are taken, of version 1: export --format jsonl")
    return found


def _projects(folder: Path) -> Iterator[Record]:
    keys: dict[str, list[KeyRecord]] = defaultdict(list)
    for found in _made(folder, "keys", _key_record):
        if isinstance(found, Lost):
            yield found
        else:
            keys[found.project].append(found)
    for one in _made(folder, "projects", lambda one: _project(one, keys)):
        yield one
        if isinstance(one, ProjectRecord):
            yield from keys[one.project]


def _project(one: dict[str, Any], keys: dict[str, list[KeyRecord]]) -> ProjectRecord:
    name = str(one["id"])
    return ProjectRecord(
        project=name,
        slug=str(one["slug"]),
        name=str(one["name"]),
        platform=str(one.get("platform") or ""),
        public_keys=[key.public_key for key in keys[name]],
    )


def _key_record(one: dict[str, Any]) -> KeyRecord:
    return KeyRecord(
        project=str(one["project_id"]),
        public_key=str(one["public_key"]),
        label=str(one["label"]),
        is_active=bool(one["is_active"]),
        works_until=int(one["works_until"]),
        former_project_id=int(one["former_project_id"] or one["project_id"]),
    )


def _member(one: dict[str, Any]) -> MemberRecord:
    return MemberRecord(
        email=str(one["email"]),
        name=str(one.get("name") or ""),
        role=str(one["role"]),
        sees_all=bool(one["sees_all"]),
        projects=[str(held) for held in one.get("projects", ())],
    )


def _issue(one: dict[str, Any], groups: dict[tuple[int, int], Group]) -> IssueRecord:
    mine = [Group(_key(held), str(held["version"])) for held in one["groups"]]
    record = IssueRecord(
        project=str(one["project_id"]),
        groups=mine,
        first_seen=_moment(one["first_seen"]),
        last_seen=_moment(one["last_seen"]),
        event_count=int(one["event_count"]),
        short_id=int(one["short_id"]),
        status=str(one["status"]),
        substatus=str(one["substatus"]),
        is_unhandled=bool(one["is_unhandled"]),
        resolved_at=_moment(one["resolved_at"]) if one.get("resolved_at") else None,
        created_at=_moment(one["created_at"]),
        assignee=str(one.get("assignee") or ""),
        texts={name: str(one.get(name) or "") for name in _TEXTS},
    )
    for group, held in zip(mine, one["groups"], strict=True):
        groups[one["project_id"], held["group_id"]] = group
    return record


def _key(held: dict[str, Any]) -> str:
    """The grouping key: whole as the pipeline makes it, else one made of the group's number."""
    key = str(held["key"])
    if _WHOLE_KEY.fullmatch(key):
        return key
    return xxhash.xxh3_128_hexdigest(f"group:{held['group_id']}".encode())


def _event(line: bytes, groups: dict[tuple[int, int], Group]) -> EventRecord | Lost:
    one = _decode_event(line)
    group, event_id = groups.get((one.project_id, one.group_id)), clean_event_id(one.event_id)
    if group is None:
        return Lost("events of issues that are not in the export")
    if event_id is None:
        return Lost("events without an id")
    if not bytes(one.payload):
        return Lost("events whose payload was gone")
    return EventRecord(
        project=str(one.project_id),
        group=group,
        event_id=event_id,
        timestamp=micros(one.timestamp),
        received=one.received.timestamp(),
        payload=bytes(one.payload),
        address=one.user_ip,
        unstored=one.unstored,
        unread=one.unread,
    )


def _made(folder: Path, name: str, make: Callable[[dict[str, Any]], R]) -> Iterator[R | Lost]:
    """What is made of each line of a file."""
    for line in _raw_lines(folder, name):
        yield readable(name, partial(_read_line, line, make))


def _read_line(line: bytes, make: Callable[[dict[str, Any]], R]) -> R:
    return make(msgspec.json.decode(line))


def _raw_lines(folder: Path, name: str) -> Iterator[bytes]:
    """The lines of a file; none if it is not there, as after an export of a part."""
    path = folder / f"{name}.jsonl"
    if not path.exists():
        return
    with path.open("rb") as file:
        yield from file


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


SOURCE = Source(
    name="vedette",
    help="a folder that `vedette export --to` wrote",
    arguments=_arguments,
    read=_read,
)
