"""What `sentry export` of a self-hosted Sentry writes: organisations, projects, keys, people.

A list of objects with `model`, `pk` and `fields`, as Django serialises rows. There are no issues
and no events in it: those the API gives.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from vedette.imports import Source
from vedette.imports._reading import readable
from vedette.imports._records import (
    ImportFailed,
    KeyRecord,
    Lost,
    MemberRecord,
    OrganizationRecord,
    ProjectRecord,
    Record,
)
from vedette.imports._sentry_words import role_of
from vedette.outgoing.fetcher import Fetcher

_ACTIVE = 0
_JOINING = 1  # of an organisation's flags: every member may join every team
# What people will look for, and will not find.
_MISSED = {
    "sentry.rule": "alert rules",
    "sentry.alertrule": "metric alert rules",
    "workflow_engine.workflow": "alerts",
    "sentry.dashboard": "dashboards",
    "sentry.monitor": "cron monitors",
    "monitors.monitor": "cron monitors",
    "uptime.uptimesubscription": "uptime monitors",
    "sentry.projectownership": "ownership rules",
    "sentry.savedsearch": "saved searches",
    "sentry.apitoken": "API tokens",
    "sentry.orgauthtoken": "API tokens",
    "sentry.authenticator": "second factors",
}


class _Row(msgspec.Struct):
    """One row of any table."""

    model: str
    pk: int | str
    fields: dict[str, Any] = {}


class _Tables:
    """The rows by table and id."""

    def __init__(self, rows: list[_Row]) -> None:
        self._rows: dict[str, dict[int | str, dict[str, Any]]] = defaultdict(dict)
        for row in rows:
            self._rows[row.model][row.pk] = row.fields

    def of(self, model: str) -> dict[int | str, dict[str, Any]]:
        """The rows of a table, by id."""
        return self._rows.get(model, {})

    def within(self, model: str, field: str, value: int | str) -> dict[int | str, dict[str, Any]]:
        """Those of the rows that name this id in a field."""
        return {pk: row for pk, row in self.of(model).items() if row.get(field) == value}

    def counts(self) -> Counter[str]:
        """How many rows each table has."""
        return Counter({model: len(rows) for model, rows in self._rows.items()})


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="as JSON, not encrypted")


def _read(options: argparse.Namespace, fetcher: Fetcher) -> Iterator[Record]:
    tables = _load(options.file)
    if not tables.of("sentry.organization"):
        raise ImportFailed(f"{options.file} has no organisation: it is no export of organisations")
    for pk, one in tables.of("sentry.organization").items():
        yield OrganizationRecord(slug=str(one.get("slug", "")), name=str(one.get("name", "")))
        yield from _projects(tables, pk)
        yield from _members(tables, pk, one)
    for model, count in tables.counts().items():
        if model in _MISSED:
            yield Lost(_MISSED[model], count)


def _load(path: Path) -> _Tables:
    try:
        return _Tables(msgspec.json.decode(path.read_bytes(), type=list[_Row]))
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error}") from None
    except RecursionError:
        raise ImportFailed(f"{path} is nested more deeply than any export is") from None
    except msgspec.DecodeError as error:
        raise ImportFailed(
            f"{path} is no export of Sentry as JSON ({error}); an encrypted one is decrypted "
            "by `sentry backup decrypt` first"
        ) from None


def _projects(tables: _Tables, organization: int | str) -> Iterator[Record]:
    for pk, one in tables.within("sentry.project", "organization", organization).items():
        if one.get("status", _ACTIVE) != _ACTIVE:
            yield Lost("projects that were being deleted")
            continue
        keys = list(tables.within("sentry.projectkey", "project", pk).values())
        yield ProjectRecord(
            project=str(pk),
            slug=str(one.get("slug") or ""),
            name=str(one.get("name") or one.get("slug") or ""),
            platform=str(one.get("platform") or ""),
            public_keys=[str(key["public_key"]) for key in keys if key.get("public_key")],
        )
        for key in keys:
            if key.get("public_key"):
                yield readable("keys", partial(_key, pk, key))


def _key(project: int | str, one: dict[str, Any]) -> KeyRecord:
    return KeyRecord(
        project=str(project),
        public_key=str(one["public_key"]),
        label=str(one.get("label") or ""),
        is_active=one.get("status", _ACTIVE) == _ACTIVE,
        former_project_id=int(project),
    )


def _members(
    tables: _Tables, organization: int | str, about: dict[str, Any]
) -> Iterator[MemberRecord | Lost]:
    flags = readable("flags", lambda: int(about.get("flags") or 0))
    is_open = isinstance(flags, int) and bool(flags & _JOINING)
    for pk, one in tables.within("sentry.organizationmember", "organization", organization).items():
        yield readable("members", partial(_member, tables, pk, one, is_open))


def _member(
    tables: _Tables, pk: int | str, one: dict[str, Any], is_open: bool
) -> MemberRecord | Lost:
    user = tables.of("sentry.user").get(one.get("user_id") or one.get("user") or 0, {})
    if user and not user.get("is_active", True):
        return Lost("members who were deactivated")
    return MemberRecord(
        email=str(user.get("email") or one.get("user_email") or one.get("email") or ""),
        name=str(user.get("name") or ""),
        role=role_of(str(one.get("role") or "")),
        sees_all=is_open,
        projects=_projects_of(tables, pk),
    )


def _projects_of(tables: _Tables, member: int | str) -> list[str]:
    """The projects of a member's teams."""
    places = tables.within("sentry.organizationmemberteam", "organizationmember", member)
    teams = {one.get("team") for one in places.values() if one.get("is_active", True)}
    return [
        str(one["project"])
        for one in tables.of("sentry.projectteam").values()
        if one.get("team") in teams
    ]


SOURCE = Source(
    name="sentry",
    help="a file of `sentry export organizations` (or global): projects, keys that go on working, "
    "people",
    arguments=_arguments,
    read=_read,
)
