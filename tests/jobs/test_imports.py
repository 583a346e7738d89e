"""Monitors of Uptime Kuma and UptimeRobot: what they become, and what cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.world import World
from vedette.monitors.drafts import read_draft
from vedette.monitors.imports import formats, read_any
from vedette.monitors.kinds import secrets_of
from vedette.monitors.models import Monitor

_COMMON = {
    "id": 1, "interval": 60, "retryInterval": 30, "maxretries": 2, "timeout": 48, "active": True,
    "ignoreTls": False, "upsideDown": False, "maxredirects": 10, "method": "GET",
    "accepted_statuscodes": ["200-299"], "tags": [{"name": "team", "value": "web"}],
}  # fmt: skip
KUMA = {
    "version": "1.23.13",
    "notificationList": [],
    "monitorList": [
        {**_COMMON, "name": "Shop", "type": "http", "url": "https://shop.example",
         "headers": "{\"X-Probe\": \"yes\"}",
         "basic_auth_user": "ada", "basic_auth_pass": "s3cret"},
        {**_COMMON, "name": "Word", "type": "keyword", "url": "https://shop.example",
         "keyword": "Welcome \"in\"", "accepted_statuscodes": ["200-299", "404"]},
        {**_COMMON, "name": "No word", "type": "keyword", "url": "https://shop.example",
         "keyword": "error", "invertKeyword": True},
        {**_COMMON, "name": "Health", "type": "json-query", "url": "https://shop.example/health",
         "jsonPath": "$.db.status", "expectedValue": "ok"},
        {**_COMMON, "name": "Port", "type": "port", "hostname": "db.example", "port": 5432},
        {**_COMMON, "name": "Ping", "type": "ping", "hostname": "10.0.0.1", "active": False},
        {**_COMMON, "name": "Name", "type": "dns", "hostname": "shop.example",
         "dns_resolve_type": "MX", "dns_resolve_server": "1.1.1.1"},
        {**_COMMON, "name": "Backup", "type": "push", "interval": 90},
        {**_COMMON, "name": "Cache", "type": "redis",
         "databaseConnectionString": "redis://app:pa%40ss@cache.example:6380"},
        {**_COMMON, "name": "Base", "type": "postgres",
         "databaseConnectionString": "postgres://app:pass@db.example/shop",
         "databaseQuery": "SELECT 1"},
        {**_COMMON, "name": "Game", "type": "steam", "hostname": "x", "port": 1},
        {**_COMMON, "name": "All", "type": "group"},
    ],
}  # fmt: skip
ROBOT = {
    "stat": "ok",
    "monitors": [
        {"id": 1, "friendly_name": "Shop", "url": "https://shop.example", "type": 1,
         "interval": 300, "status": 2, "http_username": "", "keyword_type": None},
        {"id": 2, "friendly_name": "Word", "url": "https://shop.example", "type": 2,
         "keyword_type": 2, "keyword_value": "Welcome", "interval": 60, "status": 0},
        {"id": 3, "friendly_name": "Host", "url": "192.0.2.7", "type": 3, "interval": 300},
        {"id": 4, "friendly_name": "Mail", "url": "mail.example", "type": 4, "sub_type": 4,
         "port": "", "interval": 300},
        {"id": 5, "friendly_name": "Beat", "url": "x", "type": 5, "interval": 3600},
    ],
}  # fmt: skip
TABLE = """Type,Friendly Name,URL/IP,Interval,Keyword Type,Keyword Value,Port
HTTP,Shop,https://shop.example,300,,,
Keyword,Word,https://shop.example,300,not exists,Welcome,
Port,Base,db.example,300,,,5432
"""


def entries(given: Any) -> dict[str, Any]:
    """What a file becomes, by name; each is a monitor that can be kept."""
    read = read_any(given if isinstance(given, str) else json.dumps(given))
    assert read is not None
    made = {one.name: one.entry for one in read[1] if one.entry is not None}
    for entry in made.values():
        assert read_draft(entry)[1] == []
    return made


def test_a_backup_of_uptime_kuma() -> None:
    made = entries(KUMA)
    assert sorted(made) == sorted(one["name"] for one in KUMA["monitorList"][:10])  # type: ignore[index]
    shop = made["Shop"]
    assert shop["conditions"] == ["status >= 200 and status <= 299"]
    assert (shop["user"], shop["password"]) == ("ada", "s3cret")
    assert shop["headers"] == ["X-Probe: yes"]
    assert (shop["fail_after"], shop["timeout"], shop["retry_every"]) == (3, 30, 30)
    assert shop["tags"] == {"team": "web"}
    assert made["Word"]["conditions"] == [
        "(status >= 200 and status <= 299) or status == 404",
        'body contains "Welcome \\"in\\""',
    ]
    assert made["No word"]["conditions"][1] == 'not (body contains "error")'
    assert made["Health"]["conditions"][1] == '$.db.status == "ok"'
    assert made["Ping"]["enabled"] is False
    assert (made["Backup"]["kind"], made["Backup"]["every"]) == ("heartbeat", 2)
    cache = made["Cache"]
    assert (cache["host"], cache["port"], cache["password"]) == ("cache.example", 6380, "pa@ss")
    assert made["Base"]["database"] == "shop"


def test_monitors_of_uptimerobot() -> None:
    made = entries(ROBOT)
    assert made["Word"]["conditions"] == ["status < 400", 'body contains "Welcome"']
    assert made["Word"]["enabled"] is False
    assert (made["Mail"]["kind"], made["Mail"]["port"]) == ("tcp", 25)
    assert (made["Beat"]["kind"], made["Beat"]["every"]) == ("heartbeat", 60)
    table = entries(TABLE)
    assert table["Word"]["conditions"][1] == 'body contains "Welcome"'
    assert table["Base"]["port"] == 5432
    assert list(table) == ["Shop", "Word", "Base"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "hello", "a,b\n1,2", '{"monitors": [1]}'])
def test_a_file_of_nobody_is_none(text: str) -> None:
    assert read_any(text) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine, not of the code
@given(
    st.sampled_from(KUMA["monitorList"]), st.dictionaries(st.sampled_from(sorted(_COMMON)), _JSON)
)  # type: ignore[arg-type]
def test_nothing_makes_it_raise(row: dict[str, Any], change: dict[str, Any]) -> None:
    kuma = json.dumps({"monitorList": [{**row, **change}]})
    robot = json.dumps({"monitors": [{"friendly_name": "x", **change, "type": 1, "url": "y"}]})
    for text in (kuma, robot):
        for one in formats().values():
            for found in one.read(text) or []:
                if found.entry is not None:
                    read_draft(found.entry)


def test_they_are_shown_first_and_then_made(world: World, alice: Client) -> None:
    sent = {"text": json.dumps(KUMA), "project": "shop"}
    body = alice.post("/monitors/import/", sent).content.decode()
    assert "10 of 12 of Uptime Kuma can be taken over" in body
    assert "no kind is like steam" in body
    assert not Monitor.objects.exists()
    assert alice.post("/monitors/import/", {**sent, "do": "import"}).status_code == 302
    assert Monitor.objects.count() == 10
    assert secrets_of(Monitor.objects.get(name="Shop")) == {"password": "s3cret"}
    assert alice.post("/monitors/import/", {"text": "hello", "project": "shop"}).status_code == 400
    assert alice.get("/monitors/import/").status_code == 200
