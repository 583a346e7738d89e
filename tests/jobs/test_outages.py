"""A job that fails is an issue: opened after its thresholds, resolved when it is well again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.jobs.sending import HOURLY, Jobs
from vedette import clock
from vedette.alerts.models import Alert
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._files import read_text
from vedette.issues.models import Issue
from vedette.monitors import saving
from vedette.monitors.drafts import draft_of
from vedette.monitors.models import Monitor, OutageNews
from vedette.monitors.outages import send_news
from vedette.reactions import answer
from vedette.uptime.facts import MonitorTold
from vedette.wire.envelope import new_event_id

RULES = """
rules:
  - {id: down, name: Down, project: shop, source: monitor, measure: {state: down}, levels: critical}
  - {id: new, name: New, project: shop, source: issue, measure: {edge: first_seen}, levels: warning}
  - {id: back, name: Back, project: shop, source: issue, measure: {edge: regressed},
     levels: warning}
  - {id: other, name: Other, project: shop, source: issue, measure: {edge: first_seen},
     filter: "!event.type:performance", levels: warning}
  - {id: asked, name: Asked, project: shop, source: issue, measure: {edge: first_seen},
     filter: "event.type:cron", levels: warning}
  - {id: any, name: Any, project: shop, source: event, measure: {edge: any}, levels: warning}
"""


def send(jobs: Jobs) -> int:
    """The loop sends what waits, and it is digested."""
    sent = send_news(jobs.world.stage.flow.folder / "spool")
    jobs.world.stage.work()
    return sent


def outages() -> list[Issue]:
    return list(Issue.objects.filter(event_type="cron").order_by("pk"))


def begin(jobs: Jobs, **config: object) -> None:
    """An hourly job that was well once."""
    jobs.say("ok", monitor_config={**HOURLY, **config})
    jobs.passes(60)


@pytest.fixture
def rules(jobs: Jobs) -> None:
    """About monitors, about issues, about errors."""
    organization = jobs.world.organization
    carry_out(organization, plan(organization, read_text(RULES, "r.yaml")), Author(is_file=True))
    jobs.world.stage.flow.digester._context.refresh()


def test_a_missed_run_is_an_issue_that_recovery_resolves(jobs: Jobs) -> None:
    """One issue in words; it is resolved by the next good run, and says by what."""
    begin(jobs)
    jobs.passes(3600 + 600)
    assert send(jobs) == 1
    (issue,) = outages()
    assert (issue.title, issue.status) == ("Job nightly missed its run", "unresolved")
    assert (issue.level, issue.logger) == ("error", "monitor_check_in_failure")
    jobs.say("ok")
    assert send(jobs) == 1
    issue.refresh_from_db()
    assert issue.status == "resolved"
    assert issue.recovery.words == "recovered by itself"


def test_the_next_failure_opens_the_same_issue_again(jobs: Jobs) -> None:
    """As a regression, with the words of the new failure."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    jobs.passes(60)
    jobs.say("ok")
    jobs.passes(60)
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]
    jobs.say("error")
    send(jobs)
    (issue,) = outages()
    assert (issue.status, issue.substatus) == ("unresolved", "regressed")
    assert (issue.title, issue.event_count) == ("Job nightly failed", 2)


def test_thresholds_decide(jobs: Jobs) -> None:
    """Nothing before the third failure, and one event for all that follow."""
    begin(jobs, failure_issue_threshold=3)
    for _ in range(2):
        jobs.say("error")
        jobs.passes(10)
    assert send(jobs) == 0
    for _ in range(3):
        jobs.say("error")
        jobs.passes(10)
    assert send(jobs) == 1
    assert [one.event_count for one in outages()] == [1]


def test_each_environment_has_an_issue_of_its_own(jobs: Jobs) -> None:
    """And recovers by itself."""
    begin(jobs)
    jobs.say("error")
    jobs.say("error", environment="staging")
    send(jobs)
    jobs.passes(10)
    jobs.say("ok", environment="staging")
    send(jobs)
    found = {one.title: one.status for one in outages()}
    assert found == {
        "Job nightly failed": "unresolved",
        "Job nightly failed in staging": "resolved",
    }


def test_what_was_sent_twice_is_told_once(jobs: Jobs) -> None:
    """A kill between sending and forgetting: the same again, also after the next failure began."""
    begin(jobs)
    for status in ("error", "ok", "error"):
        jobs.say(status)
        jobs.passes(30)
    held = list(OutageNews.objects.order_by("pk"))
    assert len(held) == 3
    send(jobs)
    OutageNews.objects.bulk_create(held)
    send(jobs)
    (issue,) = outages()
    assert (issue.status, issue.event_count) == ("unresolved", 2)


def test_a_job_that_recovers_within_one_turn_leaves_a_resolved_issue(jobs: Jobs) -> None:
    """Its beginning and its end are digested together, in that order."""
    begin(jobs)
    jobs.say("error")
    jobs.passes(10)
    jobs.say("ok")
    assert send(jobs) == 2
    assert [one.status for one in outages()] == ["resolved"]


def test_rules_about_issues_are_quiet_unless_they_ask(jobs: Jobs, rules: None) -> None:
    """One outage pages once, by the rule about monitors."""
    begin(jobs)
    for status in ("error", "ok", "error"):
        jobs.say(status)
        jobs.passes(30)
        send(jobs)
    told = Alert.objects.values_list("rule__slug", flat=True)
    assert sorted(told) == ["asked", "down", "down"]


def test_a_monitor_that_opens_none(jobs: Jobs) -> None:
    """The switch of the monitor."""
    begin(jobs)
    monitor = jobs.monitor()
    assert saving.change(monitor, draft_of(monitor, opens_issue=False)) == ["opens_issue"]
    jobs.say("error")
    assert send(jobs) == 0
    assert outages() == []


def test_a_missed_run_of_a_job_that_failed_is_told_once(jobs: Jobs, rules: None) -> None:
    """It does not run at all any more: another cause, said once, in the same issue."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    jobs.passes(3 * 3600)
    send(jobs)
    (issue,) = outages()
    assert (issue.title, issue.event_count) == ("Job nightly missed its run", 2)
    (alert,) = Alert.objects.filter(rule__slug="down")
    assert alert.title.startswith("nightly missed in production: a run missed")
    assert list(alert.entries.values_list("what", flat=True)) == ["fired", "again"]
    jobs.say("ok")
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]


def test_a_pause_ends_it(jobs: Jobs) -> None:
    """What is watched no more is open no longer."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    jobs.passes(5)
    saving.pause(jobs.monitor())
    send(jobs)
    (issue,) = outages()
    assert (issue.status, issue.recovery.words) == ("resolved", "no longer watched")


def test_the_list_finds_it_and_its_page_shows_the_run(jobs: Jobs, alice: Client) -> None:
    """By category and type; with the monitor, the run, what it said; and the way back."""
    begin(jobs)
    run = jobs.say("error", new_event_id(), note="disk full\n")
    send(jobs)
    (issue,) = outages()
    for query in (
        *("issue.category:cron", "issue.category:outage", "event.type:cron"),
        "issue.type:monitor_check_in_failure",
    ):
        page = alice.get("/issues/", {"query": query}).content.decode()
        assert set(re.findall(r">(SHOP-\d+|WEB-\d+)<", page)) == {issue.short_name}, query
    for query in ("issue.category:error", "issue.category:uptime", "issue.category:performance"):
        page = alice.get("/issues/", {"query": query}).content.decode()
        assert issue.short_name not in re.findall(r">(SHOP-\d+|WEB-\d+)<", page), query
    page = alice.get(f"/issues/{issue.pk}/").content.decode()
    monitor = jobs.monitor()
    assert f'href="/monitors/{monitor.pk}/"' in page
    assert run in page
    assert f'href="/issues/{issue.pk}/"' in alice.get(f"/monitors/{monitor.pk}/").content.decode()
    jobs.passes(5)
    jobs.say("ok")
    send(jobs)
    assert "recovered by itself" in alice.get(f"/issues/{issue.pk}/").content.decode()


def test_a_monitor_that_is_down_shows_what_was_found(jobs: Jobs, alice: Client) -> None:
    """The clause that decided, the phases, what came back; and Sentry's category."""
    monitor = Monitor.objects.create(
        project=jobs.world.shop,
        slug="web",
        name="shop.example.com",
        kind="http",
        settings={"url": "https://shop.example.com/"},
    )
    evidence = {
        "clause": "status == 200: found 503",
        "body": "try again later",
        "phases": {"dns": 1.5, "first_byte": 117.0},
    }
    told = MonitorTold(
        project_id=monitor.project_id,
        monitor_id=monitor.pk,
        state="down",
        since=clock.timestamp() - 60,
        reason="status",
        text="503 instead of 200",
        evidence=evidence,
    )
    answer([told])
    send(jobs)
    (issue,) = Issue.objects.filter(event_type="uptime")
    assert issue.title == "shop.example.com is down: 503 instead of 200"
    assert issue.logger == "uptime_domain_failure"
    page = alice.get(f"/issues/{issue.pk}/").content.decode()
    for words in ("status == 200: found 503", "try again later", "first byte 117 ms"):
        assert words in page
    assert alice.get("/issues/", {"query": "issue.category:uptime"}).content.count(b"data-row") == 1


def test_the_api_has_sentrys_words(jobs: Jobs, alice: Client) -> None:
    """Category, type, occurrence; and how it was resolved."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    (issue,) = outages()
    found = alice.get(f"/api/0/issues/{issue.pk}/").json()
    assert (found["issueCategory"], found["issueType"]) == ("cron", "monitor_check_in_failure")
    event = alice.get(f"/api/0/issues/{issue.pk}/events/latest/").json()
    assert event["occurrence"]["issueTitle"] == "Job nightly failed"
    assert event["occurrence"]["evidenceData"]["monitor"]["slug"] == "nightly"
    jobs.passes(5)
    jobs.say("ok")
    send(jobs)
    found = alice.get(f"/api/0/issues/{issue.pk}/").json()
    assert found["status"] == "resolved"
    assert found["statusDetails"]["autoResolved"] is True


def test_it_is_no_error(jobs: Jobs, alice: Client) -> None:
    """Nothing that counts errors counts it."""
    begin(jobs)
    before = _errors(alice)
    jobs.say("error")
    send(jobs)
    assert outages()
    assert _errors(alice) == before


def _errors(alice: Client) -> object:
    path = "/api/0/organizations/lantern/events/"
    asked = {"field": "count()", "dataset": "errors", "statsPeriod": "24h"}
    return alice.get(path, asked).json()["data"]
