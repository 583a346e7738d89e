"""Samples of filters through the product's pipeline, with what the filters are set to."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.pipeline.pipe import FAR, Metadata, Pipe
from vedette.filters import Sample
from vedette.filters._compiled import settings_of
from vedette.pipeline.settings import ProjectSettings
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope


class Filtering(Metadata):
    """Projects of which all have set their filters so."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: Mapping[str, Any] = {}

    def settings(self) -> Mapping[int, ProjectSettings]:
        return dict.fromkeys(self.projects, ProjectSettings(filters=settings_of(self.chosen)))


class Passage(Pipe):
    """The pipeline with such projects."""

    def __init__(self, folder: Path) -> None:
        self.filtering = Filtering()
        super().__init__(folder)

    def open(self) -> None:
        self.metadata = self.filtering
        super().open()

    def choose(self, **chosen: Any) -> None:
        """Set the filters."""
        self.filtering.chosen = chosen
        self.digester.close()
        self.digester = self.make_digester()

    def send(self, *samples: Sample, project: int = 1) -> None:
        """Send samples and let the pipeline take them."""
        self.spool(*(envelope(one) for one in samples for _ in range(one.times)), project=project)
        self.work()
        assert self.dead.count() == 0

    def counted(self) -> dict[tuple[str, str, str], int]:
        """Counts by category, outcome and reason, zeros left out."""
        names = ("category", "outcome", "reason")
        select = q.Select(
            table="outcomes",
            projects=VisibleProjects.of_system(),
            columns={
                **{name: q.call("coalesce", q.Field(name), "") for name in names},
                "n": q.call("sum", q.Field("quantity")),
            },
            start=0,
            end=FAR,
            group_by=list(names),
            limit=1000,
        )
        return {tuple(row[:3]): int(row[3]) for row in self.store.query(select).rows if row[3]}


def envelope(sample: Sample, *, received: float | None = None) -> bytes:
    """A sample as an SDK sends it, of this moment."""
    now = time.time() if received is None else received
    payload, event_id = dict(sample.payload), uuid.uuid4().hex
    if sample.kind == "span":
        payload |= {"start_timestamp": now - 0.1, "end_timestamp": now}
        held = {"version": 2, "items": [payload]}
        header: dict[str, Any] = {
            "type": "span",
            "item_count": 1,
            "content_type": "application/vnd.sentry.items.span.v2+json",
        }
        return build_envelope({}, [(header, json.dumps(held).encode())])
    payload |= {"event_id": event_id, "timestamp": now}
    if sample.kind == "transaction":
        payload["start_timestamp"] = now - 0.1
    item = ({"type": sample.kind}, json.dumps(payload).encode())
    return build_envelope({"event_id": event_id}, [item])
