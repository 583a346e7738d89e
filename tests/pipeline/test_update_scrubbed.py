"""An update of the scrubbing splits no issue: its text is what the key of then was made of."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.pipeline.test_update import of_the_day_before, pipe, project  # noqa: F401
from vedette.issues.models import IssueKey
from vedette.pipeline.scrub import Scrubber, ScrubSettings
from vedette.pipeline.scrub.past import former_scrubber
from vedette.wire.envelope import build_envelope

TEXTS = (
    "login failed password='hunter2' for bob",
    "Authorization: Basic dXNlcjpwYXNzd29yZA== refused",
    "X-Api-Key: k-1234567890 rejected",
    "UPDATE users SET password='hunter2' WHERE id=1",
    "id 5127938446138368 missing",
    "retry --token abc123",
    "nothing secret here",
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_event_finds_its_issue(
    pipe: Any,  # noqa: F811
    project: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    """Whatever is cut out of it today, and was not then, or the other way round."""
    event = {"platform": "python", "level": "error", "message": text}
    scrub, former = Scrubber.scrub, former_scrubber(ScrubSettings())
    with monkeypatch.context() as then:
        of_the_day_before(then)
        then.setattr(
            Scrubber, "scrub", lambda _self, *given, **named: scrub(former, *given, **named)
        )
        before = _issue_of(pipe, project, event)
    pipe.owner.checkpoint()
    pipe.digester.close()
    pipe.store.close()
    pipe.open()
    assert _issue_of(pipe, project, event) == before


def _issue_of(pipe: Any, project: Any, event: dict[str, Any]) -> int:  # noqa: F811
    event_id = uuid.uuid4().hex
    item = ({"type": "event"}, json.dumps(event).encode())
    pipe.spool(build_envelope({"event_id": event_id}, [item]), project=project.pk)
    pipe.work()
    groups = {
        row["event_id"]: row["group_id"] for row in pipe.rows("errors", "event_id", "group_id")
    }
    return int(IssueKey.objects.get(project=project, group_id=groups[event_id]).issue_id)
