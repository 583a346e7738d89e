"""Rules about monitors: an alert while it is so, over when it is not, told to whom it concerns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.world import World
from vedette import clock
from vedette.alerts import acting, aging, grouping
from vedette.alerts.backtest import back_test
from vedette.alerts.catching_up import catch_up
from vedette.alerts.evaluation import evaluate
from vedette.alerts.models import (
    Alert,
    AlertRoute,
    AlertRule,
    AlertState,
    GroupedAlert,
    OutboxMessage,
)
from vedette.alerts.states import react
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._files import read_text
from vedette.monitors.models import Monitor, MonitorEvent, MonitorStanding
from vedette.rules.written import read_rule
from vedette.store.visible import VisibleProjects
from vedette.uptime.changes import State
from vedette.uptime.facts import MonitorTold
from vedette.uptime.standing import Standing, write_standing

RULES = """
channels:
  - {id: hook, name: Hook, kind: webhook, url: "https://hook.example"}
routes:
  - {id: all, channels: [hook], wait: 0s}
rules:
  - {id: down, name: Down, project: shop, source: monitor, measure: {state: down}, levels: critical}
  - {id: slow, name: Slow, project: shop, source: monitor, measure: {state: degraded},
     levels: warning}
  - {id: missed, name: Missed, project: shop, source: monitor, measure: {state: missed},
     levels: critical}
  - {id: payments, name: Pay, project: shop, source: monitor, measure: {state: down},
     filter: "team:payments check.kind:http", levels: critical}
"""


@pytest.fixture
def rules(world: World) -> Iterator[World]:
    """One of each state, one for some monitors only."""
    made = plan(world.organization, read_text(RULES, "rules.yaml"))
    carry_out(world.organization, made, Author(is_file=True))
    yield world
    clock.turn(0)


def monitor(world: World, **values: Any) -> Monitor:
    return Monitor.objects.create(
        **{"project": world.shop, "slug": "shop", "name": "Shop", "kind": "http", **values}
    )


def say(of: Monitor, state: Any, **values: Any) -> None:
    """People are to hear of a state, since a minute."""
    fact = MonitorTold(
        project_id=of.project_id, monitor_id=of.pk, state=state, since=time.time() - 60, **values
    )
    react([fact])


def open_alerts() -> list[str]:
    rows = Alert.objects.exclude(state=AlertState.OVER)
    return sorted(rows.values_list("rule__slug", flat=True))


def test_down_is_an_alert_until_it_is_up(rules: World) -> None:
    shop = monitor(rules)
    say(shop, "down", text="503 instead of 200", reason="status")
    (alert,) = Alert.objects.all()
    assert alert.title == "Shop is down: 503 instead of 200"
    assert (alert.level, alert.labels["monitor"]) == ("critical", "shop")
    assert alert.fired_at is not None
    assert alert.began_at < alert.fired_at
    assert OutboxMessage.objects.filter(kind="trigger").count() == 1
    say(shop, "down", text="still")
    assert Alert.objects.count() == 1
    say(shop, "up")
    assert open_alerts() == []
    alert.refresh_from_db()
    assert alert.over_at is not None
    assert list(alert.entries.values_list("what", flat=True)) == ["fired", "resolved"]


def test_what_begins_and_ends_in_one_batch_is_known_and_told_to_nobody(rules: World) -> None:
    """The worker was away meanwhile; what begins again and lasts is told."""
    shop = monitor(rules)
    told = [
        MonitorTold(
            project_id=shop.project_id, monitor_id=shop.pk, state=state, since=time.time() - 60
        )
        for state in ("down", "up", "down")
    ]
    react(told[:2])
    assert Alert.objects.get().state == AlertState.OVER
    assert [one.what for one in Alert.objects.get().entries.order_by("pk")] == ["fired", "resolved"]
    grouping.speak_due(clock.now() + timedelta(minutes=5))
    assert not OutboxMessage.objects.exists()
    react(told)
    states = Alert.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [AlertState.OVER, AlertState.OVER, AlertState.FIRING]
    grouping.speak_due(clock.now() + timedelta(minutes=10))
    parts = [part["id"] for one in OutboxMessage.objects.all() for part in one.content["alerts"]]
    assert parts == [Alert.objects.latest("pk").pk]


def test_many_cost_no_more_questions_than_few(rules: World) -> None:
    """Of thousands that are down at once none is begun or ended by itself."""
    told = [
        MonitorTold(project_id=one.project_id, monitor_id=one.pk, state="down", since=time.time())
        for one in (monitor(rules, slug=f"shop-{number}") for number in range(40))
    ]
    asked = []
    for some in (told[:2], told[2:]):
        with CaptureQueriesContext(connection) as questions:
            react(some)
        asked.append(len(questions))
    assert Alert.objects.count() == 40
    assert asked[1] <= asked[0] + 4


def test_many_that_go_down_together_are_one_message(
    rules: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first waits while many others fail whose failure is not yet believed."""
    began = clock.timestamp()
    monkeypatch.setattr(clock, "timestamp", lambda: began)
    every = [monitor(rules, slug=f"shop-{at}", name=f"Shop {at}") for at in range(500)]
    standings = [MonitorStanding(monitor=one, state="up", is_verifying=True) for one in every]
    MonitorStanding.objects.bulk_create(standings)
    for one in every:
        MonitorStanding.objects.filter(monitor=one).update(is_verifying=False, state="down")
        say(one, "down", text="nobody answers")
    monkeypatch.setattr(clock, "timestamp", lambda: began + 1.0)
    grouping.speak_due(clock.now())
    (message,) = OutboxMessage.objects.all()
    assert len(message.content["alerts"]) + message.content["more"] == 500


def test_ten_times_as_many_cost_ten_times_as_much(
    rules: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No alert is compared with every other, and none has a place of its own in a statement."""
    compared = 0
    equals = GroupedAlert.__eq__

    def count(self: GroupedAlert, other: object) -> bool:
        nonlocal compared
        compared += 1
        return equals(self, other)

    every = [monitor(rules, slug=f"shop-{at}", name=f"Shop {at}") for at in range(300)]
    with transaction.atomic():
        monkeypatch.setattr(grouping, "speak", lambda *_: None)
        for one in every:
            say(one, "down", text="nobody answers")
        monkeypatch.undo()
    monkeypatch.setattr(GroupedAlert, "__eq__", count)
    monkeypatch.setattr(GroupedAlert, "__hash__", lambda self: hash(self.pk), raising=False)
    with CaptureQueriesContext(connection) as queries:
        grouping.speak_due(clock.now())
    (message,) = OutboxMessage.objects.all()
    assert message.content["more"] == 290
    assert compared == 0
    assert not any("CASE" in query["sql"] for query in queries)
    assert {(one.told, one.news) for one in GroupedAlert.objects.all()} == {("critical", "")}
    assert {len(one.heard) for one in GroupedAlert.objects.all()} == {1}
    for one in every:
        say(one, "up")
    clock.turn(100)
    grouping.speak_due(clock.now())
    assert {(one.told, one.news) for one in GroupedAlert.objects.all()} == {("over", "")}


def test_one_waits_ten_seconds_at_most_for_others_that_fail(rules: World) -> None:
    """What began may be over by itself; people hear of what is down."""
    first, *others = [monitor(rules, slug=f"shop-{at}", name=f"Shop {at}") for at in range(9)]
    for one in others:
        MonitorStanding.objects.create(monitor=one, state="up", is_verifying=True)
    say(first, "down", text="nobody answers")
    for second in (0.0, 4.0, 8.0):
        clock.turn(second)
        grouping.speak_due(clock.now())
        assert not OutboxMessage.objects.exists()
    clock.turn(10.5)
    grouping.speak_due(clock.now())
    assert OutboxMessage.objects.count() == 1


def test_degraded_lasts_through_down_and_down_ends_with_degraded(rules: World) -> None:
    shop = monitor(rules)
    say(shop, "degraded")
    assert open_alerts() == ["slow"]
    say(shop, "down")
    assert open_alerts() == ["down", "slow"]
    say(shop, "degraded")
    assert open_alerts() == ["slow"]
    say(shop, "up")
    assert open_alerts() == []


def test_missed_is_down_by_silence_alone(rules: World) -> None:
    job = monitor(rules, slug="nightly", name="Nightly", kind="cron")
    say(job, "down", reason="error", environment="production")
    assert open_alerts() == ["down"]
    say(job, "up", environment="production")
    say(job, "down", reason="missed", environment="production", text="a run missed")
    assert open_alerts() == ["down", "missed"]
    assert Alert.objects.get(rule__slug="missed").title == (
        "Nightly missed in production: a run missed"
    )


def test_environments_are_apart(rules: World) -> None:
    job = monitor(rules, slug="nightly", name="Nightly", kind="cron")
    say(job, "down", reason="error", environment="production")
    say(job, "down", reason="error", environment="staging")
    assert open_alerts() == ["down", "down"]
    say(job, "up", environment="staging")
    (left,) = Alert.objects.exclude(state=AlertState.OVER)
    assert left.labels["environment"] == "production"


def test_a_search_says_which_monitors(rules: World) -> None:
    say(monitor(rules, tags={"team": "search"}), "down")
    say(monitor(rules, slug="tcp", kind="tcp", tags={"team": "payments"}), "down")
    assert open_alerts() == ["down", "down"]
    say(monitor(rules, slug="pay", tags={"team": "payments"}), "down")
    assert open_alerts() == ["down", "down", "down", "payments"]


def test_what_is_only_worth_a_warning_is_never_more(rules: World) -> None:
    say(monitor(rules, severity="warning"), "down")
    assert Alert.objects.get().level == "warning"


def test_rules_of_another_project_hear_nothing(rules: World) -> None:
    say(monitor(rules, project=rules.web), "down")
    assert not Alert.objects.exists()


def test_an_end_is_told_whatever_has_become_of_the_rule(rules: World) -> None:
    shop = monitor(rules)
    say(shop, "down")
    alert = Alert.objects.get()
    alert.rule.is_enabled = False
    alert.rule.save()
    say(shop, "up")
    assert open_alerts() == []


def test_a_rule_is_tried_on_what_has_happened(rules: World) -> None:
    shop, pay = monitor(rules), monitor(rules, slug="pay", tags={"team": "payments"})
    for one, kind in ((shop, "down"), (shop, "up"), (pay, "down"), (pay, "degraded")):
        MonitorEvent.objects.create(monitor=one, kind=kind)
    rule = read_rule(rule_of_text("{state: down}", '"team:payments"'))
    found = back_test(rules.shop.pk, rule, VisibleProjects.granted([rules.shop.pk]), now=_soon())
    assert [one.key[0] for one in found.fired] == ["pay"]
    rule = read_rule(rule_of_text("{state: down}", '""'))
    found = back_test(rules.shop.pk, rule, VisibleProjects.granted([rules.shop.pk]), now=_soon())
    assert [one.key[0] for one in found.fired] == ["shop", "pay"]


def rule_of_text(measure: str, filter_: str) -> dict[str, Any]:
    import yaml

    text = f"{{name: X, source: monitor, measure: {measure}, filter: {filter_}, levels: critical}}"
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _soon() -> int:
    return int(time.time()) + 20


def test_nothing_but_its_end_ends_it(rules: World) -> None:
    """Neither what ends alerts of issues that are settled or quiet, nor the look at windows."""
    say(monitor(rules), "down")
    assert acting.end_settled() == 0
    assert aging.end_quiet(clock.now() + timedelta(days=30)) == 0
    evaluate(_soon() // 10 * 10)
    assert open_alerts() == ["down"]


def test_the_page_of_an_alert_leads_to_its_monitor(rules: World, alice: Client) -> None:
    shop = monitor(rules, runbook="1. Call the **bank**")
    say(shop, "down", text="503 instead of 200", evidence={"clause": "status < 400: found 503"})
    body = alice.get(f"/alerts/{Alert.objects.get().pk}/").content.decode()
    assert f'href="/monitors/{shop.pk}/"' in body
    assert "503 instead of 200" in body
    assert "status &lt; 400: found 503" in body
    assert "<strong>bank</strong>" in body


def test_a_rule_that_is_made_later_hears_of_what_lasts(rules: World) -> None:
    """Once, however often it is looked at; what a person ended stays ended."""
    AlertRule.objects.filter(slug="down").update(is_enabled=False, changed_at=clock.now())
    shop = down(rules)
    assert (catch_up(), open_alerts()) == (0, [])
    AlertRule.objects.filter(slug="down").update(is_enabled=True, changed_at=clock.now())
    assert (catch_up(), open_alerts()) == (1, ["down"])
    assert Alert.objects.get().title == "Shop is down: nobody listens"
    assert OutboxMessage.objects.filter(kind="trigger").count() == 1
    assert catch_up() == 0
    acting.resolve(list(Alert.objects.all()), None, "seen to")
    assert (catch_up(), open_alerts()) == (0, [])
    say(shop, "up")
    assert Alert.objects.count() == 1


def test_what_a_person_ended_stays_so_whatever_becomes_of_the_rule(rules: World) -> None:
    """Who snoozes or renames it does not ask to hear of the same again."""
    down(rules)
    acting.resolve(list(Alert.objects.all()), rules.alice, "seen to")
    later = clock.now() + timedelta(hours=1)
    AlertRule.objects.update(changed_at=clock.now(), snoozed_until=later)
    assert (catch_up(), open_alerts()) == (0, [])


def test_a_route_that_is_added_later_hears_of_what_fires(rules: World) -> None:
    """Of what nobody heard of, and of that once."""
    held = AlertRoute.objects.get()
    AlertRoute.objects.all().delete()
    down(rules)
    assert open_alerts() == ["down"]
    assert (catch_up(), OutboxMessage.objects.count()) == (0, 0)
    held.save()
    assert (catch_up(), OutboxMessage.objects.count()) == (1, 1)
    assert (catch_up(), OutboxMessage.objects.count()) == (0, 1)


def test_what_was_told_in_time_is_not_told_again(rules: World) -> None:
    """Rules and routes that were there."""
    down(rules)
    assert (catch_up(), OutboxMessage.objects.count()) == (0, 1)


def test_many_that_are_down_cost_no_more_questions_than_one(rules: World) -> None:
    """And a look that has nothing to say holds no writer up."""

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as found:
            assert catch_up() == 0
        return [one["sql"] for one in found.captured_queries]

    down(rules)
    few = asked()
    for number in range(30):
        down(rules, slug=f"shop-{number}")
    many = asked()
    assert len(open_alerts()) == 31
    assert len(many) == len(few)
    assert not any(one.startswith(("BEGIN", "SAVEPOINT")) for one in many)


def test_alerts_that_nobody_hears_of_hide_none_that_somebody_does(rules: World) -> None:
    """However many there are, and however long they last."""
    AlertRoute.objects.update(matchers=["team=payments"])
    rule, now = AlertRule.objects.get(slug="down"), clock.now()
    common: dict[str, Any] = {"rule": rule, "project": rules.shop, "level": "critical"}
    common |= {"state": AlertState.FIRING, "began_at": now, "fired_at": now, "since": now}
    Alert.objects.bulk_create(Alert(**common, key=f'["{number}",""]') for number in range(300))
    Alert.objects.create(**common, key='["x",""]', labels={"team": "payments"})
    assert (catch_up(), OutboxMessage.objects.filter(kind="trigger").count()) == (1, 1)


def test_another_cause_is_said_with_the_alert_that_there_is(rules: World) -> None:
    """A job that failed and does not run any more: by the rule about missed runs if there is one,
    else with the alert that fires."""
    job = monitor(rules, slug="nightly", name="Nightly", kind="cron")
    say(job, "down", reason="error", text="the run failed", environment="production")
    missed = {"reason": "missed", "text": "a run missed", "environment": "production"}
    say(job, "down", **missed, is_another_cause=True)
    assert open_alerts() == ["down", "missed"]
    assert (
        Alert.objects.get(rule__slug="down").title
        == "Nightly is down in production: the run failed"
    )
    AlertRule.objects.filter(slug="missed").delete()
    say(job, "down", **missed, is_another_cause=True)
    assert open_alerts() == ["down"]
    alert = Alert.objects.get(rule__slug="down")
    assert alert.title == "Nightly missed in production: a run missed"
    assert list(alert.entries.values_list("what", flat=True)) == ["fired", "again"]


def down(world: World, **values: Any) -> Monitor:
    """A monitor that is down, and of which that was told."""
    shop = monitor(world, **values)
    since = time.time() - 60
    standing = Standing(raw=State.DOWN, since=since, told=State.DOWN, told_why="refused")
    MonitorStanding.objects.create(monitor=shop, state="down", standing=write_standing(standing))
    MonitorEvent.objects.create(monitor=shop, kind="down", reason="refused", text="nobody listens")
    say(shop, "down", reason="refused", text="nobody listens")
    return shop
