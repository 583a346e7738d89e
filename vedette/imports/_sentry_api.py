"""Reads projects, keys, people, issues and events over Sentry's web API, which GlitchTip shares."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

import orjson

from vedette.imports._client import Client, Progress, client_of
from vedette.imports._reading import joins_of, micros, moment_of, own_group, readable
from vedette.imports._records import (
    Checkpoint,
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
from vedette.imports._sentry_events import event_id_of, payload_of
from vedette.imports._sentry_words import role_of, status_of, substatus_of
from vedette.outgoing.fetcher import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Where one of the products answers differently; paths with what is filled in."""

    name: str
    events: str
    events_query: dict[str, str]
    issues_query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """One project that is read."""

    client: Client
    dialect: Dialect
    progress: Progress
    organization: str
    project: str  # its number
    most_events: int


def read_all(options: argparse.Namespace, fetcher: Fetcher, dialect: Dialect) -> Iterator[Record]:
    """Everything of an organisation."""
    client = client_of(options, fetcher)
    organization = quote(options.org, safe="")
    about = client.get(f"/api/0/organizations/{organization}/")
    if not isinstance(about, dict):
        raise ImportFailed(f"there is no organisation {options.org!r} for this token")
    into = options.organization or ""
    progress = Progress(options.progress_folder, dialect.name, options.url, options.org, into)
    yield OrganizationRecord(slug=options.org, name=str(about.get("name") or options.org))
    projects = _projects(client, organization, options.project)
    for one in projects:
        yield from _project(client, organization, one, progress)
    yield from _members(client, organization)
    for one in projects:
        place = Place(client, dialect, progress, organization, str(one["id"]), options.most_events)
        yield from _issues(place)


def _projects(client: Client, organization: str, wanted: list[str]) -> list[dict[str, Any]]:
    found = [
        one
        for page in client.pages(f"/api/0/organizations/{organization}/projects/")
        for one in page
        if one.get("id") and (not wanted or one.get("slug") in wanted)
    ]
    missing = set(wanted) - {one.get("slug") for one in found}
    if missing:
        raise ImportFailed(f"there is no project {', '.join(sorted(missing))}")
    return found


def _project(
    client: Client, organization: str, one: dict[str, Any], progress: Progress
) -> Iterator[Record]:
    slug, number = str(one.get("slug", "")), str(one["id"])
    pages = client.pages(f"/api/0/projects/{organization}/{quote(slug, safe='')}/keys/")
    keys = [key for page in pages for key in page if key.get("public")]
    yield ProjectRecord(
        project=number,
        slug=slug,
        name=str(one.get("name") or slug),
        platform=str(one.get("platform") or ""),
        public_keys=[_plain(key) for key in keys],
        when_made=partial(progress.drop, number),
    )
    for key in keys:
        yield KeyRecord(
            project=number,
            public_key=_plain(key),
            label=str(key.get("label") or key.get("name") or ""),
            is_active=bool(key.get("isActive", True)),
            former_project_id=int(number) if number.isdigit() else 0,
        )


def _plain(key: dict[str, Any]) -> str:
    """The public key as DSNs have it: GlitchTip shows it with dashes."""
    return str(key["public"]).replace("-", "").lower()


def _members(client: Client, organization: str) -> Iterator[Record]:
    for page in client.pages(f"/api/0/organizations/{organization}/members/"):
        for one in page:
            yield readable("members", partial(_member, one))


def _member(one: dict[str, Any]) -> MemberRecord:
    user = one.get("user") or {}
    return MemberRecord(
        email=str(user.get("email") or one.get("email") or ""),
        name=str(user.get("name") or ""),
        role=role_of(str(one.get("orgRole") or one.get("role") or "")),
    )


def _issues(place: Place) -> Iterator[Record]:
    pages = place.client.pages(
        f"/api/0/organizations/{place.organization}/issues/",
        project=place.project,
        query="",
        **place.dialect.issues_query,
    )
    for page in pages:
        for one in page:
            mark = f"{one.get('id')} {one.get('lastSeen')}"
            if not place.progress.has(place.project, mark):
                yield from _issue(place, one)
                yield Checkpoint(partial(place.progress.note, place.project, mark))


def _issue(place: Place, one: dict[str, Any]) -> Iterator[Record]:
    """The issue, then its events, newest first; the first one tells how such are grouped here."""
    issue = str(one.get("id") or "")
    own = own_group(place.dialect.name, issue)
    shown = _events(place, issue) if issue else iter(())
    first = next(shown, None)
    joins = readable("events", lambda: joins_of(orjson.dumps(payload_of(first or {}))))
    groups = [] if isinstance(joins, Lost) or first is None else joins
    record = readable("issues", partial(_issue_record, place.project, one, own, groups))
    yield record
    if isinstance(record, IssueRecord) and first is not None:
        for event in chain([first], shown):
            yield readable("events", partial(_event, place.project, own, event))


def _events(place: Place, issue: str) -> Iterator[dict[str, Any]]:
    path = place.dialect.events.format(organization=place.organization, issue=issue)
    pages = place.client.pages(path, **place.dialect.events_query)
    return islice((one for page in pages for one in page), place.most_events)


def _issue_record(project: str, one: dict[str, Any], own: Group, joins: list[Group]) -> IssueRecord:
    status = status_of(str(one.get("status") or ""))
    about = one.get("metadata") or {}
    assigned = one.get("assignedTo") or {}
    first = moment_of(one.get("firstSeen"))
    return IssueRecord(
        project=project,
        groups=[own],
        joins=joins,
        first_seen=first,
        last_seen=moment_of(one.get("lastSeen")),
        created_at=first,
        event_count=int(one.get("count") or 0),
        status=status,
        substatus=substatus_of(str(one.get("substatus") or ""), status),
        is_unhandled=bool(one.get("isUnhandled")),
        assignee=str(assigned.get("email") or "") if assigned.get("type") == "user" else "",
        texts={
            "type": str(about.get("type") or ""),
            "value": str(about.get("value") or ("" if about.get("type") else one.get("title", ""))),
            "filename": str(about.get("filename") or ""),
            "function": str(about.get("function") or ""),
            "culprit": str(one.get("culprit") or ""),
            "logger": str(one.get("logger") or ""),
            "level": str(one.get("level") or "error"),
            "platform": str(one.get("platform") or ""),
            "priority": _priority(one),
        },
    )


def _priority(one: dict[str, Any]) -> str:
    word = str(one.get("priority") or "")
    return word if word in ("high", "medium", "low") else "medium"


def _event(project: str, own: Group, shown: dict[str, Any]) -> EventRecord | Lost:
    event_id = event_id_of(shown)
    if not event_id:
        return Lost("events without an id")
    happened = moment_of(shown.get("dateCreated"))
    received = moment_of(shown.get("dateReceived") or shown.get("dateCreated"))
    user = shown.get("user") or {}
    return EventRecord(
        project=project,
        group=own,
        event_id=event_id,
        timestamp=micros(happened),
        received=received.timestamp(),
        payload=orjson.dumps(payload_of(shown)),
        address=str(user.get("ip_address") or user.get("ipAddress") or ""),
    )
