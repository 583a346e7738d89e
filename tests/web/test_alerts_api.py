"""Alerts, silences and configuration as code over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.alerting import RULE, SECRET, alert_of, channel_of, route_of, rule_of, told
from tests.web.test_alert_pages import limit_bob
from tests.web.walk import bearer
from tests.web.world import World
from vedette.accounts.models import AuditEntry
from vedette.alerts.models import AlertRule, AlertState, Channel, DeliveryTry, Silence

ORGANIZATION = "/api/0/organizations/lantern/"
CONFIGURATION = f"{ORGANIZATION}configuration/"
JSON = "application/json"
FILE = """\
channels:
- {id: hook, kind: webhook, url: "https://ops.example/in"}
routes:
- {id: all, channels: [hook]}
rules:
- project: shop
  name: Too many errors
  measure: {rate: minute}
  window: 5m
  levels: {critical: ">10"}
"""


@pytest.fixture
def token(world: World) -> Client:
    """Alice's, with the scopes of alerts."""
    return bearer(world.organization, world.alice, ["alerts:read", "alerts:write"])


@pytest.fixture
def bobs_token(world: World) -> Client:
    """Bob's, who does not see the shop."""
    limit_bob(world)
    return bearer(world.organization, world.bob, ["alerts:read", "alerts:write"])


def apply(client: Client, text: str, query: str = "") -> Any:
    return client.post(f"{CONFIGURATION}?{query}", text, content_type="application/yaml")


def test_alerts_are_listed_and_filtered(world: World, token: Client) -> None:
    """What fires, or all of a time; by level, project and state."""
    alert = alert_of(world)
    (shape,) = token.get(f"{ORGANIZATION}alerts/").json()
    assert shape["title"] == alert.title
    assert shape["figure"] == "63 events"
    assert shape["rule"]["owner"]["email"] == world.alice.email
    assert shape["dateFired"].endswith("Z")
    for query, number in (
        ({"level": "critical"}, 1),
        ({"level": "warning"}, 0),
        ({"project": "web"}, 0),
        ({"project": "shop"}, 1),
        ({"status": "acknowledged"}, 0),
        ({"status": "all"}, 1),
        ({"status": "all", "start": "2020-01-01", "end": "2020-02-01"}, 0),
        ({"query": "gateway"}, 1),
    ):
        assert len(token.get(f"{ORGANIZATION}alerts/", query).json()) == number, query
    assert token.get(f"{ORGANIZATION}alerts/", {"level": "worse"}).status_code == 400


def test_one_alert_has_its_evidence_history_and_messages(world: World, token: Client) -> None:
    """Every try and its answer, without secrets."""
    alert, channel = alert_of(world), channel_of(world)
    message = told(world, alert, channel, state="sent")
    DeliveryTry.objects.create(message=message, status=200, answer=f"got {SECRET}", is_done=True)
    answer = token.get(f"{ORGANIZATION}alerts/{alert.pk}/")
    shape = answer.json()
    assert shape["evidence"]["threshold"] == ">50"
    assert [one["what"] for one in shape["history"]] == ["fired"]
    assert shape["deliveries"][0]["tries"][0]["answer"] == "got [secret]"
    assert SECRET not in answer.content.decode()


def test_an_alert_is_acknowledged_resolved_and_closed(world: World, token: Client) -> None:
    """By the token's person, who is in the history and in the audit."""
    alert = alert_of(world)
    address = f"{ORGANIZATION}alerts/{alert.pk}/"
    shape = token.put(address, {"status": "acknowledged"}, JSON).json()
    assert shape["acknowledgedBy"]["email"] == world.alice.email
    shape = token.put(address, {"status": "resolved", "closedAs": "not_real"}, JSON).json()
    assert (shape["state"], shape["closedAs"]) == ("over", "not_real")
    assert token.put(address, {"status": "gone"}, JSON).status_code == 400
    entries = AuditEntry.objects.filter(what__startswith=f"alert #{alert.pk}")
    assert set(entries.values_list("who", flat=True)) == {world.alice.email}


def test_foreign_alerts_are_not_there(world: World, bobs_token: Client) -> None:
    """Neither listed nor found nor changed."""
    alert = alert_of(world)
    assert bobs_token.get(f"{ORGANIZATION}alerts/", {"status": "all"}).json() == []
    address = f"{ORGANIZATION}alerts/{alert.pk}/"
    assert bobs_token.get(address).status_code == 404
    assert bobs_token.put(address, {"status": "resolved"}, JSON).status_code == 404
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_a_silence_is_made_listed_and_ended(world: World, token: Client) -> None:
    """As on the page."""
    body = {"matchers": ["project=shop"], "span": "2h", "reason": "moving"}
    made = token.post(f"{ORGANIZATION}silences/", body, JSON)
    assert made.status_code == 201
    (shape,) = token.get(f"{ORGANIZATION}silences/").json()
    assert shape["reason"] == "moving"
    one = f"{ORGANIZATION}silences/{shape['id']}/"
    assert token.get(one).json() == shape
    assert token.delete(one).status_code == 204
    silence = Silence.objects.get()
    assert silence.ends_at < silence.starts_at.replace(year=silence.starts_at.year + 1)
    assert token.post(f"{ORGANIZATION}silences/", {"matchers": []}, JSON).status_code == 400
    wrong = token.post(f"{ORGANIZATION}silences/", {**body, "span": "soon"}, JSON)
    assert "no span of time" in wrong.json()["detail"]


def test_a_file_is_applied_shown_and_applied_again(world: World, token: Client) -> None:
    """The difference first; then it is so, and applying it again changes nothing."""
    dry = apply(token, FILE, "dry_run=1").json()
    assert [(one["what"], one["kind"], one["id"]) for one in dry["steps"]] == [
        ("create", "channels", "hook"),
        ("create", "routes", "all"),
        ("create", "rules", "shop/too-many-errors"),
    ]
    assert not dry["isDone"]
    assert not AlertRule.objects.exists()
    assert apply(token, FILE).json()["isDone"]
    assert AlertRule.objects.get().is_from_file
    assert apply(token, FILE).json()["steps"] == []
    changed = apply(token, FILE.replace(">10", ">20")).json()["steps"]
    assert [one["what"] for one in changed] == ["change"]
    assert any(">20" in line for line in changed[0]["lines"])
    held = token.get(CONFIGURATION).json()
    assert held["rules"][0]["levels"] == {"critical": ">20"}
    again = apply(token, token.get(CONFIGURATION).content.decode())  # JSON is YAML
    assert again.json()["steps"] == []


def test_pruning_removes_what_files_no_longer_have(world: World, token: Client) -> None:
    """But never what was made by hand."""
    rule_of(world)
    apply(token, FILE)
    short = FILE[: FILE.index("rules:")]
    assert apply(token, short).json()["steps"] == []
    steps = apply(token, short, "prune=true").json()["steps"]
    assert [(one["what"], one["id"]) for one in steps] == [("remove", "shop/too-many-errors")]
    assert AlertRule.objects.get().name == RULE["name"]


def test_mistakes_of_a_file_have_their_lines_and_nothing_is_applied(
    world: World, token: Client
) -> None:
    """All of them at once."""
    wrong = FILE.replace("window: 5m", "window: soon").replace("kind: webhook", "kind: smoke")
    answer = apply(token, wrong)
    assert answer.status_code == 400
    lines = [one["line"] for one in answer.json()["mistakes"]]
    assert lines == [2, 9]
    assert not Channel.objects.exists()
    assert apply(token, "rules: [").status_code == 400
    assert token.post(CONFIGURATION, b"\xff", content_type=JSON).status_code == 400


def test_one_entry_is_put_read_and_deleted(world: World, token: Client) -> None:
    """In the written form; a rule's id is project/id."""
    address = f"{CONFIGURATION}rules/shop/mine/"
    body = {key: value for key, value in RULE.items() if key != "runbook"}
    assert token.put(address, body, JSON).status_code == 201
    assert token.put(address, {**body, "window": "2h"}, JSON).status_code == 200
    held = token.get(address).json()
    assert (held["id"], held["project"], held["window"]) == ("mine", "shop", "2h")
    assert token.get(f"{CONFIGURATION}rules/").json() == [held]
    wrong = token.put(address, {**body, "window": "soon"}, JSON)
    assert wrong.status_code == 400
    assert "soon" in wrong.json()["mistakes"][0]["words"]
    assert token.put(address, "no json", JSON).status_code == 400
    assert token.delete(address).status_code == 204
    assert token.get(address).status_code == 404
    assert AuditEntry.objects.filter(what="removed rules shop/mine").exists()


def test_secrets_are_never_given_and_stay_when_put_back(world: World, token: Client) -> None:
    """What is read can be written again without losing them."""
    channel = channel_of(world)
    address = f"{CONFIGURATION}channels/ops/"
    for one in (address, f"{CONFIGURATION}channels/", CONFIGURATION):
        assert SECRET not in token.get(one).content.decode()
    held = token.get(address).json()
    assert held["secret"] == "(set)"
    assert token.put(address, {**held, "name": "Operations"}, JSON).status_code == 200
    sealed = Channel.objects.get(pk=channel.pk)
    from vedette.connections.secrets import settings_of

    assert sealed.name == "Operations"
    assert settings_of(sealed)["secret"] == SECRET


def test_hidden_projects_are_none(world: World, bobs_token: Client) -> None:
    """Not read, not written, not removed, not by pruning either."""
    rule = rule_of(world)
    AlertRule.objects.filter(pk=rule.pk).update(is_from_file=True)
    address = f"{CONFIGURATION}rules/shop/{rule.slug}/"
    assert bobs_token.get(address).status_code == 404
    assert bobs_token.delete(address).status_code == 404
    assert bobs_token.put(address, RULE, JSON).status_code == 404
    assert bobs_token.get(CONFIGURATION).json()["rules"] == []
    assert bobs_token.get(f"{CONFIGURATION}rules/").json() == []
    answer = apply(bobs_token, FILE)
    assert answer.status_code == 400
    assert "there is no project shop" in answer.json()["detail"]
    assert apply(bobs_token, "", "prune=1").json()["steps"] == []
    assert AlertRule.objects.count() == 1


def test_reading_needs_another_scope_than_writing(world: World) -> None:
    """`alerts:read` changes nothing."""
    reader = bearer(world.organization, world.alice, ["alerts:read"])
    route_of(world)
    assert reader.get(CONFIGURATION).status_code == 200
    for method, address in (
        ("post", CONFIGURATION),
        ("put", f"{CONFIGURATION}routes/pager/"),
        ("delete", f"{CONFIGURATION}routes/pager/"),
        ("post", f"{ORGANIZATION}silences/"),
    ):
        assert getattr(reader, method)(address, {}, content_type=JSON).status_code == 403
    assert reader.get(f"{CONFIGURATION}smoke/").status_code == 404


@pytest.mark.parametrize(
    "odd", ["x", "9" * 40, 5, -1.5, None, True, [], [1], [None], {}, {"a": []}]
)
def test_a_value_of_the_wrong_kind_is_a_mistake_and_no_failure(
    world: World, token: Client, odd: Any
) -> None:
    """In every key of every kind: the answer is below 500."""
    route_of(world)
    good: dict[str, dict[str, Any]] = {
        "rules/shop/a": {**RULE, "source": "event"},
        "channels/ops": {"name": "Ops", "kind": "webhook", "url": "https://ops.example/in"},
        "routes/pager": {"channels": ["ops"]},
    }
    keys = {
        "rules/shop/a": (
            "name", "source", "filter", "per", "measure", "window", "levels", "resolve", "guard",
            "for", "keep_firing_for", "no_data", "enabled", "owner", "runbook", "labels", "notify",
        ),
        "channels/ops": ("name", "kind", "url", "secret", "enabled", "fallback", "most_messages"),
        "routes/pager": (
            "order", "match", "channels", "continue", "group_by", "wait", "interval", "repeat",
            "mute",
        ),
    }  # fmt: skip
    failed = []
    for identity, entry in good.items():
        for key in keys[identity]:
            answer = token.put(f"{CONFIGURATION}{identity}/", {**entry, key: odd}, JSON)
            if answer.status_code >= 500:
                failed.append((identity, key, odd))
    assert failed == []


def test_nul_in_a_body_is_refused_in_words(world: World, token: Client) -> None:
    """No database takes it; a backslash before the same letters is an ordinary text."""
    path = f"{ORGANIZATION}silences/"
    for field in ("matchers", "reason"):
        held = {
            "matchers": ["a=b"],
            "reason": "x",
            field: ["a=\x00"] if field == "matchers" else "\x00",
        }
        answer = token.post(path, held, content_type=JSON)
        assert answer.status_code == 400, field
        assert "character" in answer.json()["detail"]
    held = {"matchers": ["a=b"], "reason": r"\u0000"}
    assert token.post(path, held, content_type=JSON).status_code == 201
