"""Events of scripts on their way through the pipeline, and what is stored of them."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from tests.artifacts.bundling import DEBUG_ID
from tests.web.world import World
from vedette.blobs.packed import PackedFolder
from vedette.issues.models import Issue
from vedette.issues.stored import codec
from vedette.projects.models import Project
from vedette.sourcemaps.symbolicator import Symbolicator
from vedette.store import query as q
from vedette.symbols.reader import SymbolReader
from vedette.wire.json_text import parse

APP = "https://shop.example/assets/app.js"
# What Chromium tells of SCRIPT: where the error is made, and where the function is called.
FRAME = {
    "abs_path": APP,
    "filename": APP,
    "function": "o",
    "lineno": 1,
    "colno": 27,
    "in_app": True,
}
CALL = {**FRAME, "function": "?", "colno": 68}


def event(*frames: dict[str, Any], debug_id: str = "", **fields: Any) -> dict[str, Any]:
    """An event of a browser; its frames oldest call first."""
    made: dict[str, Any] = {
        "event_id": uuid.uuid4().hex,
        "platform": "javascript",
        "exception": {
            "values": [
                {
                    "type": "RangeError",
                    "value": "no 7",
                    "stacktrace": {"frames": copy.deepcopy(list(frames) or [FRAME])},
                }
            ]
        },
        **fields,
    }
    if debug_id:
        image = {"type": "sourcemap", "code_file": APP, "debug_id": debug_id}
        made["debug_meta"] = {"images": [image]}
    return made


class Reader:
    """Sends events of the shop and reads what is stored."""

    def __init__(self, world: World, folder: PackedFolder) -> None:
        self.world = world
        self.flow = world.stage.flow
        self.context = self.flow.digester._context
        owner = self.flow.owner
        self.context.symbolicator = Symbolicator(
            owner.artifacts, folder, version_of=owner.artifacts_version
        )
        self.context.symbols = SymbolReader(owner.symbols, folder)

    def send(self, payload: dict[str, Any], project: Project | None = None) -> dict[str, Any]:
        """What is stored of an event that is sent now."""
        self.world.stage.send(project or self.world.shop, payload)
        self.world.stage.work()
        return self.stored(payload["event_id"])

    def row(self, event_id: str) -> dict[str, Any]:
        """The event's row in the store."""
        select = q.Select(
            projects=self.world.visible,
            table="errors",
            columns={name: q.Field(name) for name in ("body", "group_id", "culprit", "value")},
            where=[q.Compare(q.Field("event_id"), "=", event_id)],
            start=0,
            end=1 << 62,
            limit=2,
        )
        (row,) = self.flow.store.query(select).dicts()
        return row

    def stored(self, event_id: str) -> dict[str, Any]:
        """The event's payload."""
        found = parse(codec().restore(self.row(event_id)["body"]))
        assert isinstance(found, dict)
        return found

    def frame(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The crash frame of an event that is sent now."""
        found: dict[str, Any] = frames_of(self.send(payload))[-1]
        return found

    def issue(self) -> Issue:
        """The newest issue."""
        return Issue.objects.latest("pk")


def frames_of(stored: dict[str, Any], name: str = "stacktrace") -> list[dict[str, Any]]:
    """The frames of the last exception."""
    found: list[dict[str, Any]] = stored["exception"]["values"][-1][name]["frames"]
    return found


def verdict_of(frame: dict[str, Any]) -> str:
    """What came of a frame."""
    return str(frame.get("data", {}).get("source_map", {}).get("verdict", ""))


__all__ = ["APP", "CALL", "DEBUG_ID", "FRAME", "Reader", "event", "frames_of", "verdict_of"]
