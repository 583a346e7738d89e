"""Rules that nobody would write but somebody may send: words, never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.world import World
from vedette.alerts.models import AlertRule, Channel

NEW = "/alerts/rules/new/"
BASE = {"name": "a", "project": "shop", "measure": "count", "window": "5m", "levels": '">5"'}
ODD = ("[[]]", "{a: {b: c}}", "{1: 2}", "{null: 1}", "[1, 2]", "[{a: b}]", "5", "true", '""',
       "2024-01-01", "!!binary aGk=", ".nan", "99999999999999999999", "9" * 400)  # fmt: skip
KEYS = ("name", "source", "filter", "per", "measure", "window", "levels", "resolve", "guard",
        "for", "no_data", "id", "owner", "runbook", "labels", "notify", "enabled")  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_value_of_another_type_is_told_in_the_form_and_as_text(
    world: World, alice: Client, key: str
) -> None:
    """In either tab, tried or saved: the page says what is wrong."""
    for value in ODD:
        lines = "\n  ".join(f"{name}: {one}" for name, one in {**BASE, key: value}.items())
        for wish in ("form", "yaml", "test", "save"):
            sent = {"tab": "yaml", "yaml": f"rules:\n- {lines}", "do": wish}
            answer = alice.post(NEW, sent)
            assert answer.status_code in (200, 302, 400), (key, value, wish)


@pytest.mark.parametrize(
    "measure",
    [
        "{spike: {days: 1000000000}}",
        "{spike: {days: 0}}",
        "{spike: {tail: 5}}",
        "{percentile: -5, of: duration}",
        "{percentile: 100}",
        f"{{unique: {'k' * 300}}}",
    ],
)
def test_what_a_measure_is_told_has_bounds(world: World, alice: Client, measure: str) -> None:
    """A billion days would be asked for one by one, for ever, before any other rule."""
    text = f"rules:\n- {{name: a, project: shop, measure: {measure}, window: 5m, levels: '>=3'}}"
    answer = alice.post(NEW, {"tab": "yaml", "yaml": text, "do": "save"})
    assert answer.status_code == 400
    assert not AlertRule.objects.exists()


def test_names_in_any_script_make_a_rule_and_a_channel(world: World, alice: Client) -> None:
    """Addresses hold no Japanese and no Arabic: the id is made all the same, always the same."""
    for name in ("エラーが多い", "أخطاء كثيرة", "Ошибки"):
        sent = {**BASE, "levels.critical": ">5", "name": name, "enabled": "1", "do": "save"}
        assert alice.post(NEW, sent).status_code == 302, name
        sent = {"name": name, "field.topic": "x", "enabled": "1"}
        assert alice.post("/alerts/channels/new/?kind=ntfy", sent).status_code == 302, name
    assert {rule.name for rule in AlertRule.objects.all()} == {
        "エラーが多い",
        "أخطاء كثيرة",
        "Ошибки",
    }
    assert len({channel.slug for channel in Channel.objects.all()}) == 3


def test_one_back_test_of_a_person_at_a_time(world: World, alice: Client) -> None:
    """Each computes for seconds: a second one is told to wait instead of slowing all pages."""
    from vedette.access.loading import access_of
    from vedette.web.pages.alert_rules.trial import TRIALS

    sent = {**BASE, "levels.critical": ">5", "tab": "form", "do": "test"}
    assert "it would" in alice.post(NEW, sent, HTTP_HX_REQUEST="true").content.decode()
    with TRIALS.place(access_of(world.alice).asker):
        answer = alice.post(NEW, sent, HTTP_HX_REQUEST="true").content.decode()
    assert "it would" not in answer
    assert "ask again in a moment" in answer
