"""When people are not to be told: silences, mute hours and snoozes hold for repeats as well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

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


TWO = """
rules:
  - {name: Worse, project: shop, filter: "%s", measure: count, window: 1h,
     levels: {critical: ">10"}}
  - {name: Sign-in, project: shop, filter: "stack.filename:lib/auth/*", measure: count, window: 1h,
     levels: {warning: ">10"}}
"""


def fires(project: Any, slug: str, level: str) -> Any:
    from vedette.alerts.models import Alert, AlertRule

    now = clock.now()
    return Alert.objects.create(
        rule=AlertRule.objects.get(slug=slug), project=project, title=slug, level=level,
        labels={"rule": slug, "project": "shop"},
        state="firing", began_at=now, fired_at=now, since=now,
    )  # fmt: skip


@pytest.mark.parametrize("search", ["stack.filename:lib/auth/*", "level:fatal"])
def test_only_a_worse_alert_about_the_same_rows_holds_a_warning_back(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any, search: str
) -> None:
    """That something else in the project is worse is no reason not to hear of it."""
    from vedette.alerts.telling import Tidings

    head, _, tail = HOOK.format(url=sink.url).partition("rules:")
    make(head + (TWO % search).strip() + "\n" + tail[tail.index("routes:") :])
    fires(project, "worse", "critical")
    tidings = Tidings(clock.now())
    tidings.note(fires(project, "sign-in", "warning"), "fired")
    tidings.finish()
    wait(seconds=11)
    deliver(fetcher)
    assert kinds(sink) == ([] if search.startswith("stack") else ["trigger"])


def test_many_warnings_are_held_against_many_that_are_worse(
    domain: Any, project: Any, make: Any, sink: Sink
) -> None:
    """Each waits for the worse one about the very same, however many others are worse; they are
    read once, not for each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.alerts.holding import Holding
    from vedette.alerts.models import Alert, AlertRule, MessageGroup

    head, _, tail = HOOK.format(url=sink.url).partition("rules:")
    search = "stack.filename:lib/auth/*"
    make(head + (TWO % search).strip() + "\n" + tail[tail.index("routes:") :])
    rules = {slug: AlertRule.objects.get(slug=slug) for slug in ("worse", "sign-in")}
    now = clock.now()
    Alert.objects.bulk_create(
        Alert(
            rule=rules[slug], project=project, title=slug, level=level, key=f'["{number}"]',
            labels={"rule": slug, "project": "shop", "host": f"h{number}"},
            state="firing", began_at=now, fired_at=now, since=now,
        )
        for slug, level, most in (("worse", "critical", 600), ("sign-in", "warning", 30))
        for number in range(most)
    )  # fmt: skip
    lone = fires(project, "sign-in", "warning")
    group = MessageGroup.objects.create(organization=project.organization, route="all", key="")
    warnings = Alert.objects.filter(rule=rules["sign-in"]).select_related("rule", "project")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        holding = Holding(group, now)
        told = [one.pk for one in warnings if holding.until(one) is None]
    assert told == [lone.pk]
    assert len(asked) < 8


def test_what_happened_once_holds_no_warning_of_its_issue_back(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Such an alert is open until its issue is dealt with."""
    from vedette.alerts.models import Alert, AlertRule
    from vedette.alerts.telling import Tidings

    text = HOOK.format(url=sink.url)
    many = (
        "  - {name: Many, project: shop, source: event, per: [issue], measure: count, window: 1h,\n"
        '     levels: {warning: ">50"}}\n'
    )
    make(text.replace("routes:", many + "routes:"))
    happens(domain, project, 1)
    deliver(fetcher)
    first, now = Alert.objects.get(), clock.now()
    Alert.objects.update(labels={**first.labels, "rule": "new"})
    warning = Alert.objects.create(
        rule=AlertRule.objects.get(slug="many"), project=project, issue=first.issue,
        labels={**first.labels, "rule": "many"}, key=first.key, title="Many", level="warning",
        state="firing", began_at=now, fired_at=now, since=now,
    )  # fmt: skip
    tidings = Tidings(now)
    tidings.note(warning, "fired")
    tidings.finish()
    wait(seconds=75)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "trigger"]


def test_the_first_that_is_critical_waits_for_no_interval(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Of warnings people heard a moment ago; now it is worse. The next one waits for company."""
    text = HOOK.format(url=sink.url).replace("channels: [hook]}", "channels: [hook], interval: 1h}")
    make(text.replace("levels: critical", "levels: warning"))
    happens(domain, project, 1)
    wait(seconds=11)
    deliver(fetcher)
    make(text)
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    assert [one.json["level"] for one in sink.received] == ["warning", "critical"]
    happens(domain, project, 3, position=3)
    deliver(fetcher)
    assert len(sink.received) == 2


def test_a_day_has_twenty_four_hours() -> None:
    """24:00 is its end; there is no half past it."""
    from datetime import UTC, datetime

    from vedette.alerts.muting import next_moment, read_mute_time

    monday = datetime(2026, 11, 30, 20, 15, 30, tzinfo=UTC)
    assert next_moment(["Mon 18:00-24:00"], monday) == datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time of day"):
        read_mute_time("Mon 18:00-24:30")


@pytest.mark.parametrize(
    ("mute", "is_refused"),
    [
        ('["Mon-Sun"]', True),
        ('["Mon-Fri 18:00-08:00", "Mon-Fri 08:00-18:00", "Sat-Mon"]', True),
        ('["Mon-Fri 18:00-08:00", "Sat-Sun"]', False),
    ],
)
def test_a_route_that_would_never_speak_is_refused(
    make: Any, sink: Sink, mute: str, is_refused: bool
) -> None:
    """What is muted at all times of the week is a mistake, and would not be muted at all."""
    from vedette.configuration._files import FileMistakes

    text = HOOK.format(url=sink.url).replace(
        "channels: [hook]}", f"channels: [hook], mute: {mute}}}"
    )
    if not is_refused:
        make(text)
        return
    with pytest.raises(FileMistakes, match="it would never speak"):
        make(text)
