"""Alerts follow their issue when it becomes part of another."""

from __future__ import annotations

from typing import Any

from tests.alerts.test_messages import HOOK, deliver, domain, happens, kinds, wait
from tests.sink import Sink

__all__ = ["domain", "wait"]


def test_of_two_alerts_about_what_is_one_issue_one_ends(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """The other stays, and ends with the issue; both ends are told."""
    from vedette.alerts.acting import end_settled
    from vedette.alerts.models import Alert, AlertState
    from vedette.issues.merging import merge
    from vedette.issues.models import Issue, Status

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1, 2)
    deliver(fetcher)
    kept = merge(*Issue.objects.order_by("pk"))
    (open_one,) = Alert.objects.exclude(state=AlertState.OVER)
    assert open_one.issue == kept
    wait(minutes=2)
    deliver(fetcher)
    kept.status = Status.RESOLVED
    kept.save()
    assert end_settled() == 1
    wait(minutes=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve", "resolve"]
    assert {one.issue for one in Alert.objects.all()} == {kept}


def test_an_alert_moves_with_its_key_and_its_labels(
    domain: Any, project: Any, make: Any, sink: Sink, wait: Any
) -> None:
    """So that the next event of the issue is not another alert."""
    from vedette.alerts.models import Alert, AlertState
    from vedette.issues.merging import merge
    from vedette.issues.models import Issue

    happens(domain, project, 1)
    make(HOOK.format(url=sink.url))
    happens(domain, project, 2, position=2)
    (alert,) = Alert.objects.exclude(state=AlertState.OVER)
    assert alert.issue.short_id == 2
    kept = merge(*Issue.objects.order_by("pk"))
    alert.refresh_from_db()
    assert (alert.issue, alert.key) == (kept, f'["{kept.pk}"]')
    assert alert.labels["issue_id"] == str(kept.pk)
    assert alert.labels["issue"] == kept.short_name
