"""Reading events again goes on after a restart, and misses none of one moment."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from django.test import Client

from tests.artifacts.bundling import DEBUG_ID, bundle, upload
from tests.artifacts.reading import Reader, event, frames_of, verdict_of
from tests.artifacts.test_repair import _next_build, events_of, reader, repair
from vedette import clock
from vedette.artifacts import repairing
from vedette.artifacts.models import GroupMove
from vedette.artifacts.sweeping import sweep
from vedette.issues.models import Issue
from vedette.pipeline.repair import Window
from vedette.projects.models import Project

__all__ = ["reader"]


def test_issues_become_one_though_the_process_ended_before(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All events of the second issue were read again, but nobody had joined it to the first."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    first = reader.issue()
    debug_id, frame, upload_it = _next_build(reader, token)
    reader.send(event(frame, debug_id=debug_id))
    upload_it()
    monkeypatch.setattr(repairing, "_MOST_PORTIONS", 1)
    assert repair(reader) == 1
    assert Issue.objects.filter(type="RangeError").count() == 2
    repairing.forget_all()
    for _ in range(3):
        repair(reader)
    assert list(Issue.objects.filter(type="RangeError")) == [first]
    assert events_of(reader, first) == 2


def test_an_issue_whose_maps_came_in_two_uploads_becomes_the_one_it_is(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first upload, days ago, made a part of its events readable."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    first = reader.issue()
    debug_id, frame, upload_it = _next_build(reader, token)
    reader.send(event(frame, debug_id=debug_id))
    other = "8" + debug_id[1:]
    reader.send(event(frame, debug_id=other))
    upload_it()
    repair(reader)
    later = clock.timestamp() + 11
    monkeypatch.setattr(repairing.clock, "timestamp", lambda: later)
    repair(reader)
    assert Issue.objects.filter(type="RangeError").count() == 2
    files = copy.deepcopy(_files_of(debug_id, other))
    upload(token, bundle(files))
    repair(reader)
    assert list(Issue.objects.filter(type="RangeError")) == [first]
    assert events_of(reader, first) == 3


def _files_of(debug_id: str, other: str) -> dict[str, dict[str, object]]:
    """The files of the build with that debug id under another one."""
    from vedette.artifacts.models import ArtifactFile
    from vedette.artifacts.storage import artifact_blobs

    return {
        f"files/{row.pk}": {
            "content": artifact_blobs().get(row.blob, 1 << 20),
            "type": row.type,
            "url": row.url,
            "headers": {**row.headers, "debug-id": other},
        }
        for row in ArtifactFile.objects.filter(debug_id=debug_id)
    }


def test_what_groups_became_is_kept_as_long_as_events_are_read_again(
    token: Client, reader: Reader
) -> None:
    """And no longer."""
    from datetime import timedelta

    reader.send(event(debug_id=DEBUG_ID))
    upload(token, bundle())
    repair(reader)
    sweep(timedelta(days=90))
    assert GroupMove.objects.count() == 1
    GroupMove.objects.update(created_at=clock.now() - timedelta(days=9))
    sweep(timedelta(days=90))
    assert GroupMove.objects.count() == 0


def test_more_events_of_one_moment_than_a_portion_are_all_read(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many clients tell the time in whole seconds."""
    monkeypatch.setattr("vedette.pipeline.repair.PORTION", 3)
    other = "8" + DEBUG_ID[1:]
    at = int(clock.timestamp())
    for number in range(8):
        sent = event(debug_id=other if number % 2 else DEBUG_ID, timestamp=at)
        reader.world.stage.send(reader.world.shop, sent)
    reader.world.stage.work()
    upload(token, bundle())
    assert repair(reader) == 4


def test_the_same_upload_again_is_no_change(token: Client, reader: Reader) -> None:
    """A build that runs again does not have all events of a week read again."""
    upload(token, bundle(), version="shop@1")
    before = Project.objects.get(pk=reader.world.shop.pk).artifacts_version
    upload(token, bundle(), version="shop@1")
    assert Project.objects.get(pk=reader.world.shop.pk).artifacts_version == before
    upload(token, bundle(), version="shop@2")
    assert Project.objects.get(pk=reader.world.shop.pk).artifacts_version > before


def test_the_oldest_events_are_read_however_often_files_come(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the newest at once: a build every minute does not begin everything anew."""
    now = int(clock.timestamp())
    old = event(debug_id=DEBUG_ID, timestamp=now - 5000)
    other = "8" + DEBUG_ID[1:]
    middle = [event(debug_id=other, timestamp=now - number) for number in range(100, 2000, 100)]
    for sent in (old, *middle):
        reader.world.stage.send(reader.world.shop, sent)
    reader.world.stage.work()
    upload(token, bundle())
    monkeypatch.setattr("vedette.pipeline.repair.PORTION", 1)
    monkeypatch.setattr(repairing, "_MOST_PORTIONS", 4)
    found = 0
    for number in range(16):
        found += repair(reader)
        upload(token, bundle(debug_id=str(number)), version=f"other@{number}")
    assert found == 1
    assert verdict_of(frames_of(reader.stored(old["event_id"]))[-1]) == "applied"
    reader.context.symbolicator = None
    newest = event(debug_id=DEBUG_ID, timestamp=now)
    reader.send(newest)
    upload(token, bundle(debug_id="last"))
    repair(reader)
    assert verdict_of(frames_of(reader.stored(newest["event_id"]))[-1]) == "applied"


def test_a_project_that_cannot_be_read_again_stops_no_other(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong is told after the others had their turn."""
    shop, world = reader.world.shop, reader.world
    other = Project.objects.filter(organization=world.organization, pk__gt=shop.pk)[0]
    sent = event(debug_id=DEBUG_ID)
    world.stage.send(other, sent)
    world.stage.work()
    upload(token, bundle(), projects=[shop.slug, other.slug])
    real = repairing._repair

    def failing(project: Project, *rest: Any) -> int:
        if project.pk == shop.pk:
            raise ValueError("a page that is torn")
        return real(project, *rest)

    monkeypatch.setattr(repairing, "_repair", failing)
    with pytest.raises(ValueError, match="torn"):
        repair(reader)
    assert verdict_of(frames_of(reader.stored(sent["event_id"]))[-1]) == "applied"


def test_each_issue_is_named_by_its_own_newest_event(token: Client, reader: Reader) -> None:
    """Also where another issue's event reads the same and is newer."""
    now = int(clock.timestamp())
    debug_id, frame, upload_it = _next_build(reader, token)
    reader.send(event(debug_id=DEBUG_ID, timestamp=now))
    first = reader.issue()
    reader.send(event(frame, debug_id="8" + debug_id[1:], timestamp=now - 50))
    reader.send(event(frame, debug_id=debug_id, timestamp=now - 20))
    second = reader.issue()
    upload(token, bundle())
    upload_it()
    assert repair(reader) == 2
    names = Issue.objects.filter(pk__in=[first.pk, second.pk]).values_list("function", flat=True)
    assert list(names) == ["pay", "pay"]


def test_what_has_no_stack_is_not_read_again(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message of a browser costs nothing at each of the uploads of a week."""
    plain = {"event_id": uuid.uuid4().hex, "platform": "javascript", "message": "no lamp"}
    for sent in (plain, event(debug_id=DEBUG_ID)):
        reader.world.stage.send(reader.world.shop, sent)
    reader.world.stage.work()
    upload(token, bundle())
    looked: list[str] = []
    real = repairing.Repairer.portion

    def portion(self: repairing.Repairer, window: Window) -> list[dict[str, Any]]:
        rows = real(self, window)
        looked.extend(row["event_id"] for row in rows)
        return rows

    monkeypatch.setattr(repairing.Repairer, "portion", portion)
    assert repair(reader) == 1
    assert plain["event_id"] not in looked
    assert looked
