"""An update of the grouping on a running product: the issues of the day before go on."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.grouping.test_versions import LINES, OLD
from tests.pipeline.pipe import Pipe
from vedette.config import Config
from vedette.facts import EventSeen
from vedette.outcome import DropReason
from vedette.pipeline import steps
from vedette.pipeline.grouping import group, title
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
    made.metadata = ReactingDomain(Config(), issues_per_hour=10_000)  # type: ignore[assignment]
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
    """Digested by the old version and then again by the new, every event stays in its issue."""
    events = [json.loads(line)["event"] for line in LINES] + _real_events()
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        before = digest(pipe, project, events)
    update(pipe)
    assert digest(pipe, project, events) == before
    assert digest(pipe, project, events[::-1]) == before[::-1]


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


def update(pipe: Pipe) -> None:
    """The old product ends as it should, and the new one starts."""
    pipe.owner.checkpoint()
    pipe.digester.close()
    pipe.store.close()
    pipe.open()


def script(name: str) -> dict[str, Any]:
    """A crash in a chunk of a bundler; the old version kept a hash without a digit."""
    frame = {"function": "t", "filename": f"https://a.example/{name}.js", "in_app": True}
    error = {"type": "TypeError", "value": "x", "stacktrace": {"frames": [frame]}}
    return {"platform": "javascript", "exception": {"values": [error]}}


YESTERDAY, DEPLOYED = script("main-LRTZXBGJ"), script("main-QWXZPLKV")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_yesterdays_event_stays_in_its_issue(
    pipe: Pipe,
    project: Any,
    monkeypatch: pytest.MonkeyPatch,
    order: tuple[int, int],
    at_once: bool,
) -> None:
    """Whether or not one of a new deploy came first, and made an issue under today's key."""
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        (issue,) = digest(pipe, project, [YESTERDAY])
    update(pipe)
    sent = [(YESTERDAY, DEPLOYED)[at] for at in order]
    if at_once:
        found = digest(pipe, project, sent)
    else:
        found = [digest(pipe, project, [event])[0] for event in sent]
    assert found[order.index(0)] == issue
    assert digest(pipe, project, [YESTERDAY]) == [issue]
    assert digest(pipe, project, [script("main-ZKJHGBVC")]) == [found[order.index(1)]]


def test_a_second_digester_finds_it_too(
    pipe: Pipe, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One met the new deploy, and another one meets yesterday's event."""
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        (issue,) = digest(pipe, project, [YESTERDAY])
    update(pipe)
    digest(pipe, project, [DEPLOYED])
    pipe.digester.close()
    pipe.digester = pipe.make_digester()
    assert digest(pipe, project, [YESTERDAY]) == [issue]


def test_two_issues_of_one_group_of_today_both_go_on(
    pipe: Pipe, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them takes the events of the other."""
    with monkeypatch.context() as day_before:
        of_the_day_before(day_before)
        before = digest(pipe, project, [YESTERDAY, DEPLOYED])
    update(pipe)
    assert before[0] != before[1]
    assert digest(pipe, project, [YESTERDAY, DEPLOYED]) == before


def closure(line: int) -> dict[str, Any]:
    """A crash in a function without a name, of which no source line was sent."""
    frame = {"function": "Register.func1", "module": "shop/routes", "lineno": line, "in_app": True}
    error = {"type": "runtime.plainError", "value": "x", "stacktrace": {"frames": [frame]}}
    return {"platform": "go", "exception": {"values": [error]}}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_closure_that_an_edit_moved_stays_in_its_issue(
    pipe: Pipe, project: Any, at_once: bool
) -> None:
    """Wherever the borders of the blocks lie; another one far below is another issue."""
    lines = [*range(40, 60), *range(41, 20, -2)]
    if at_once:
        found = digest(pipe, project, [closure(line) for line in lines])
    else:
        found = [digest(pipe, project, [closure(line)])[0] for line in lines]
    assert len(set(found)) == 1
    assert digest(pipe, project, [closure(200)])[0] != found[0]
    assert digest(pipe, project, [closure(58)]) == found[:1]


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
    update(pipe)
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
