"""What time alone changes: snoozes that are over, alerts whose issue went quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.alerts.test_messages import HOOK, deliver, domain, happens, kinds, wait
from tests.sink import Sink
from vedette import clock

__all__ = ["domain", "wait"]


def test_what_began_in_a_snooze_is_told_when_it_is_over(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Once, and not what ended meanwhile."""
    from vedette.alerts.acting import end_settled
    from vedette.alerts.aging import end_snoozes
    from vedette.alerts.models import AlertRule
    from vedette.issues.models import Issue, Status

    make(HOOK.format(url=sink.url))
    until = clock.now() + timedelta(hours=1)
    AlertRule.objects.update(snoozed_until=until, changed_at=clock.now())
    happens(domain, project, 1, 2)
    deliver(fetcher)
    Issue.objects.filter(short_id=2).update(status=Status.RESOLVED)
    end_settled()
    wait(minutes=59)
    assert end_snoozes(clock.now()) == 0
    wait(minutes=2)
    assert end_snoozes(clock.now()) == 1
    assert end_snoozes(clock.now()) == 0
    wait(minutes=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    assert len(sink.received[0].json["alerts"]) == 1


def test_an_alert_ends_a_week_after_its_issue_was_seen_last(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """As long as the issue goes on it stays; who heard of it hears of the end."""
    from vedette.alerts.aging import end_quiet
    from vedette.issues.models import Issue

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    wait(days=6)
    Issue.objects.update(last_seen=clock.now())
    wait(days=2)
    assert end_quiet(clock.now()) == 0
    wait(days=6)
    assert end_quiet(clock.now()) == 1
    wait(minutes=2)
    deliver(fetcher)
    assert kinds(sink)[-1] == "resolve"


def test_history_goes_with_telemetry(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """What fires stays, with nothing but what was told lately."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.aging import forget
    from vedette.alerts.models import Alert, DeliveryTry, OutboxMessage

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1, 2)
    deliver(fetcher)
    resolve(Alert.objects.filter(issue__short_id=1).select_related("rule__project"), None)
    wait(minutes=2)
    deliver(fetcher)
    assert forget(clock.now() - timedelta(days=1)) == 0
    wait(days=2)
    assert forget(clock.now() - timedelta(days=1)) == 3
    assert [one.issue.short_id for one in Alert.objects.all()] == [2]
    assert not OutboxMessage.objects.exists()
    assert not DeliveryTry.objects.exists()
