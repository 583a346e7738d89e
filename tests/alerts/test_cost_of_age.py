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
