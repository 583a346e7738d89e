"""Events of .NET before and after their portable PDB."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from tests.artifacts.debugging import symbols_of, upload_debug
from tests.artifacts.reading import Reader, frames_of
from tests.artifacts.test_repair import events_of, repair
from tests.symbols.test_portable import REAL
from tests.web.world import World
from vedette.artifacts import repairing, storage
from vedette.blobs.packed import PackedFolder
from vedette.issues.models import Issue
from vedette.symbols.verdicts import SymbolVerdict


@pytest.fixture
def reader(world: World, folder: PackedFolder, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(repairing, "artifact_blobs", storage.artifact_blobs)
    repairing.forget_all()
    return Reader(world, folder)


def _event(value: str, offset: int = 7) -> dict[str, Any]:
    frames = [
        {
            "function": function,
            "module": "ClrLoader.ClrLoader",
            "package": "ClrLoader, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null",
            "in_app": True,
            "instruction_addr": hex(offset),
            "addr_mode": "rel:0",
            "function_id": token,
        }
        for function, token in (("Main", "0x600000a"), ("void Initialize()", "0x6000002"))
    ]
    return {
        "event_id": uuid.uuid4().hex,
        "platform": "csharp",
        "exception": {
            "values": [{"type": "Bad", "value": value, "stacktrace": {"frames": frames}}]
        },
        "debug_meta": {
            "images": [
                {
                    "type": "pe_dotnet",
                    "debug_id": "95f8f6b2-afbc-45e4-884c-b4a5bf5addd2-fc31f2b1",
                    "code_file": "/app/ClrLoader.dll",
                }
            ]
        },
    }


def _issues() -> set[Issue]:
    return set(Issue.objects.filter(type="Bad"))


def test_an_upload_splits_and_merges_no_issue(token: Client, reader: Reader) -> None:
    """Events before and after it are of one issue, counted once, and all have their lines."""
    first = [_event("one"), _event("one", offset=8)]
    other = _event("one")
    other["exception"]["values"][0]["stacktrace"]["frames"][1]["function"] = "void Other()"
    for one in (*first, other):
        stored = reader.send(one)
        assert symbols_of(frames_of(stored)[-1])["verdict"] == SymbolVerdict.NO_FILE
    issues = _issues()
    assert len(issues) == 2
    upload_debug(token, REAL, name="ClrLoader.pdb")
    repair(reader)
    last = [_event("one"), _event("one", offset=8)]
    for one in last:
        reader.send(one)
    for one in (*first, *last):
        frame = frames_of(reader.stored(one["event_id"]))[-1]
        assert (frame["filename"], frame["lineno"]) == ("ClrLoader.cs", 36)
    assert _issues() == issues
    assert sorted(events_of(reader, issue) for issue in issues) == [1, 4]
