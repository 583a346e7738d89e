"""Events that came before their map become readable, and nothing is counted twice."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.artifacts.bundling import DEBUG_ID, FILES, MAP, bundle, upload
from tests.artifacts.debugging import (
    BASE,
    MAPPING,
    TILL_SYM,
    crash,
    obfuscated,
    symbols_of,
    upload_debug,
)
from tests.artifacts.reading import CALL, FRAME, Reader, event, frames_of, verdict_of
from tests.web.world import World
from vedette import clock
from vedette.artifacts import repairing, storage
from vedette.artifacts.bundles import remove_bundle
from vedette.artifacts.models import Bundle
from vedette.blobs import BlobFolder
from vedette.blobs.packed import PackedFolder
from vedette.issues import reading as issue_reading
from vedette.issues.models import Issue, IssueKey, Status
from vedette.projects.models import Project
from vedette.store import query as q


@pytest.fixture
def reader(world: World, folder: PackedFolder, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Events of the shop."""
    monkeypatch.setattr(repairing, "artifact_blobs", storage.artifact_blobs)
    repairing.forget_all()
    return Reader(world, folder)


def repair(reader: Reader) -> int:
    """A turn of the loop."""
    flow = reader.flow
    return repairing.repair(flow.store, flow.owner, BlobFolder(flow.folder / "blobs"))


def events_of(reader: Reader, issue: Issue) -> int:
    """How many events of an issue the store has."""
    groups = list(IssueKey.objects.filter(issue=issue).values_list("group_id", flat=True))
    select = q.Select(
        projects=reader.world.visible,
        table="errors",
        columns={"n": q.count()},
        where=[q.OneOf(q.Field("group_id"), list[q.Value](groups))],
        start=0,
        end=1 << 62,
    )
    return int(reader.flow.store.query(select).rows[0][0])


def test_an_event_before_its_map_becomes_readable(
    token: Client, reader: Reader, alice: Client
) -> None:
    """The issue keeps its number, its status and its count, and gets its name."""
    sent = event(CALL, FRAME, debug_id=DEBUG_ID)
    reader.send(sent)
    before = reader.issue()
    Issue.objects.filter(pk=before.pk).update(status=Status.RESOLVED)
    upload(token, bundle())
    assert repair(reader) == 1
    stored = reader.stored(sent["event_id"])
    assert frames_of(stored)[-1]["context_line"] == "  throw new RangeError(`no ${total}`);"
    assert frames_of(stored, "raw_stacktrace") == [CALL, FRAME]
    after = Issue.objects.get(pk=before.pk)
    assert (after.short_id, after.status, after.event_count) == (before.short_id, "resolved", 1)
    assert "src/till.ts" in after.culprit + after.filename
    assert after.function == "pay"
    assert events_of(reader, after) == 1
    text = alice.get(f"/issues/{after.pk}/").content.decode()
    assert "src/till.ts:2:9" in text


def test_a_second_turn_changes_nothing(token: Client, reader: Reader) -> None:
    """Nor does a turn that ended before it was noted."""
    sent = event(debug_id=DEBUG_ID)
    reader.send(sent)
    upload(token, bundle())
    assert repair(reader) == 1
    stored = reader.row(sent["event_id"])
    repairing.forget_all()
    assert repair(reader) == 0
    assert repair(reader) == 0
    assert reader.row(sent["event_id"]) == stored


def test_an_event_that_was_on_its_way_is_read_a_little_later(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked at before the files came, and stored after the first pass."""
    upload(token, bundle())
    repair(reader)
    reader.context.symbolicator = None
    sent = event(debug_id=DEBUG_ID)
    reader.send(sent)
    assert repair(reader) == 0
    later = clock.timestamp() + 11
    monkeypatch.setattr(repairing.clock, "timestamp", lambda: later)
    assert repair(reader) == 1
    assert verdict_of(frames_of(reader.stored(sent["event_id"]))[-1]) == "applied"
    shop = Project.objects.get(pk=reader.world.shop.pk)
    assert shop.repaired_version == shop.artifacts_version


SECRET = {
    "user": {"id": "7", "ip_address": "10.0.0.7"},
    "request": {"url": "https://shop.example/pay", "headers": {"Authorization": "Bearer abc"}},
    "extra": {"password": "hunter2"},
}


def _said(reader: Reader, event_id: str) -> Any:
    """What the pages are told of the event's values."""
    issue = reader.issue()
    held = issue_reading.load_event(reader.world.visible, issue, event_id)
    assert held is not None
    return held.payload["_meta"]


@pytest.mark.parametrize("is_first", [True, False], ids=["map first", "event first"])
def test_what_was_scrubbed_is_still_told_of_the_right_values(
    token: Client, reader: Reader, alice: Client, is_first: bool
) -> None:
    """Also when frames before and behind grow, and of the frames as they were sent."""
    own = {**FRAME, "vars": {"password": "hunter2"}, "context_line": "fetch(u, 'Bearer abcdefgh')"}
    sent = event(own, debug_id=DEBUG_ID, **SECRET)
    plain = reader.send(event(own, debug_id="0" * 8 + DEBUG_ID[8:], **SECRET))
    before = _said(reader, plain["event_id"])
    frame = before["exception"]["values"]["0"]["stacktrace"]["frames"]["0"]
    assert {"vars", "context_line"} <= set(frame)
    if is_first:
        upload(token, bundle())
    reader.send(sent)
    if not is_first:
        upload(token, bundle())
        assert repair(reader) == 1
    for _ in range(2):
        said = _said(reader, sent["event_id"])
        held = said["exception"]["values"]["0"]
        assert held["raw_stacktrace"]["frames"]["0"] == frame
        assert held["stacktrace"]["frames"]["0"] == {"vars": frame["vars"]}
        rest = {name: said[name] for name in ("extra", "request")}
        assert rest == {name: before[name] for name in ("extra", "request")}
        text = alice.get(f"/issues/{reader.issue().pk}/events/{sent['event_id']}/?frames=minified")
        assert text.status_code == 200
        upload(token, bundle(debug_id="another"))
        repair(reader)


def test_events_after_the_map_join_the_issue_of_those_before(token: Client, reader: Reader) -> None:
    """Whether the old ones are read again first or later."""
    reader.send(event(debug_id=DEBUG_ID))
    issue = reader.issue()
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    assert reader.issue() == issue
    repair(reader)
    reader.send(event(debug_id=DEBUG_ID))
    assert reader.issue() == issue
    assert Issue.objects.get(pk=issue.pk).event_count == events_of(reader, issue) == 3


def _next_build(reader: Reader, token: Client) -> tuple[str, dict[str, Any], Any]:
    """A build with other names: its debug id, a frame of it, and what uploads it."""
    debug_id = "9" * 8 + DEBUG_ID[8:]
    made = copy.deepcopy(FILES)
    script, source_map = made
    made[script]["content"] = made[script]["content"].replace("o(r)", "qq(r)")
    moved = MAP["mappings"].replace("SAASA,EAAIC", "SAASA,GAAIC")
    made[source_map]["content"] = json.dumps({**MAP, "mappings": moved})
    for about in made.values():
        about["headers"]["debug-id"] = debug_id
    frame = {**FRAME, "function": "qq", "colno": 28}
    return debug_id, frame, lambda: upload(token, bundle(made))


def test_the_issue_of_a_build_without_maps_joins_the_one_it_is(
    token: Client, reader: Reader
) -> None:
    """The older keeps number and status; nothing is lost, and later events come to it."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    first = reader.issue()
    Issue.objects.filter(pk=first.pk).update(status=Status.IGNORED)
    debug_id, frame, upload_it = _next_build(reader, token)
    for _ in range(2):
        reader.send(event(frame, debug_id=debug_id))
    second = reader.issue()
    assert second != first
    upload_it()
    assert repair(reader) == 2
    assert not Issue.objects.filter(pk=second.pk).exists()
    kept = Issue.objects.get(pk=first.pk)
    assert (kept.short_id, kept.status, kept.event_count) == (first.short_id, Status.IGNORED, 3)
    assert events_of(reader, kept) == 3
    reader.send(event(frame, debug_id=debug_id))
    assert Issue.objects.get(pk=first.pk).event_count == events_of(reader, kept) == 4


def test_a_resolved_issue_comes_back_with_later_events_of_the_other(
    token: Client, reader: Reader
) -> None:
    """As it would have with these events themselves."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    first = reader.issue()
    Issue.objects.filter(pk=first.pk).update(status=Status.RESOLVED, resolved_at=clock.now())
    debug_id, frame, upload_it = _next_build(reader, token)
    reader.send(event(frame, debug_id=debug_id, timestamp=None))
    upload_it()
    repair(reader)
    assert Issue.objects.get(pk=first.pk).status == Status.UNRESOLVED


def test_an_issue_of_which_a_part_stays_minified_stays(token: Client, reader: Reader) -> None:
    """Nobody can say of those events what they are."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    debug_id, frame, upload_it = _next_build(reader, token)
    reader.send(event(frame, debug_id=debug_id))
    reader.send(event(frame, debug_id="8" + debug_id[1:]))
    second = reader.issue()
    upload_it()
    assert repair(reader) == 1
    assert Issue.objects.get(pk=second.pk).event_count == events_of(reader, second) == 2


def test_what_no_map_was_found_for_stays_and_is_tried_again(token: Client, reader: Reader) -> None:
    """An upload of something else changes nothing; the right one later does."""
    sent = event(debug_id=DEBUG_ID)
    reader.send(sent)
    other = {name: {**about, "headers": {}} for name, about in copy.deepcopy(FILES).items()}
    upload(token, bundle(other), version="other@1")
    assert repair(reader) == 0
    reader.send(event(debug_id=DEBUG_ID))
    upload(token, bundle())
    assert repair(reader) == 2
    assert verdict_of(frames_of(reader.stored(sent["event_id"]))[-1]) == "applied"


def test_a_frame_that_was_read_partly_is_read_whole_later(token: Client, reader: Reader) -> None:
    """The first script's map was there, the second's comes later."""
    vendor = {**FRAME, "abs_path": "https://shop.example/assets/vendor.js", "function": "o"}
    upload(token, bundle())
    sent = event(vendor, FRAME, debug_id=DEBUG_ID, release="shop@1.0")
    first = reader.send(sent)
    assert [verdict_of(frame) for frame in frames_of(first)] == ["no_debug_id", "applied"]
    repair(reader)
    plain = {
        name.replace("app", "vendor"): {
            **about,
            "url": about["url"].replace("app", "vendor"),
            "headers": {"sourcemap": "vendor.js.map"} if name.endswith(".js") else {},
        }
        for name, about in copy.deepcopy(FILES).items()
    }
    upload(token, bundle(plain), version="shop@1.0")
    assert repair(reader) == 1
    stored = reader.stored(sent["event_id"])
    assert [verdict_of(frame) for frame in frames_of(stored)] == ["applied", "applied"]
    assert frames_of(stored, "raw_stacktrace") == [vendor, FRAME]


def test_more_events_than_a_portion_are_all_read(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of one moment, and those that a turn leaves to the next."""
    monkeypatch.setattr("vedette.pipeline.repair.PORTION", 3)
    monkeypatch.setattr(repairing, "_MOST_PORTIONS", 2)
    for _ in range(8):
        reader.world.stage.send(reader.world.shop, event(debug_id=DEBUG_ID, timestamp=None))
    reader.world.stage.work()
    issue = reader.issue()
    upload(token, bundle())
    turns = [repair(reader) for _ in range(8)]
    assert sum(turns) == 8
    assert events_of(reader, issue) == Issue.objects.get(pk=issue.pk).event_count == 8


def _start_afresh(reader: Reader) -> None:
    """No events, no issues, no files of the shop."""
    shop = reader.world.shop
    for held in Bundle.objects.all():
        remove_bundle(held)
    Issue.objects.filter(project=shop).delete()
    reader.flow.store.purge_projects([shop.pk])
    reader.context.met_groups.forget()
    repairing.forget_all()


_STEPS = st.lists(
    st.sampled_from(["first", "second", "upload first", "upload second", "repair"]), max_size=10
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_STEPS)
def test_list_page_and_store_agree_at_every_moment(
    token: Client, reader: Reader, steps: list[str]
) -> None:
    """Whatever the order of the events of two builds, their uploads and repairs."""
    _start_afresh(reader)
    debug_id, frame, upload_second = _next_build(reader, token)
    sent = 0
    for step in [*steps, "first", "second", "upload first", "upload second", "repair"]:
        if step == "upload first":
            upload(token, bundle())
        elif step == "upload second":
            upload_second()
        elif step == "repair":
            repair(reader)
        else:
            is_first = step == "first"
            reader.send(
                event(FRAME, debug_id=DEBUG_ID) if is_first else event(frame, debug_id=debug_id)
            )
            sent += 1
        issues = list(Issue.objects.filter(project=reader.world.shop, type="RangeError"))
        assert sum(issue.event_count for issue in issues) == sent
        for issue in issues:
            assert issue.event_count == events_of(reader, issue)
            assert issue_reading.load_event(reader.world.visible, issue, "latest") is not None
    assert len(issues) == 1


def test_a_crash_before_its_debug_file_becomes_readable(
    token: Client, reader: Reader, alice: Client
) -> None:
    """Native frames as those of scripts: the issue keeps its number and gets its name."""
    payload = crash("0x10", hex(BASE + 0x256E), hex(BASE + 0x251F))
    reader.send(payload)
    issue = reader.issue()
    upload_debug(token, TILL_SYM)
    assert repair(reader) == 1
    frames = frames_of(reader.stored(payload["event_id"]))
    assert [symbols_of(frame)["verdict"] for frame in frames] == [
        "outside_images",
        "applied",
        "applied",
        "applied",
    ]
    issue.refresh_from_db()
    assert issue.culprit.startswith("shop::split")
    assert (events_of(reader, issue), Issue.objects.latest("pk").pk) == (1, issue.pk)
    assert "shop::checkout" in alice.get(f"/issues/{issue.pk}/").content.decode()
    assert repair(reader) == 0


def test_an_obfuscated_exception_gets_its_class_later(token: Client, reader: Reader) -> None:
    """A mapping that comes after the event names the exception, too, and only once."""
    payload = obfuscated()
    reader.send(payload)
    upload_debug(token, MAPPING, "mapping.txt")
    for count in (1, 0):
        assert repair(reader) == count
        stored = reader.stored(payload["event_id"])
        assert stored["exception"]["values"][0]["type"] == "BadCoin"
    assert [frame["function"] for frame in frames_of(stored)] == ["pay", "split"]
    assert frames_of(stored, "raw_stacktrace")[-1]["module"] == "a.b"
