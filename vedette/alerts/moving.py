"""Alerts about an issue that became part of another follow it; runs in that transaction."""

from __future__ import annotations

from typing import Any

from vedette.alerts import acting
from vedette.alerts.counters import read_key, write_key
from vedette.alerts.models import Alert, AlertState
from vedette.issues.models import Issue


def follow(sender: object, kept: Issue, gone: Issue, **_: Any) -> None:
    """Let the alerts of `gone` be about `kept`; of two of one rule that are open one ends."""
    mine = Alert.objects.filter(issue=gone)
    for alert in mine.exclude(state=AlertState.OVER).select_related("rule").order_by("pk"):
        key = _moved(alert, str(gone.pk), str(kept.pk))
        same = Alert.objects.filter(rule=alert.rule, key=key).exclude(state=AlertState.OVER)
        if same.exclude(pk=alert.pk).exists():
            acting.resolve([alert], None, f"its issue is now {kept.short_name}")
            continue
        alert.key = key
        alert.labels |= {
            "issue": kept.short_name,
            "issue_id": str(kept.pk),
            "issue_title": kept.title,
            "error_type": kept.type,
        }
        alert.save(update_fields=["key", "labels"])
    mine.update(issue=kept)


def _moved(alert: Alert, gone: str, kept: str) -> str:
    """The key with the issue that is kept: an edge's whole key, or the place of `issue`."""
    key = list(read_key(alert.key))
    per = alert.rule.body.get("per") or ["issue"]
    return write_key(
        tuple(
            kept if written == "issue" and value == gone else value
            for written, value in zip(per, key, strict=False)
        )
    )
