"""A rule or a route that changes while something fires: whoever was told hears of the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.test_messages import HOOK, deliver, domain, happens, kinds, wait
from tests.sink import Sink
from vedette import clock

__all__ = ["domain", "wait"]

OFF = ("levels: critical}", "levels: critical, enabled: false}")
OTHER_KEYS = (
    "source: issue, measure: {edge: first_seen}, levels: critical}",
    'source: event, measure: count, window: 1h, per: ["tag:city"], levels: {critical: ">5"}}',
)


@pytest.mark.parametrize("change", [OFF, OTHER_KEYS])
def test_what_a_rule_no_longer_looks_at_is_over(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any, change: Any
) -> None:
    """Switched off, or about other things: its alerts end, and are not repeated for ever."""
    from vedette.alerts.models import Alert

    text = HOOK.format(url=sink.url)
    make(text)
    happens(domain, project, 1)
    deliver(fetcher)
    changed = text.replace(*change)
    assert changed != text
    make(changed)
    assert Alert.objects.get().state == "over"
    wait(minutes=2)
    deliver(fetcher)
    wait(hours=9)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_a_change_of_words_ends_nothing(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any
) -> None:
    """A runbook, a threshold, an owner."""
    from vedette.alerts.models import Alert

    text = HOOK.format(url=sink.url)
    make(text)
    happens(domain, project, 1)
    make(text.replace("levels: critical}", "levels: critical, runbook: look at the lamp}"))
    assert Alert.objects.get().state == "firing"


def test_a_rule_that_is_deleted_while_it_fires_ends_what_it_told(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Else a pager would ring for ever."""
    text = HOOK.format(url=sink.url)
    make(text)
    happens(domain, project, 1)
    deliver(fetcher)
    make("\n".join(line for line in text.splitlines() if "name: New" not in line), prune=True)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_a_project_that_is_deleted_ends_what_its_rules_told(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """The same, with all that it has."""
    from vedette.alerts.models import Alert
    from vedette.projects.removal import remove_project

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    remove_project(project)
    assert not Alert.objects.exists()
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_the_end_goes_to_whom_the_beginning_was_sent(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Also if the route has other channels since, which are told of what they never heard."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    two = f'  - {{id: other, name: Other, kind: webhook, url: "{sink.url}/other"}}\nrules:'
    text = HOOK.format(url=sink.url).replace("rules:", two)
    make(text)
    happens(domain, project, 1)
    deliver(fetcher)
    make(text.replace("channels: [hook]", "channels: [other]"))
    wait(minutes=2)
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    first, second = Alert.objects.order_by("pk")
    wait(minutes=2)
    resolve([first], None)
    wait(minutes=2)
    deliver(fetcher)
    resolve([second], None)
    wait(minutes=2)
    deliver(fetcher)
    told = [(one.path, one.json["kind"]) for one in sink.received]
    assert told == [
        ("/hook", "trigger"),
        ("/other", "trigger"),
        ("/hook", "resolve"),
        ("/other", "resolve"),
    ]


def test_a_route_that_is_gone_says_nothing_again(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Its end is still told to those who heard of the beginning."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    text = HOOK.format(url=sink.url)
    make(text)
    happens(domain, project, 1)
    deliver(fetcher)
    make(text[: text.index("routes:")], prune=True)
    wait(hours=5)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    resolve(Alert.objects.all(), None)
    wait(minutes=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_what_is_said_again_goes_by_the_route_as_it_is_now(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Who makes a route quiet because it wakes them is not woken by it again."""
    text = HOOK.format(url=sink.url)
    make(text)
    happens(domain, project, 1)
    deliver(fetcher)
    days = [f"{clock.now() + timedelta(days=at):%a}" for at in (0, 1)]
    quiet = f'channels: [hook], repeat: 1h, mute: ["{",".join(days)}"]}}'
    make(text.replace("channels: [hook]}", quiet))
    wait(hours=5)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    make(text.replace("channels: [hook]}", "channels: [hook], repeat: 6h}"))
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]
