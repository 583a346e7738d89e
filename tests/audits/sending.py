"""Errors of an audited project, sent through the pipeline, and what the joins then say."""

from __future__ import annotations

from typing import Any

from tests.web.stage import Stage
from vedette import clock
from vedette.audits.looking import look
from vedette.audits.models import AuditStanding
from vedette.projects.models import Project
from vedette.wire.envelope import new_event_id


def error(**values: Any) -> dict[str, Any]:
    """An error whose innermost frame is in `shop/till.py`."""
    frames = [{"function": "pay", "filename": values.pop("file", "/srv/shop/till.py"), "lineno": 9}]
    frames[0] |= {"in_app": True, "context_line": "  charge()"}
    exception = {
        "type": values.pop("type", "ValueError"),
        "value": values.pop("value", "no"),
        "mechanism": {"type": "generic", "handled": values.pop("handled", True)},
        "stacktrace": {"frames": frames},
    }
    return {
        "event_id": new_event_id(),
        "timestamp": clock.timestamp() - 60,
        "platform": "python",
        "exception": {"values": [exception]},
        **values,
    }


def send(stage: Stage, project: Project, count: int = 1, **values: Any) -> None:
    """Send errors and let the pipeline take them."""
    for _ in range(count):
        stage.send(project, error(**values))
    stage.work()


def told(stage: Stage, project: Project) -> dict[str, list[str]]:
    """What the joins say, by their ids."""
    AuditStanding.objects.update(looked_at=None)
    assert look(stage.flow.store) == 1
    found: dict[str, list[str]] = {}
    for one in AuditStanding.objects.get(project=project).told:
        found.setdefault(one["join"], []).append(f"{one['severity']}: {one['text']}")
    return found
