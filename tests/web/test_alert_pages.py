"""What fires, one alert, and the signed links: what people see, and what they do there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.alerting import SECRET, alert_of, channel_of, route_of, rule_of, silence_of, told
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import AuditEntry, Membership, Organization, Role
from vedette.alerts.acting import matchers_of
from vedette.alerts.links import sign
from vedette.alerts.models import Alert, AlertState, DeliveryTry, Silence


def text(answer: Any, status: int = 200) -> str:
    """The words of a page without its tags."""
    assert answer.status_code == status, answer.content[:2000]
    body = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(body.split())


def limit_bob(world: World) -> None:
    """Bob sees the other project only."""
    bob = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=bob.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=bob, project=world.web)


def test_what_fires_is_listed_with_its_figure(world: World, alice: Client) -> None:
    """The worst first, with project, issue, owner and since when; the rail counts it."""
    rule = rule_of(world)
    alert_of(world, level="warning", key='["2"]', title="Milder: a warning")
    alert_of(world)
    answer = alice.get("/alerts/")
    body = text(answer)
    assert "1 critical and 1 warning" in body
    assert body.index("PaymentFailed") < body.index("Milder")
    assert "63 events" in body
    assert "SHOP-1" in body
    assert rule.name in body
    assert "Alice" in body
    assert re.search(r'class="rail-number[^>]*>2<', answer.content.decode())


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ({"level": "critical"}, True),
        ({"level": "warning"}, False),
        ({"owner": "me"}, True),
        ({"owner": "none"}, False),
        ({"state": "waiting"}, True),
        ({"state": "acknowledged"}, False),
        ({"project": "web"}, False),
        ({"project": "shop"}, True),
        ({"query": "gateway"}, True),
        ({"query": "nowhere"}, False),
        ({"environment": "production"}, True),
        ({"environment": "staging"}, False),
    ],
    ids=str,
)
def test_each_filter_narrows_the_list(
    world: World, alice: Client, asked: dict[str, str], is_there: bool
) -> None:
    """By severity, owner, state, project, environment and words."""
    alert_of(world)
    assert ("63 events" in text(alice.get("/alerts/", asked))) is is_there


def test_the_history_keeps_what_is_over(world: World, alice: Client) -> None:
    """With what it turned out to be; what fires is there as well."""
    now = clock.now()
    alert_of(world, state=AlertState.OVER, over_at=now, closed_as="not_real")
    assert "Nothing fires" in text(alice.get("/alerts/"))
    body = text(alice.get("/alerts/", {"view": "history"}))
    assert "not real" in body
    assert "over" in body
    long_ago = {"view": "history", "start": "2020-01-01", "end": "2020-01-02"}
    assert "not real" not in text(alice.get("/alerts/", long_ago))


def test_an_empty_list_says_what_to_do(world: World, alice: Client) -> None:
    """No rule, no channel, nothing fires, nothing matches: each in its words."""
    assert "No rule yet" in text(alice.get("/alerts/"))
    rule_of(world)
    assert "nobody would hear of it" in text(alice.get("/alerts/"))
    channel_of(world)
    assert "1 rule watches" in text(alice.get("/alerts/"))
    assert "No alert matches" in text(alice.get("/alerts/", {"level": "critical"}))


def test_many_alerts_are_pages(world: World, alice: Client) -> None:
    """Fifty a page, and a way on."""
    rule = rule_of(world)
    for number in range(53):
        alert_of(world, rule=rule, key=f'["{number}"]', title=f"one of many {number}")
    first = alice.get("/alerts/").content.decode()
    assert first.count("data-row") == 50
    following = re.search(r'href="(\?[^"]*cursor=[^"]+|/alerts/\?[^"]*cursor=[^"]+)"', first)
    assert following
    address = following[1].replace("&amp;", "&")
    second = alice.get(address if address.startswith("/") else f"/alerts/{address}")
    assert second.content.decode().count("data-row") == 3


@pytest.mark.parametrize("wish", ["acknowledge", "resolve", "silence:8", "close:not_real"])
def test_several_are_changed_at_once(world: World, alice: Client, wish: str) -> None:
    """And it is written down who did it."""
    rule = rule_of(world)
    held = [alert_of(world, rule=rule, key=f'["{one}"]') for one in (1, 2)]
    answer = alice.post(
        "/alerts/changes/", {"do": wish, "alert": [one.pk for one in held], "next": "/alerts/"}
    )
    assert answer["Location"] == "/alerts/"
    for alert in Alert.objects.all():
        if wish == "acknowledge":
            assert alert.acknowledged_by == world.alice
        elif wish == "resolve":
            assert alert.state == AlertState.OVER
        elif wish == "close:not_real":
            assert (alert.closed_as, alert.closed_by) == ("not_real", world.alice)
        else:
            silence = Silence.objects.get()
            assert silence.matchers == matchers_of(alert)
            assert silence.ends_at - silence.starts_at == timedelta(hours=8)
    assert AuditEntry.objects.filter(who=world.alice.email, what__contains="alerts #").exists()


def test_what_is_not_known_to_be_done_is_refused(world: World, alice: Client) -> None:
    """With words, and nothing changes."""
    alert = alert_of(world)
    answer = alice.post("/alerts/changes/", {"do": "explode", "alert": alert.pk})
    assert answer.status_code == 400
    assert alice.post(f"/alerts/{alert.pk}/", {"do": "silence:9999"}).status_code == 400
    assert not Silence.objects.exists()


def test_foreign_alerts_cannot_be_changed(world: World, bob: Client) -> None:
    """Bob, who does not see the project, changes nothing by naming their ids."""
    alert = alert_of(world)
    limit_bob(world)
    bob.post("/alerts/changes/", {"do": "resolve", "alert": alert.pk})
    assert bob.post(f"/alerts/{alert.pk}/", {"do": "resolve"}).status_code == 404
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING
    assert "PaymentFailed" not in text(bob.get("/alerts/"))


def test_the_page_says_why_it_fired(world: World, alice: Client) -> None:
    """The figure against its threshold, the time, the events, the rule in a sentence."""
    alert = alert_of(world)
    answer = alice.get(f"/alerts/{alert.pk}/")
    body = text(answer)
    assert "63 events: more than 50 is critical" in body
    assert "number of events over 1 hour, per issue" in body
    html = answer.content.decode()
    sample = alert.evidence["samples"][0]["event"]
    assert f"/issues/{alert.issue_id}/events/{sample}/" in html
    assert 'class="critical"' in html  # the threshold as a line of the chart
    assert 'class="span critical"' in html
    assert "number of events, the worst of every" in body.lower()


def test_a_slow_transaction_leads_to_its_traces(world: World, alice: Client) -> None:
    """The percentile as a duration, how many it is of, and the spans that were slow."""
    rule = rule_of(
        world, name="Slow", source="transaction", per=["transaction"],
        measure={"percentile": 95}, levels={"critical": ">2s"},
    )  # fmt: skip
    trace, span = "a" * 32, "b" * 16
    sample = {"event": None, "trace": trace, "span": span, "at": 1_767_268_800_000_000}
    evidence = {"sample": 400, "bound": 0.0712, "threshold": ">2s", "samples": [sample]}
    alert = alert_of(world, rule=rule, key='["/pay"]', value=2430.0, evidence=evidence, issue=None)
    answer = alice.get(f"/alerts/{alert.pk}/")
    body = text(answer)
    assert "2.43 s: more than 2s is critical" in body
    assert "P95 of duration over 1 hour, per transaction" in body
    assert "Of 400 transactions" in body
    assert f"/traces/{trace}/?at=1767268800&amp;span={span}" in answer.content.decode()


def test_a_share_says_how_sure_it_is(world: World, alice: Client) -> None:
    """Sample and bound of the guard; without a guard that few events may show it by chance."""
    rule = rule_of(
        world, name="Share", per=[], measure={"ratio": "level:fatal"}, levels={"critical": ">5%"}
    )
    evidence = {"sample": 40, "bound": 0.083, "threshold": ">5%", "samples": []}
    alert = alert_of(world, rule=rule, key="[]", value=0.15, evidence=evidence, issue=None)
    body = text(alice.get(f"/alerts/{alert.pk}/"))
    assert "15 %: more than 5% is critical" in body
    assert "Of 40 events" in body
    assert "8.3 %" in body
    rule_of(
        world, name="Share", per=[], measure={"ratio": "level:fatal"}, levels={"critical": ">5%"},
        guard="off",
    )  # fmt: skip
    assert "The guard is off" in text(alice.get(f"/alerts/{alert.pk}/"))


def test_a_runbook_is_markdown_that_can_do_nothing(world: World, alice: Client) -> None:
    """Headings and emphasis; tags, pictures and links of other schemes stay text."""
    rule = rule_of(
        world,
        name="Hostile",
        runbook="**bold** <script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n"
        "![p](https://evil.example/p.png) [ok](https://wiki.example/a)",
    )
    html = alice.get(f"/alerts/{alert_of(world, rule=rule).pk}/").content.decode()
    runbook = html[html.index("What to do") : html.index("Who was told")]
    assert "<strong>bold</strong>" in runbook
    assert "<script" not in runbook
    assert 'href="javascript' not in runbook
    assert "<img" not in runbook
    assert 'href="https://wiki.example/a"' in runbook


def test_a_runbook_may_be_a_link(world: World, alice: Client) -> None:
    """Then it is one to click."""
    rule = rule_of(world, name="Linked", runbook="https://wiki.example/down?a=1&b=2")
    html = alice.get(f"/alerts/{alert_of(world, rule=rule).pk}/").content.decode()
    assert 'href="https://wiki.example/down?a=1&amp;b=2"' in html


def test_every_try_of_a_message_is_shown_without_secrets(world: World, alice: Client) -> None:
    """Channel, state, answer; a server that repeats the secret does not show it to anybody."""
    alert, channel = alert_of(world), channel_of(world)
    message = told(world, alert, channel, state="failed", last_error=f"401 for {SECRET}")
    DeliveryTry.objects.create(message=message, status=401, answer=f"wrong token {SECRET}")
    answer = alice.get(f"/alerts/{alert.pk}/")
    body = text(answer)
    assert "Ops" in body
    assert "401" in body
    assert "wrong token [secret]" in body
    assert SECRET not in answer.content.decode()
    other = alert_of(world, key='["77"]')
    assert "wrong token" not in text(alice.get(f"/alerts/{other.pk}/"))


def test_acting_on_the_page_is_in_its_history(world: World, alice: Client) -> None:
    """Acknowledge, close, silence with a reason: who and when."""
    alert = alert_of(world)
    address = f"/alerts/{alert.pk}/"
    alice.post(address, {"do": "acknowledge"})
    alice.post(address, {"do": "close:real"})
    alice.post(address, {"do": "silence:1", "reason": "we know"})
    body = text(alice.get(address))
    assert "Acknowledged by Alice" in body
    assert "Closed as real by Alice" in body
    assert "Silenced until" in body
    assert "we know" in body


def test_the_noise_of_a_rule_is_counted(world: World, alice: Client) -> None:
    """Fired, acknowledged, what they were, and the share that was not real."""
    rule = rule_of(world)
    now = clock.now()
    for number, closing in enumerate(("real", "not_real", "not_real", "expected", "")):
        alert_of(
            world, rule=rule, key=f'["{number}"]', closed_as=closing, state="over", over_at=now
        )
    old = now - timedelta(days=31)
    alert_of(world, rule=rule, key='["9"]', fired_at=old, state="over", over_at=old)
    alert = Alert.objects.order_by("pk").first()
    assert alert is not None
    body = text(alice.get(f"/alerts/{alert.pk}/"))
    assert "Fired in 30 days 5" in body
    assert "Not real 2" in body
    assert "False 50 %" in body
    assert "50 % false" in text(alice.get("/alerts/rules/"))


def test_an_issue_shows_its_alerts(world: World, alice: Client) -> None:
    """A badge that leads there, and a mark on the chart."""
    alert = alert_of(world)
    html = alice.get(f"/issues/{alert.issue_id}/").content.decode()
    assert html.count(f'href="/alerts/{alert.pk}/"') == 2
    assert "mark-critical" in html
    other = world.issues["message"]
    assert f"/alerts/{alert.pk}/" not in alice.get(f"/issues/{other.pk}/").content.decode()


def test_a_link_of_a_message_asks_first(world: World, nobody: Client) -> None:
    """Scanners open every link: nothing is done by it, and only titles are told."""
    alert = alert_of(world)
    address = f"/alerts/act/{sign('acknowledge', world.organization.pk, [alert.pk])}/"
    body = text(nobody.get(address))
    assert "Acknowledge 1 alert" in body
    assert "PaymentFailed" in body
    assert "Lantern" not in body
    assert "alice@example.com" not in body
    nobody.head(address)
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
    assert "acknowledged" in text(nobody.post(address))
    alert.refresh_from_db()
    assert alert.acknowledged_at is not None
    assert alert.acknowledged_by is None


def test_a_link_needs_the_token_of_its_form(world: World) -> None:
    """Another site cannot send the form."""
    alert = alert_of(world)
    strict = Client(enforce_csrf_checks=True)
    address = f"/alerts/act/{sign('resolve', world.organization.pk, [alert.pk])}/"
    assert strict.post(address).status_code == 403
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_who_is_signed_in_acts_by_name(world: World, alice: Client, charlie: Client) -> None:
    """But only in an organisation of theirs."""
    alert = alert_of(world)
    address = f"/alerts/act/{sign('resolve', world.organization.pk, [alert.pk])}/"
    alice.post(address)
    assert "by Alice" in text(alice.get(f"/alerts/{alert.pk}/"))
    other = alert_of(world, key='["5"]')
    charlie.post(f"/alerts/act/{sign('acknowledge', world.organization.pk, [other.pk])}/")
    other.refresh_from_db()
    assert other.acknowledged_at is not None
    assert other.acknowledged_by is None


def test_a_link_can_silence_for_a_while(world: World, nobody: Client) -> None:
    """The span is chosen on the page."""
    alert = alert_of(world)
    address = f"/alerts/act/{sign('silence', world.organization.pk, [alert.pk])}/"
    assert "8 hours" in text(nobody.get(address))
    nobody.post(address, {"hours": "8"})
    silence = Silence.objects.get()
    assert silence.ends_at - silence.starts_at == timedelta(hours=8)
    assert silence.by is None


@pytest.mark.parametrize("token", ["nonsense", "a:b:c"])
def test_a_link_that_was_not_made_here_does_nothing(
    world: World, nobody: Client, token: str
) -> None:
    """It says that it is not valid, with 410."""
    assert "not valid any more" in text(nobody.get(f"/alerts/act/{token}/"), 410)
    assert nobody.post(f"/alerts/act/{token}/").status_code == 410


def test_a_link_of_another_organisation_reaches_nothing(world: World, nobody: Client) -> None:
    """Ids are looked up within the organisation that was signed."""
    alert = alert_of(world)
    other = Organization.objects.create(slug="other", name="Other")
    body = text(nobody.get(f"/alerts/act/{sign('resolve', other.pk, [alert.pk])}/"), 410)
    assert "PaymentFailed" not in body


def test_a_link_is_good_for_a_month(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is not valid any more."""
    alert = alert_of(world)
    address = f"/alerts/act/{sign('resolve', world.organization.pk, [alert.pk])}/"
    import time

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    assert nobody.get(address).status_code == 410


def test_changes_are_told_while_the_list_is_open(world: World, alice: Client) -> None:
    """The fragment counts what changed since; nothing changed says nothing."""
    alert_of(world)
    before = (clock.now() - timedelta(hours=1)).isoformat()
    assert "1 changed alert" in text(alice.get("/alerts/changed/", {"since": before}))
    assert text(alice.get("/alerts/changed/", {"since": clock.now().isoformat()})) == ""


def test_a_silence_is_made_seen_and_ended(world: World, alice: Client) -> None:
    """With its reason; mistakes are said, and nothing that was written is lost."""
    sent = {"matchers": "project=shop\nlevel=warning", "span": "2h", "reason": "database moves"}
    assert alice.post("/alerts/silences/", sent).status_code == 302
    assert "database moves" in text(alice.get("/alerts/silences/"))
    silence = Silence.objects.get()
    alice.post(f"/alerts/silences/{silence.pk}/")
    silence.refresh_from_db()
    assert silence.ends_at <= clock.now()
    wrong = alice.post("/alerts/silences/", {**sent, "span": "soon"})
    assert "is no span of time" in text(wrong, 400)
    assert "database moves" in wrong.content.decode()
    assert alice.post("/alerts/silences/", {"matchers": "", "span": "1h"}).status_code == 400


def test_a_silence_tells_nothing_of_a_hidden_project(world: World, bob: Client) -> None:
    """Bob, who does not see the project, neither sees nor ends it."""
    silence = silence_of(world)
    assert "End now" in text(bob.get("/alerts/silences/"))
    limit_bob(world)
    assert "End now" not in text(bob.get("/alerts/silences/"))
    assert bob.post(f"/alerts/silences/{silence.pk}/").status_code == 404


def test_the_number_of_the_rail_is_of_ones_own_projects(world: World, bob: Client) -> None:
    """Of others not even the number is told."""
    alert_of(world)
    limit_bob(world)
    assert 'class="rail-number' not in bob.get("/alerts/").content.decode()


def test_a_member_of_another_organisation_owns_other_pages(world: World, charlie: Client) -> None:
    """Charlie, an owner elsewhere, sees none of the channels and routes."""
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.charlie, role=Role.OWNER)
    route, channel = route_of(world), channel_of(world)
    assert "No route yet" in text(charlie.get("/alerts/routes/"))
    assert "No channel yet" in text(charlie.get("/alerts/channels/"))
    for address in (f"/alerts/routes/{route.pk}/", f"/alerts/channels/{channel.pk}/"):
        assert charlie.get(address).status_code == 404
        assert charlie.post(address, {"do": "remove"}).status_code == 404
