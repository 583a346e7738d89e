"""A running Bugsink (2.0 and later), over its API: projects with their DSN, issues, events.

Its API names no people. Each event is asked for by itself, and holds what was sent.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit

import orjson

from vedette.imports import Source
from vedette.imports._client import Client, Progress, api_arguments, client_of
from vedette.imports._reading import joins_of, micros, moment_of, own_group, readable
from vedette.imports._records import (
    Checkpoint,
    EventRecord,
    Group,
    ImportFailed,
    IssueRecord,
    KeyRecord,
    Lost,
    OrganizationRecord,
    ProjectRecord,
    Record,
)
from vedette.outgoing.fetcher import Fetcher
from vedette.wire.envelope import clean_event_id

_API = "/api/canonical/0"


def _arguments(parser: argparse.ArgumentParser) -> None:
    api_arguments(parser)


def _read(options: argparse.Namespace, fetcher: Fetcher) -> Iterator[Record]:
    client = client_of(options, fetcher)
    into = options.organization or ""
    progress = Progress(options.progress_folder, "bugsink", options.url, into)
    projects = [
        one
        for one in client.results(f"{_API}/projects/")
        if one.get("id") and (not options.project or one.get("slug") in options.project)
    ]
    if not projects:
        raise ImportFailed("there is no such project for this token")
    yield OrganizationRecord(slug="bugsink", name="Bugsink")
    for one in projects:
        yield from _project(one, progress)
    for one in projects:
        project = str(one["id"])
        for issue in client.results(f"{_API}/issues/", project=project):
            mark = f"{issue.get('id')} {issue.get('last_seen')}"
            if not progress.has(project, mark):
                yield from _issue(client, project, issue, options.most_events)
                yield Checkpoint(partial(progress.note, project, mark))


def _project(one: dict[str, Any], progress: Progress) -> Iterator[Record]:
    number, dsn = str(one["id"]), urlsplit(str(one.get("dsn") or ""))
    key = (dsn.username or "").replace("-", "")
    place = dsn.path.rpartition("/")[2]
    yield ProjectRecord(
        project=number,
        slug=str(one.get("slug") or ""),
        name=str(one.get("name") or ""),
        public_keys=[key] if key else [],
        when_made=partial(progress.drop, number),
    )
    if key:
        yield KeyRecord(
            project=number,
            public_key=key,
            former_project_id=int(place) if place.isdigit() else 0,
        )


def _issue(client: Client, project: str, one: dict[str, Any], most_events: int) -> Iterator[Record]:
    issue = str(one.get("id") or "")
    own = own_group("bugsink", issue)
    listed = client.results(f"{_API}/events/", issue=issue) if issue else iter(())
    events = (client.get(f"{_API}/events/{event.get('id')}/") for event in listed)
    held = islice((event for event in events if isinstance(event, dict)), most_events)
    first = next(held, None)
    payload = orjson.dumps(first.get("data")) if first is not None else b""
    record = readable("issues", partial(_issue_record, project, one, own, joins_of(payload)))
    yield record
    if isinstance(record, IssueRecord) and first is not None:
        for event in chain([first], held):
            yield readable("events", partial(_event, project, own, event))


def _issue_record(project: str, one: dict[str, Any], own: Group, joins: list[Group]) -> IssueRecord:
    is_muted = bool(one.get("is_muted")) and not one.get("is_resolved")
    status = "resolved" if one.get("is_resolved") else "ignored" if is_muted else "unresolved"
    first = moment_of(one.get("first_seen"))
    return IssueRecord(
        project=project,
        groups=[own],
        joins=joins,
        first_seen=first,
        last_seen=moment_of(one.get("last_seen")),
        created_at=first,
        event_count=int(one.get("digested_event_count") or 0),
        status=status,
        substatus="archived_until_escalating" if is_muted else "ongoing",
        texts={
            "type": str(one.get("calculated_type") or ""),
            "value": str(one.get("calculated_value") or ""),
            "culprit": str(one.get("transaction") or ""),
        },
    )


def _event(project: str, own: Group, one: dict[str, Any]) -> EventRecord | Lost:
    event_id, data = clean_event_id(one.get("event_id")), one.get("data")
    if event_id is None or not isinstance(data, dict):
        return Lost("events without an id or without what was sent")
    happened = moment_of(one.get("timestamp") or one.get("ingested_at"))
    return EventRecord(
        project=project,
        group=own,
        event_id=event_id,
        timestamp=micros(happened),
        received=moment_of(one.get("ingested_at") or one.get("timestamp")).timestamp(),
        payload=orjson.dumps(data),
    )


SOURCE = Source(
    name="bugsink",
    help="a running Bugsink: projects, their keys, issues and their events",
    arguments=_arguments,
    read=_read,
)
