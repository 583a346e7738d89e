"""What is open for months costs neither the look at windows nor a message about something new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.models.signals import post_init

from tests.alerts.test_live import BEGIN, held
from tests.alerts.test_messages import HOOK, deliver, domain, happens, wait
from tests.alerts.test_windows import rule_of
from tests.sink import Sink
from vedette.store.duck import DuckStore

__all__ = ["domain", "held", "wait"]

OPEN = 60


@contextmanager
def loaded(model: type) -> Iterator[list[int]]:
    """How many rows of a table are read meanwhile."""
    counted = [0]

    def count(**_: object) -> None:
        counted[0] += 1

    post_init.connect(count, sender=model)
    try:
        yield counted
    finally:
        post_init.disconnect(count, sender=model)


def test_alerts_of_issues_that_stay_open_are_not_read_by_the_look_at_windows(
    held: DuckStore, domain: Any, project: Any, make: Any, sink: Sink, tmp_path: Path
) -> None:
    """They are open until a person closes them; a look comes every ten seconds."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert

    make(HOOK.format(url=sink.url))
    happens(domain, project, *range(1, OPEN + 1))
    rule_of(project, 'measure: count\nwindow: 5m\nlevels: {warning: ">1000000"}')
    assert Alert.objects.filter(state="firing").count() == OPEN
    with loaded(Alert) as counted:
        evaluate(BEGIN + 600)
    assert counted[0] == 0


def test_a_group_that_speaks_reads_what_is_new_and_not_all_its_members(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Sixty were told before; one more is one row."""
    from vedette.alerts.models import GroupedAlert

    make(HOOK.format(url=sink.url))
    happens(domain, project, *range(1, OPEN + 1))
    deliver(fetcher)
    wait(seconds=61)
    with loaded(GroupedAlert) as counted:
        happens(domain, project, OPEN + 1, position=2)
        deliver(fetcher)
    assert len(sink.received) == 2
    assert counted[0] <= 3


def test_the_end_of_an_alert_is_found_without_reading_what_is_over(
    project: Any, make: Any, sink: Sink
) -> None:
    """Of ten thousand monitors that are up again each would read all that ever was."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.alerts import states
    from vedette.monitors.models import Monitor
    from vedette.uptime.facts import MonitorTold

    make(HOOK.format(url=sink.url))
    monitor = Monitor.objects.create(project=project, slug="shop", name="Shop", kind="tcp")
    told = MonitorTold(project_id=project.pk, monitor_id=monitor.pk, state="up", since=1.0)
    with CaptureQueriesContext(connection) as asked:
        states.react([told])
    by_key = '"alerts_alert"."key" IN'
    (search,) = [one["sql"] for one in asked if by_key in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {search}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "open_alert (project_id=? AND key=?)" in plan


def test_whether_people_know_of_warnings_alone_is_asked_once_for_many(
    project: Any, make: Any, sink: Sink
) -> None:
    """Not for each of those that are critical."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette import clock
    from vedette.alerts.models import Alert, AlertRule, MessageGroup
    from vedette.alerts.telling import Tidings

    make(HOOK.format(url=sink.url))
    rule = AlertRule.objects.select_related("project").get()
    now = clock.now()
    alerts = [
        Alert.objects.create(
            rule=rule, project=project, title="New", level="critical", key=f'["{number}"]',
            labels={"project": "shop"}, state="firing", began_at=now, fired_at=now, since=now,
        )
        for number in range(21)
    ]  # fmt: skip
    first = Tidings(now)
    first.note(alerts.pop(), "fired")
    first.finish()
    assert MessageGroup.objects.get().last_told_at is not None
    tidings = Tidings(now)
    with CaptureQueriesContext(connection) as asked:
        for alert in alerts:
            tidings.note(alert, "fired")
        tidings.finish()
    asked_for = [one["sql"] for one in asked if one["sql"].startswith("SELECT DISTINCT")]
    assert len([sql for sql in asked_for if '."told" AS' in sql]) == 1
