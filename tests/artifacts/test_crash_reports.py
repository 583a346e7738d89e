"""A crash report beside an event, or alone, becomes an issue that can be read."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from tests.artifacts.debugging import TILL_SYM, upload_debug
from tests.artifacts.reading import Reader, frames_of
from tests.crashes.dumping import TILL_DUMP
from tests.crashes.test_containers import APPLE, FILES, container
from tests.crashes.test_frame_info import LEAN, LEAN_DUMP
from tests.web.world import World
from vedette.blobs.packed import PackedFolder
from vedette.ingest.crash import minidump_envelope, unreal_envelope
from vedette.store import query as q
from vedette.wire.envelope import build_envelope, read_headers

DUMP = {"type": "attachment", "attachment_type": "event.minidump", "filename": "crash.dmp"}


@pytest.fixture
def reader(world: World, folder: PackedFolder) -> Reader:
    return Reader(world, folder)


def _take(reader: Reader, envelope: bytes) -> dict[str, Any]:
    """What is stored of the event of an envelope."""
    headers, _ = read_headers(envelope)
    reader.context.refresh()
    reader.flow.spool(envelope, project=reader.world.shop.pk)
    reader.world.stage.work()
    return reader.stored(str(headers.event_id))


def test_a_posted_dump_is_named_down_to_its_lines(token: Client, reader: Reader) -> None:
    """As Crashpad and Breakpad send it: a form, or the bare file."""
    upload_debug(token, TILL_SYM)
    stored = _take(reader, minidump_envelope(TILL_DUMP, "application/x-dmp", 1 << 24))
    frames = frames_of(stored)
    assert [one["function"].partition("(")[0] for one in frames[-4:]] == [
        "main",
        "shop::checkout",
        "shop::Till::pay",
        "shop::split",
    ]
    assert [one["trust"] for one in frames[-4:]] == ["fp", "fp", "context", "context"]
    issue = reader.issue()
    assert (issue.type, issue.value) == ("SIGSEGV", "SEGV_MAPERR at 0x0")
    assert (issue.level, issue.culprit.partition("(")[0]) == ("fatal", "shop::split")


def test_a_dump_beside_an_event_fills_it(reader: Reader) -> None:
    """What the SDK said stays; the stack, the threads and the images are the dump's."""
    event = {
        "event_id": uuid.uuid4().hex,
        "platform": "native",
        "release": "shop@1.0",
        "tags": {"till": "7"},
        "contexts": {"os": {"name": "Debian"}},
        "debug_meta": {"images": [{"type": "elf", "code_file": "/gone"}]},
    }
    header = {"event_id": event["event_id"]}
    envelope = build_envelope(
        header, [({"type": "event"}, json.dumps(event).encode()), (DUMP, TILL_DUMP)]
    )
    stored = _take(reader, envelope)
    assert stored["release"] == "shop@1.0"
    assert stored["contexts"]["os"]["name"] == "Debian"
    assert stored["contexts"]["device"]["arch"] == "x86_64"
    assert stored["exception"]["values"][0]["type"] == "SIGSEGV"
    assert "/gone" not in {one["code_file"] for one in stored["debug_meta"]["images"]}


def test_a_dump_without_an_event_makes_one(reader: Reader) -> None:
    """An envelope with nothing but the file."""
    stored = _take(reader, build_envelope({"event_id": uuid.uuid4().hex}, [(DUMP, TILL_DUMP)]))
    assert stored["exception"]["values"][0]["type"] == "SIGSEGV"
    assert reader.issue().title.startswith("SIGSEGV")


def test_a_dump_that_cannot_be_read_leaves_its_event(reader: Reader) -> None:
    """The event says what was wrong with the file."""
    event = {"event_id": uuid.uuid4().hex, "message": "it crashed"}
    header = {"event_id": event["event_id"]}
    items = [({"type": "event"}, json.dumps(event).encode()), (DUMP, b"no dump")]
    stored = _take(reader, build_envelope(header, items))
    assert stored["errors"][0]["name"] == "event.minidump"
    assert "begin" in stored["errors"][0]["value"]


def test_an_unreal_crash_has_its_stack_and_its_files(reader: Reader) -> None:
    """As the engine posts it; log, context and dump are attachments of their own."""
    stored = _take(reader, unreal_envelope(container(FILES), "alice"))
    assert stored["exception"]["values"][0]["type"] == "SIGSEGV"
    assert stored["contexts"]["unreal"]["GameName"] == "UE4-Shop"
    assert stored["user"]["id"] == "alice"
    found = reader.flow.store.query(
        q.Select(
            projects=reader.world.visible,
            table="attachments",
            columns={"name": q.Field("name"), "type": q.Field("attachment_type")},
            start=0,
            end=1 << 62,
        )
    )
    assert {(row[0], row[1]) for row in found.rows} >= {
        ("CrashContext.runtime-xml", "unreal.context"),
        ("Shop.log", "unreal.logs"),
        ("UE4Minidump.dmp", "event.minidump"),
    }


def test_an_unreal_item_and_an_apple_report_make_events(reader: Reader) -> None:
    """Each alone in its envelope."""
    header = {"event_id": uuid.uuid4().hex}
    stored = _take(reader, build_envelope(header, [({"type": "unreal_report"}, container(FILES))]))
    assert stored["message"] == "Assertion failed: Coins > 0"
    header = {"event_id": uuid.uuid4().hex}
    report = {"type": "attachment", "attachment_type": "event.applecrashreport"}
    stored = _take(reader, build_envelope(header, [(report, APPLE.encode())]))
    assert stored["exception"]["values"][0]["type"] == "EXC_BAD_ACCESS"
    assert reader.issue().culprit.startswith("Till.pay")


def test_a_program_without_frame_pointers_has_an_exact_stack(token: Client, reader: Reader) -> None:
    """By the call frame information of its file, which was uploaded before the crash."""
    assert upload_debug(token, LEAN, name="lean")["state"] == "ok"
    stored = _take(reader, minidump_envelope(LEAN_DUMP, "application/x-dmp", 1 << 24))
    frames = [one for one in frames_of(stored) if one["package"].endswith("lean")]
    assert [(one["function"], one["lineno"], one["trust"]) for one in frames[-4:]] == [
        ("main", 21, "cfi"),
        ("checkout", 17, "cfi"),
        ("pay", 16, "cfi"),
        ("split", 13, "context"),
    ]
