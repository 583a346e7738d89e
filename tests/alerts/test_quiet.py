"""When people are not to be told: silences, mute hours and snoozes hold for repeats as well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.alerts.test_messages import HOOK, deliver, domain, happens, kinds, wait
from tests.sink import Sink
from vedette import clock

__all__ = ["domain", "wait"]


def test_what_is_silenced_is_not_said_again(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A silence of what fires already ends its repeats, as long as it lasts."""
    from vedette.alerts.acting import silence

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    silence(project.organization, ["project=shop"], timedelta(hours=9), "known", None)
    wait(hours=8)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]


def test_a_snoozed_rule_says_nothing_again(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """It goes on firing without a word."""
    from vedette.alerts.models import AlertRule

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    until = clock.now() + timedelta(hours=9)
    AlertRule.objects.update(snoozed_until=until, changed_at=clock.now())
    wait(hours=8)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]


def test_nothing_is_said_again_in_mute_hours(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """It waits for their end."""
    now = clock.now()
    start, end = now + timedelta(hours=3), now + timedelta(hours=6)
    span = f"Mon-Sun {start:%H:%M}-{end:%H:%M}"
    make(HOOK.format(url=sink.url).replace("[hook]}", f'[hook], mute: ["{span}"]}}'))
    happens(domain, project, 1)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=5)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=1, minutes=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]


def test_a_silence_that_ends_in_mute_hours_wakes_nobody(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """What it held back is told when the mute hours are over."""
    from vedette.alerts.acting import silence

    now = clock.now()
    start, end = now + timedelta(hours=1), now + timedelta(hours=6)
    span = f"Mon-Sun {start:%H:%M}-{end:%H:%M}"
    make(HOOK.format(url=sink.url).replace("[hook]}", f'[hook], mute: ["{span}"]}}'))
    silence(project.organization, ["project=shop"], timedelta(hours=2), "we deploy", None)
    happens(domain, project, 1)
    deliver(fetcher)
    wait(hours=2, minutes=1)
    deliver(fetcher)
    assert kinds(sink) == []
    wait(hours=4)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]


def test_a_clock_that_was_set_back_does_not_silence_a_group(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A group that spoke in what is now the future speaks after its interval."""
    make(HOOK.format(url=sink.url))
    wait(days=1)
    happens(domain, project, 1)
    deliver(fetcher)
    wait(days=-1)
    happens(domain, project, 2, position=2)
    wait(seconds=61)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "trigger"]
