"""What `vedette export --to FOLDER` wrote, as JSON lines, of this installation or another."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import xxhash

from vedette.imports import Source
from vedette.imports._reading import micros
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
    yield from map(_member, _lines(folder, "members"))
    groups: dict[tuple[int, int], Group] = {}
    for one in _lines(folder, "issues"):
        yield _issue(one, groups)
    yield from _events(folder, groups)
    for name, count in manifest.get("counts", {}).items():
        if name not in _TAKEN and count:
            yield Lost(f"{name}, which are exported for other programs only", count)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = msgspec.json.decode((folder / _MANIFEST).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ImportFailed(f"{folder} is no whole export: {error}") from None
    if not isinstance(found, dict) or found.get("format") != "vedette-export":
        raise ImportFailed(f"{folder / _MANIFEST} is of no export of Vedette")
    if found.get("version") != 1 or found.get("files") != "jsonl":
        raise ImportFailed("only JSON lines are taken, of version 1: export --format jsonl")
    return found


def _projects(folder: Path) -> Iterator[Record]:
    keys: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in _lines(folder, "keys"):
        keys[one["project_id"]].append(one)
    for one in _lines(folder, "projects"):
        mine = keys[one["id"]]
        name = str(one["id"])
        yield ProjectRecord(
            project=name,
            slug=one["slug"],
            name=one["name"],
            platform=one.get("platform", ""),
            public_keys=[key["public_key"] for key in mine],
        )
        for key in mine:
            yield KeyRecord(
                project=name,
                public_key=key["public_key"],
                label=key["label"],
                is_active=key["is_active"],
                works_until=key["works_until"],
                former_project_id=key["former_project_id"] or one["id"],
            )


def _member(one: dict[str, Any]) -> MemberRecord:
    return MemberRecord(
        email=one["email"],
        name=one.get("name", ""),
        role=one["role"],
        sees_all=one["sees_all"],
        projects=[str(held) for held in one.get("projects", ())],
    )


def _issue(one: dict[str, Any], groups: dict[tuple[int, int], Group]) -> IssueRecord:
    mine = [Group(_key(held), held["version"]) for held in one["groups"]]
    for group, held in zip(mine, one["groups"], strict=True):
        groups[one["project_id"], held["group_id"]] = group
    return IssueRecord(
        project=str(one["project_id"]),
        groups=mine,
        first_seen=_moment(one["first_seen"]),
        last_seen=_moment(one["last_seen"]),
        event_count=one["event_count"],
        short_id=one["short_id"],
        status=one["status"],
        substatus=one["substatus"],
        is_unhandled=one["is_unhandled"],
        resolved_at=_moment(one["resolved_at"]) if one.get("resolved_at") else None,
        created_at=_moment(one["created_at"]),
        assignee=one.get("assignee", ""),
        texts={name: one.get(name, "") for name in _TEXTS},
    )


def _key(held: dict[str, Any]) -> str:
    """The grouping key: whole as the pipeline makes it, else one made of the group's number."""
    key: str = held["key"]
    if len(key) == 32:
        return key
    return xxhash.xxh3_128_hexdigest(f"group:{held['group_id']}".encode())


def _events(folder: Path, groups: dict[tuple[int, int], Group]) -> Iterator[Record]:
    for line in _raw_lines(folder, "errors"):
        one = _decode_event(line)
        group = groups.get((one.project_id, one.group_id))
        if group is None:
            yield Lost("events of issues that are not in the export")
        elif not bytes(one.payload):
            yield Lost("events whose payload was gone")
        else:
            yield EventRecord(
                project=str(one.project_id),
                group=group,
                event_id=one.event_id,
                timestamp=micros(one.timestamp),
                received=one.received.timestamp(),
                payload=bytes(one.payload),
                address=one.user_ip,
                unstored=one.unstored,
                unread=one.unread,
            )


def _lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for line in _raw_lines(folder, name):
        yield msgspec.json.decode(line)


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
