"""What every source reads, and what becomes of it: rows that are there once, however often."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.importing import others
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.imports import sources
from vedette.imports._client import next_cursor
from vedette.imports._events import EventWriter
from vedette.imports._issues import take_issue
from vedette.imports._records import (
    Checkpoint,
    EventRecord,
    Group,
    ImportFailed,
    IssueRecord,
    KeyRecord,
    ProjectRecord,
    Record,
)
from vedette.imports._sentry_events import payload_of
from vedette.imports._sentry_words import role_of, status_of, substatus_of
from vedette.imports._taking import Taker
from vedette.issues.models import Issue, IssueKey, Status, Substatus
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.projects.models import ProjectKey

APIS = ("bugsink", "glitchtip-api", "sentry-api")


@pytest.fixture
def server() -> Iterator[str]:
    with others.serving() as (base, _):
        yield base


def read(name: str, arguments: list[str], folder: Path) -> list[Record]:
    """The records of a source, with the command line that it declares."""
    return list(reading(name, arguments, folder))


def reading(
    name: str, arguments: list[str], folder: Path, *, organization: str | None = None
) -> Iterator[Record]:
    """The same, as they are asked for."""
    parser = argparse.ArgumentParser()
    source = sources()[name]
    source.arguments(parser)
    options = parser.parse_args(arguments)
    options.progress_folder, options.organization = folder / "imports", organization
    return source.read(options, Fetcher(read_networks("127.0.0.0/8")))


def api(name: str, base: str) -> list[str]:
    words = ["--url", base, "--token", others.TOKEN]
    return words if name == "bugsink" else [*words, "--org", "acme"]


def of(kind: type, records: list[Record]) -> list[Any]:
    return [one for one in records if isinstance(one, kind)]


def a_sentry_file(folder: Path) -> Path:
    path = folder / "sentry.json"
    path.write_text(json.dumps(others.sentry_file()))
    return path


def arguments_of(name: str, base: str, folder: Path) -> list[str]:
    """The command line for a sample of every source; a new one needs its own."""
    if name in APIS:
        return api(name, base)
    if name == "vedette":
        others.write_export(folder / "out", 3)
        return [str(folder / "out")]
    return [str({"sentry": a_sentry_file}[name](folder))]


@pytest.mark.parametrize("name", sources())
def test_a_source_gives_the_same_again(name: str, server: str, tmp_path: Path) -> None:
    """Every source of the drawer: projects with keys, whatever they belong to before them."""
    words = arguments_of(name, server, tmp_path)
    records = read(name, words, tmp_path)
    projects = {one.project for one in of(ProjectRecord, records)}
    assert {one.project for one in of(KeyRecord, records)} <= projects != set()
    assert all(one.former_project_id for one in of(KeyRecord, records))
    known: set[str] = set()
    for one in records:
        if isinstance(one, ProjectRecord):
            known.add(one.project)
        else:
            assert getattr(one, "project", None) in {None, *known}
    without_notes = [one for one in records if not isinstance(one, Checkpoint)]
    again = [one for one in read(name, words, tmp_path) if not isinstance(one, Checkpoint)]
    assert again == without_notes


@pytest.mark.parametrize("name", APIS)
def test_an_api_gives_projects_keys_issues_and_events(
    name: str, server: str, tmp_path: Path
) -> None:
    """In the order in which they refer to one another, with the number that DSNs name."""
    records = read(name, api(name, server), tmp_path)
    (key,) = of(KeyRecord, records)
    (issue,) = of(IssueRecord, records)
    events = of(EventRecord, records)
    assert (key.public_key, key.former_project_id) == (
        others.KEY,
        3 if name == "bugsink" else others.PROJECT,
    )
    assert [one.event_id for one in events] == [
        others.event_id(number + 1) for number in range(1 if name == "bugsink" else 4)
    ]
    assert {one.group for one in events} == set(issue.groups)
    assert issue.joins, "new events of the kind must find the issue"
    kinds = [type(one) for one in records]
    assert kinds.index(ProjectRecord) < kinds.index(KeyRecord) < kinds.index(IssueRecord)
    assert kinds.index(IssueRecord) < kinds.index(EventRecord)


def test_an_issue_of_sentry_keeps_state_counts_and_assignee(server: str, tmp_path: Path) -> None:
    """Counts are those of Sentry, not of the events that its API still has."""
    (issue,) = of(IssueRecord, read("sentry-api", api("sentry-api", server), tmp_path))
    assert (issue.status, issue.event_count, issue.assignee) == (
        "ignored",
        1234,
        "olga@example.com",
    )
    assert issue.first_seen == datetime.fromisoformat(others.ago(20))
    assert issue.texts["priority"] == "high"


def test_an_event_of_the_api_is_as_it_was_sent() -> None:
    """Frames with their lines, tags without what is made of other parts."""
    event = payload_of(others.shown_event(1))
    frame = event["exception"]["values"][0]["stacktrace"]["frames"][0]
    assert (frame["lineno"], frame["in_app"], frame["abs_path"]) == (7, True, "/srv/shop/till.py")
    assert (frame["pre_context"], frame["context_line"]) == (
        ["def pay(total):"],
        "    return total / 0",
    )
    assert event["tags"] == {"shop": "berlin"}
    assert (event["environment"], event["release"]) == ("staging", "shop@1.0")
    assert event["request"]["query_string"] == [["a", "1"]]
    assert event["extra"] == {"cart": 3}


def test_what_was_taken_whole_is_not_asked_for_again(tmp_path: Path) -> None:
    """A second run asks for no events of an issue whose checkpoint was reached."""
    with others.serving() as (base, asked):
        for record in read("sentry-api", api("sentry-api", base), tmp_path):
            note = getattr(record, "note", None)
            if note is not None:
                note()
        before = dict(asked)
        again = read("sentry-api", api("sentry-api", base), tmp_path)
        path = "/api/0/organizations/acme/issues/91/events/"
        assert asked[path] == before[path] == 3  # refused once, then two pages
    assert of(EventRecord, again) == []


def test_a_wrong_token_is_said_in_words(server: str, tmp_path: Path) -> None:
    """Nothing is taken; the message names what was asked for."""
    with pytest.raises(ImportFailed, match="token may not read"):
        read("sentry-api", ["--url", server, "--token", "b", "--org", "acme"], tmp_path)


def test_a_private_address_is_refused_until_it_is_allowed() -> None:
    """The house's rules for addresses hold for imports, too."""
    parser = argparse.ArgumentParser()
    source = sources()["sentry-api"]
    source.arguments(parser)
    words = ["--url", "http://127.0.0.1:9", "--token", "a", "--org", "acme"]
    options = parser.parse_args(words)
    options.progress_folder, options.organization = Path("unused"), None
    with pytest.raises(ImportFailed, match="VEDETTE_OUTGOING_NETWORKS"):
        list(source.read(options, Fetcher()))


@pytest.mark.parametrize(
    ("link", "cursor"),
    [
        ("", None),
        ('<http://a/?cursor=1:0:0>; rel="next"; results="false"; cursor="1:0:0"', None),
        ('<http://a/?cursor=1:0:0>; rel="next"; results="true"; cursor="1:0:0"', "1:0:0"),
        ('<http://a/>; rel="previous"; results="false", <http://a/?cursor=b>; rel="next"', "b"),
    ],
)
def test_pages_are_followed_by_their_cursor(link: str, cursor: str | None) -> None:
    """The address of a link is never followed: it may be anybody's."""
    assert next_cursor(link) == cursor


def test_words_of_sentry_are_states_here() -> None:
    """Every status and substatus that comes out is one of the product's."""
    for word in ("resolved", "unresolved", "ignored", "muted", "reprocessing", ""):
        status = Status(status_of(word))
        for why in ("new", "ongoing", "archived_forever", "regressed", ""):
            Substatus(substatus_of(why, status))
    assert (role_of("owner"), role_of("manager"), role_of("admin")) == ("owner", "admin", "member")


def test_a_file_of_sentry_is_taken_once(rollback: None, tmp_path: Path) -> None:
    """Projects, keys with the number of their DSNs, and people with no more than they had."""
    path = a_sentry_file(tmp_path)
    for is_first in (True, False):
        records = read("sentry", [str(path)], tmp_path)
        with EventWriter(tmp_path / "spool") as events:
            taken = Taker(None, events).take(records, source="sentry")
        assert bool(taken.made["projects"]) is is_first
        assert taken.lost == {"alert rules": 1, "members who were deactivated": 1}
    keys = {key.public_key: key for key in ProjectKey.objects.select_related("project")}
    key = keys[others.KEY]
    assert (key.former_project_id, key.is_active, key.project.slug) == (
        others.PROJECT,
        True,
        "shop",
    )
    assert keys[others.SECOND_KEY].is_active is False
    owner, member = Membership.objects.filter(organization__slug="acme").order_by("pk")
    assert (owner.role, owner.user.email) == ("owner", "olga@example.com")
    assert (member.role, member.sees_all) == ("member", False)
    assert not member.user.has_usable_password()
    seen = ProjectMember.objects.filter(membership=member)
    assert [one.project.slug for one in seen] == ["shop"]


def test_what_is_no_export_is_said_in_words(tmp_path: Path) -> None:
    """An encrypted or foreign file is refused with what to do."""
    path = tmp_path / "other.json"
    path.write_text("age-encryption.org/v1")
    with pytest.raises(ImportFailed, match="decrypt"):
        read("sentry", [str(path)], tmp_path)
    with pytest.raises(ImportFailed, match="no whole export"):
        read("vedette", [str(tmp_path)], tmp_path)


def test_an_issue_joins_no_other_ones_events(rollback: None, tmp_path: Path) -> None:
    """Two issues whose events would be one group here stay two; the first gets what is new."""
    path = a_sentry_file(tmp_path)
    with EventWriter(tmp_path / "spool") as events:
        Taker(None, events).take(read("sentry", [str(path)], tmp_path), source="sentry")
    project = ProjectKey.objects.get(public_key=others.KEY).project
    shared = Group("ab" * 16, "1")
    for number in (1, 2, 2):
        take_issue(_issue_record(number, shared), project)
    assert Issue.objects.filter(project=project).count() == 2
    (key,) = IssueKey.objects.filter(project=project, key=shared.key)
    assert key.issue.short_id == 1


def _issue_record(number: int, shared: Group) -> IssueRecord:
    from vedette import clock

    return IssueRecord(
        project="4507",
        groups=[Group(f"{number:032x}", "1")],
        joins=[shared],
        first_seen=clock.now(),
        last_seen=clock.now(),
        event_count=5,
    )
