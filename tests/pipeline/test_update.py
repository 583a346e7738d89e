"""An update of the grouping on a running product: the issues of the day before go on."""

from __future__ import annotations

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.grouping.test_versions import LINES, OLD
from tests.pipeline.pipe import Pipe
from vedette.facts import EventSeen
from vedette.outcome import DropReason
from vedette.pipeline import steps
from vedette.pipeline.grouping import group, title
from vedette.pipeline.scrub import ScrubSettings
from vedette.store.errors import StoreUnavailable
from vedette.wire.envelope import build_envelope
from vedette.wire.event import Event


@pytest.fixture
def project(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


@pytest.fixture
def pipe(tmp_path: Path, project: Any) -> Iterator[Pipe]:
    """The pipeline with the real metadata."""
    from vedette.reactions._domain import ReactingDomain

    made = Pipe(tmp_path)
    made.metadata = ReactingDomain(ScrubSettings(), issues_per_hour=10_000)  # type: ignore[assignment]
    made.restart()
    yield made
    made.crash()


def of_the_day_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Group as the product of the day before did."""

    def old(event: Event) -> object:
        return group(event, OLD), title(event)

    monkeypatch.setattr(steps, "group_and_name", old)
    monkeypatch.setattr(steps, "former_groups", lambda event, grouping: [])


def digest(pipe: Pipe, project: Any, events: list[dict[str, Any]]) -> list[int]:
    """Send these events; the ids of their issues, in their order."""
    from vedette.issues.models import IssueKey

    ids = [uuid.uuid4().hex for _ in events]
    items = [
        build_envelope({"event_id": id_}, [({"type": "event"}, json.dumps(event).encode())])
        for id_, event in zip(ids, events, strict=True)
    ]
    pipe.spool(*items, project=project.pk)
    pipe.work()
    groups = {
        row["event_id"]: row["group_id"] for row in pipe.rows("errors", "event_id", "group_id")
    }
    issues = dict(IssueKey.objects.filter(project=project).values_list("group_id", "issue_id"))
    return [issues[groups[id_]] for id_ in ids]


def test_a_day_of_events_keeps_its_issues(
    pipe: Pipe, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digested by the old version and then again by the new, no issue falls into two.

    Where the new rules make one group of what were several issues, one of them keeps it.
    """
    events = [json.loads(line)["event"] for line in LINES] + _real_events()
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        before = digest(pipe, project, events)
    pipe.restart()
    after = digest(pipe, project, events)
    assert set(after) <= set(before)
    went: dict[int, set[int]] = defaultdict(set)
    came: dict[int, set[int]] = defaultdict(set)
    for old, new in zip(before, after, strict=True):
        went[old].add(new)
        came[new].add(old)
    assert [issue for issue, found in went.items() if len(found - _joined(came)) > 1] == []
    assert sum(found == {issue} for issue, found in went.items()) / len(went) > 0.75


def _joined(came: dict[int, set[int]]) -> set[int]:
    """The issues that took in what others held of the same bug."""
    return {issue for issue, olds in came.items() if len(olds) > 1}


def _real_events() -> list[dict[str, Any]]:
    """What the folder of real data holds, where there is one."""
    folder = Path(os.environ.get("TEST_FIXTURES", "/nonexistent"))
    found = [json.loads(path.read_bytes()) for path in sorted(folder.glob("events/*/*.json"))]
    for path in sorted(folder.glob("reports/grouping-*.json")):
        found += json.loads(path.read_text())["input"].values()
    if (folder / "grouping").is_dir():
        lines = (folder / "grouping/events.jsonl").read_text().splitlines()
        found += [json.loads(line)["event"] for line in lines]
    return [
        {key: value for key, value in event.items() if key not in ("event_id", "timestamp")}
        for event in found
        if isinstance(event, dict) and event.get("type") not in ("transaction", "profile")
    ]


MESSAGE = {"platform": "python", "logentry": {"message": "%s", "formatted": "disk is full"}}


def test_an_event_that_came_twice_still_leads_to_its_issue(
    pipe: Pipe, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to tell of the old group is a duplicate, and is dropped."""
    envelope = build_envelope(
        {"event_id": "a" * 32}, [({"type": "event"}, json.dumps(MESSAGE).encode())]
    )
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        pipe.spool(envelope, project=project.pk)
        pipe.work()
        (issue,) = digest(pipe, project, [MESSAGE])
    pipe.restart()
    pipe.spool(envelope, project=project.pk)
    pipe.work()
    assert digest(pipe, project, [MESSAGE]) == [issue]
    assert ("error", DropReason.DUPLICATE.outcome) in pipe.outcomes()


def test_what_was_told_in_vain_is_told_again(
    pipe: Pipe, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch that told of the old group could not be committed."""
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        (issue,) = digest(pipe, project, [MESSAGE])
    collect = pipe.metadata.collect

    def fails_once(events: list[EventSeen]) -> list[EventSeen]:
        monkeypatch.setattr(pipe.metadata, "collect", collect)
        raise StoreUnavailable("away for a moment")

    monkeypatch.setattr(pipe.metadata, "collect", fails_once)
    with pytest.raises(StoreUnavailable):
        digest(pipe, project, [MESSAGE])
    pipe.digester.start_over()
    assert digest(pipe, project, [MESSAGE]) == [issue]
