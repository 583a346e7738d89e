"""Alerts over checks of a monitor that is watched no more: no value will ever end them."""

from __future__ import annotations

from vedette.alerts.models import Alert
from vedette.alerts.rules import LiveRule
from vedette.monitors.models import Monitor


def is_watched_no_more(live: LiveRule, alert: Alert) -> bool:
    """Whether the monitor that the alert is about is paused or gone."""
    slug = alert.labels.get("monitor")
    if live.rule.source != "check" or "monitor" not in live.rule.per or not slug:
        return False
    rows = Monitor.objects.filter(project=live.project_id, slug=slug, is_paused=False)
    return not rows.exists()
