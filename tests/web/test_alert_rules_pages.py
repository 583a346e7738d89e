"""Rules as people write them: the list, the form, YAML, the back-test, on, off and away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from tests.web.alerting import alert_of, channel_of, rule_of
from tests.web.test_alert_pages import limit_bob, text
from tests.web.world import World, add_issue
from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.alerts.models import Alert, AlertRule
from vedette.configuration._writing import the_kind
from vedette.issues.models import Issue
from vedette.rules.written import read_rule, write_rule
from vedette.web.pages.alert_rules.presets import PRESETS

NEW = "/alerts/rules/new/"


def fields_of(html: str) -> dict[str, Any]:
    """What a browser would send of the form of a rule as it is shown."""
    form = html[html.index('id="rule-form"') : html.index('id="trial"')]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'(\S+)="([^"]*)"', tag))
        if given.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        sent.setdefault(given["name"], []).append(unescaped(given.get("value", "")))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [unescaped(body)]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        sent[name] = [unescaped(chosen[1])] if chosen else []
    return sent


def unescaped(words: str) -> str:
    from html import unescape

    return unescape(words)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_each_preset_is_a_rule_that_can_be_saved(preset: Any, world: World, alice: Client) -> None:
    """The form that it fills in is sent as it is, and makes the rule it describes."""
    answer = alice.get(NEW, {"preset": preset.key, "project": "shop"})
    sent = {**fields_of(answer.content.decode()), "do": "save"}
    assert alice.post(NEW, sent).status_code == 302, text(alice.post(NEW, sent), 400)
    rule = AlertRule.objects.get()
    assert rule.project == world.shop
    assert rule.is_enabled
    assert rule.body == write_rule(read_rule(preset.entry))
    assert rule.name in text(alice.get("/alerts/rules/"))


def test_a_rule_opens_and_is_saved_as_it_was(world: World, alice: Client) -> None:
    """Every field goes through the form and back."""
    channel_of(world)
    rule = rule_of(
        world,
        name="Whole",
        filter="level:error",
        per=["tag:tenant"],
        measure={"ratio": "level:fatal"},
        window="10m",
        levels={"critical": ">20%", "warning": ">5%"},
        resolve="<=2%",
        guard={"min_samples": 25},
        **{"for": "1m"},
        keep_firing_for="5m",
        no_data="resolve",
        labels={"team": "payments"},
        notify=["ops"],
        enabled=False,
    )
    before = the_kind("rules").current(world.organization)["shop/whole"]
    page = f"/alerts/rules/{rule.pk}/"
    sent = {**fields_of(alice.get(page).content.decode()), "do": "save"}
    assert alice.post(page, sent).status_code == 302
    assert the_kind("rules").current(world.organization) == {"shop/whole": before}
    assert AuditEntry.objects.filter(what__contains="changed the alert rule shop/whole").exists()


def test_mistakes_stand_beside_their_fields(world: World, alice: Client) -> None:
    """In words; nothing that was written is lost, and nothing is saved."""
    sent = fields_of(alice.get(NEW, {"preset": "many", "project": "shop"}).content.decode())
    sent |= {"levels.critical": "lots", "window": "soon", "name": "Kept", "do": "save"}
    answer = alice.post(NEW, sent)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert re.search(r'name="levels.critical"[^>]*value="lots"[^>]*aria-invalid="true"', html)
    assert escape("'lots' is no threshold") in html
    assert re.search(r'name="window"[^>]*aria-invalid="true"', html)
    assert 'value="Kept"' in html
    assert not AlertRule.objects.exists()


def test_the_rule_is_the_same_as_yaml(world: World, alice: Client) -> None:
    """From the form to YAML and back, without loss; saved from there too."""
    sent = fields_of(alice.get(NEW, {"preset": "users", "project": "shop"}).content.decode())
    html = alice.post(NEW, {**sent, "do": "yaml"}).content.decode()
    written = fields_of(html)["yaml"][0]
    assert "measure:\n    unique: user" in written or "unique: user" in written
    back = fields_of(
        alice.post(NEW, {"tab": "yaml", "yaml": written, "do": "form"}).content.decode()
    )
    assert back["levels.critical"] == [">100"]
    assert back["measure"] == ["unique"]
    assert alice.post(NEW, {"tab": "yaml", "yaml": written, "do": "save"}).status_code == 302
    assert AlertRule.objects.get().body["measure"] == {"unique": "user"}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("rules:\n- project: shop\n  name: A\n  levels: {critical: lots}\n", "Line 4"),
        ("rules:\n- [}\n", "Line 2"),
        ("channels:\n- name: a\n", "Write one rule here"),
        ("", "Write one rule here"),
        ("rules:\n- project: nowhere\n  name: A\n", "Line 2: project: there is no project nowhere"),
    ],
)
def test_a_mistake_in_yaml_names_its_line(
    world: World, alice: Client, written: str, words: str
) -> None:
    """As `vedette apply` does."""
    answer = alice.post(NEW, {"tab": "yaml", "yaml": written, "do": "save"})
    assert words in text(answer, 400)
    assert not AlertRule.objects.exists()


def test_a_rule_is_tried_before_it_is_saved(world: World, alice: Client) -> None:
    """The back-test says when it would have fired and about what, and saves nothing."""
    for name in ("first", "second"):
        add_issue(world, world.shop, name)
    sent = fields_of(alice.get(NEW, {"preset": "new", "project": "shop"}).content.decode())
    body = text(alice.post(NEW, {**sent, "do": "test"}))
    assert "it would have fired 2 times" in body
    assert Issue.objects.latest("pk").title in body
    assert not AlertRule.objects.exists()
    fragment = alice.post(NEW, {**sent, "do": "test"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "it would have fired 2 times" in text(fragment)


def test_a_window_is_tried_with_its_keys(world: World, alice: Client) -> None:
    """Times, levels and values of each issue; a quiet rule says that it is."""
    sent = fields_of(alice.get(NEW, {"preset": "issue-many", "project": "shop"}).content.decode())
    quiet = text(alice.post(NEW, {**sent, "do": "test"}))
    assert "it would not have fired" in quiet
    loud = {**sent, "window": "4h", "levels.critical": ">2", "do": "test"}
    body = text(alice.post(NEW, loud))
    assert re.search(r"would have fired \d+ times", body)
    assert "PaymentFailed" in body


def test_a_rule_with_mistakes_is_not_tried(world: World, alice: Client) -> None:
    """It says what to mend first; a spike says that it cannot be told."""
    sent = fields_of(alice.get(NEW, {"preset": "many", "project": "shop"}).content.decode())
    body = text(alice.post(NEW, {**sent, "window": "", "do": "test"}))
    assert "over which time" in body
    sent = fields_of(alice.get(NEW, {"preset": "spike", "project": "shop"}).content.decode())
    assert "cannot be told" in text(alice.post(NEW, {**sent, "do": "test"}))


def test_two_rules_of_one_name_are_two(world: World, alice: Client) -> None:
    """Making one never writes over another."""
    sent = fields_of(alice.get(NEW, {"preset": "many", "project": "shop"}).content.decode())
    for _ in range(2):
        alice.post(NEW, {**sent, "do": "save"})
    slugs = sorted(AlertRule.objects.values_list("slug", flat=True))
    assert slugs == ["too-many-errors", "too-many-errors-2"]


def test_a_rule_is_switched_snoozed_and_removed(world: World, alice: Client) -> None:
    """Its state is in the list; removing asks for its name and takes its alerts along."""
    rule = rule_of(world)
    alert_of(world, rule=rule)
    page = f"/alerts/rules/{rule.pk}/state/"
    changed = rule.changed_at
    alice.post(page, {"do": "off"})
    rule.refresh_from_db()
    assert not rule.is_enabled
    assert rule.changed_at > changed
    assert re.search(r"\boff\b", text(alice.get("/alerts/rules/")))
    alice.post(page, {"do": "on"})
    alice.post(page, {"do": "snooze:8"})
    rule.refresh_from_db()
    assert rule.snoozed_until is not None
    assert rule.snoozed_until > clock.now()
    assert "snoozed" in text(alice.get("/alerts/rules/"))
    alice.post(page, {"do": "wake"})
    assert "snoozed" not in text(alice.get("/alerts/rules/"))
    assert alice.post(page, {"do": "remove", "confirm": "no"}).status_code == 400
    assert AlertRule.objects.exists()
    alice.post(page, {"do": "remove", "confirm": rule.name})
    assert not AlertRule.objects.exists()
    assert not Alert.objects.exists()


def test_a_rule_that_cannot_be_read_says_so(world: World, alice: Client) -> None:
    """In the list and on its page, which still opens."""
    rule = rule_of(world)
    AlertRule.objects.filter(pk=rule.pk).update(body={"name": "Old", "measure": "gone"})
    assert "broken" in text(alice.get("/alerts/rules/"))
    assert "Old" in text(alice.get(f"/alerts/rules/{rule.pk}/"))
    alert = alert_of(world, rule=rule, key='["8"]')
    assert "Old" in text(alice.get(f"/alerts/{alert.pk}/"))


def test_rules_of_hidden_projects_are_not_there(world: World, bob: Client) -> None:
    """Bob neither sees, tries, nor changes a rule of a project that he does not see."""
    rule = rule_of(world)
    limit_bob(world)
    assert rule.name not in text(bob.get("/alerts/rules/"))
    assert bob.get(f"/alerts/rules/{rule.pk}/").status_code == 404
    sent = fields_of(bob.get(NEW, {"preset": "new"}).content.decode())
    for wish in ("save", "test"):
        answer = bob.post(NEW, {**sent, "project": "shop", "do": wish})
        assert "no project shop" in text(answer, 400 if wish == "save" else 200)
        assert "PaymentFailed" not in answer.content.decode()
    written = "rules:\n- project: shop\n  name: A\n  source: issue\n  measure: {edge: first_seen}\n"
    written += "  levels: {warning: always}\n"
    for wish in ("save", "test"):
        answer = bob.post(NEW, {"tab": "yaml", "yaml": written, "do": wish})
        assert "PaymentFailed" not in answer.content.decode()
    assert AlertRule.objects.count() == 1


def test_an_edit_cannot_move_a_rule_into_another_project(world: World, alice: Client) -> None:
    """Id and project stay, whatever the form says."""
    rule = rule_of(world)
    page = f"/alerts/rules/{rule.pk}/"
    sent = fields_of(alice.get(page).content.decode())
    alice.post(page, {**sent, "project": "web", "id": "other", "do": "save"})
    assert list(AlertRule.objects.values_list("project__slug", "slug")) == [("shop", rule.slug)]


def test_a_rule_with_as_many_alerts_as_there_may_be_says_so(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at the list knows that there may be more."""
    from vedette.web.pages.alert_rules import listing

    rule = rule_of(world)
    alert_of(world, rule=rule)
    assert "nobody is told of further ones" not in text(alice.get("/alerts/rules/"))
    monkeypatch.setattr(listing, "MOST_ALERTS", 1)
    assert "nobody is told of further ones" in text(alice.get("/alerts/rules/"))
