"""Keeping monitors: what a person may write, what follows from it, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def _version() -> int:
    from vedette.monitors.prober.definitions import version

    return version()


def _change(monitor: Any, **entry: Any) -> list[str]:
    from vedette.monitors import saving
    from vedette.monitors.drafts import read_draft
    from vedette.monitors.kinds import secrets_of

    whole = {"name": monitor.name, "kind": monitor.kind, **monitor.settings, **entry}
    draft, problems = read_draft(whole, secrets=secrets_of(monitor))
    assert problems == []
    return saving.change(monitor, draft)


def test_each_change_is_heard_of_by_the_prober(watch: Watch) -> None:
    """Made, changed, paused, resumed, removed: the number rises; nothing changed is no event."""
    from tests.monitors.watching import events_of
    from vedette.monitors import saving

    seen = [_version()]
    shop = watch.monitor("shop")
    seen.append(_version())
    assert _change(shop, interval=30) == ["interval_seconds"]
    seen.append(_version())
    saving.pause(shop)
    seen.append(_version())
    saving.resume(shop)
    seen.append(_version())
    assert events_of(shop) == ["created", "changed", "paused", "resumed"]
    saving.remove(shop)
    seen.append(_version())
    assert sorted(set(seen)) == seen


def test_secrets_are_sealed_and_do_not_follow_an_address(watch: Watch) -> None:
    """Who changes where it goes has to know them; the prober alone is given them."""
    from django.db import connection

    from vedette.monitors.models import Monitor
    from vedette.monitors.prober import definitions
    from vedette.monitors.saving import MonitorProblems

    shop = watch.monitor("shop", token="a secret")
    assert "token" not in shop.settings
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM monitors_monitor")
        assert "a secret" not in cursor.fetchone()[0]
    assert _change(shop, name="Shop 2") == ["name"]
    with pytest.raises(MonitorProblems, match="token"):
        _change(Monitor.objects.get(), address="elsewhere.example.com:80")
    assert _change(shop, address="elsewhere.example.com:80", token="another") == [
        *("settings", "secrets")
    ]
    (found,) = definitions.load(definitions.survey(["sample"]))
    assert found.settings == {"address": "elsewhere.example.com:80", "token": "another"}


_WAYS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("http", {"url": "https://shop.example/", "token": "a secret"}, {"verify": False}),
    (
        "http",
        {"url": "https://shop.example/", "token": "a secret"},
        {"headers": ["Host: x.example"]},
    ),
    (
        "health",
        {"url": "https://shop.example/", "secret_headers": "X-Key: abcd"},
        {"verify": False},
    ),
    ("third_party", {"url": "https://shop.example/", "token": "a secret"}, {"verify": False}),
    ("websocket", {"url": "wss://shop.example/", "token": "a secret"}, {"verify": False}),
    ("redis", {"host": "shop.example", "password": "a secret", "tls": True}, {"tls": False}),
    ("redis", {"host": "shop.example", "password": "a secret", "tls": True}, {"verify": False}),
    (
        "postgres",
        {"host": "shop.example", "user": "a", "password": "a secret", "security": "verify-full"},
        {"security": "prefer"},
    ),
    ("smtp", {"host": "shop.example", "user": "a", "password": "a secret"}, {"verify": False}),
    ("grpc", {"host": "shop.example", "port": 1, "metadata": "key: abcd"}, {"tls": False}),
    (
        "turn",
        {"host": "shop.example", "secret": "a secret", "transport": "tls"},
        {"transport": "udp"},
    ),
]


@pytest.mark.parametrize(("kind", "settings", "weaker"), _WAYS)
def test_secrets_do_not_go_on_with_less_protection(
    watch: Watch, kind: str, settings: dict[str, Any], weaker: dict[str, Any]
) -> None:
    """Who may not see them lets nobody else on their way hear them, nor another site of theirs."""
    from vedette.monitors.models import Monitor
    from vedette.monitors.saving import MonitorProblems

    shop = watch.monitor("shop", kind=kind, **settings)
    assert _change(shop, interval=30) == ["interval_seconds"]
    with pytest.raises(MonitorProblems, match="write it again"):
        _change(Monitor.objects.get(), **weaker)
    written = {name: value for name, value in settings.items() if name not in shop.settings}
    assert "settings" in _change(Monitor.objects.get(), **weaker, **written)


def test_headers_that_name_no_site_are_changed_without_the_secrets(watch: Watch) -> None:
    """They lead nowhere."""
    shop = watch.monitor("shop", kind="http", url="https://shop.example/", token="a secret")
    assert _change(shop, headers=["Accept-Language: en"]) == ["settings"]


def test_a_secret_that_is_written_as_nothing_goes(watch: Watch) -> None:
    """Also along with a change of the address, for which it needs not be known."""
    from vedette.monitors.kinds import secrets_of
    from vedette.monitors.models import Monitor

    shop = watch.monitor("shop", token="a secret")
    assert _change(shop, name="Shop") == ["name"]
    assert _change(Monitor.objects.get(), token=None) == ["secrets"]
    assert secrets_of(Monitor.objects.get()) == {}
    _change(Monitor.objects.get(), token="another")
    _change(Monitor.objects.get(), address="elsewhere.example.com:80", token=None)
    assert secrets_of(Monitor.objects.get()) == {}


def test_what_looks_at_something_else_begins_anew(watch: Watch) -> None:
    """What was measured says nothing of it; another name changes nothing."""
    from tests.monitors.watching import state_of

    shop = watch.monitor("shop")
    watch.checks(shop, "offf")
    _change(shop, name="Shop")
    assert state_of(shop) == "down"
    _change(shop, address="elsewhere.example.com:80")
    assert state_of(shop) == "new"


def test_nothing_depends_on_itself(watch: Watch) -> None:
    """By whatever detour; the way is told."""
    from vedette.monitors.saving import MonitorProblems

    one = watch.monitor("one")
    watch.monitor("two", depends_on=["one"])
    watch.monitor("three", depends_on=["two"])
    with pytest.raises(MonitorProblems, match="one → three → two → one"):
        _change(one, depends_on=["three"])
    with pytest.raises(MonitorProblems, match="no monitor nowhere"):
        _change(one, depends_on=["nowhere"])


def test_an_organisation_has_room_for_so_many(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the next is refused in words."""
    from vedette.monitors import saving

    monkeypatch.setattr(saving, "MOST_OF_AN_ORGANIZATION", 2)
    watch.monitor("one")
    watch.monitor("two")
    with pytest.raises(saving.MonitorProblems, match="has 2 monitors"):
        watch.monitor("three")


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"name": ""}, "name"),
        ({"address": ""}, "address"),
        ({"interval": 5}, "interval"),
        ({"interval": 7200}, "interval"),
        ({"timeout": 31}, "timeout"),
        ({"interval": 10, "timeout": 20}, "timeout"),
        ({"fail_after": 0}, "fail_after"),
        ({"window": {"fails": 5, "of": 3}}, "window"),
        ({"window": [1]}, "window"),
        ({"slow": {"ms": 100, "clear_ms": 200}}, "slow"),
        ({"slow": {"ms": "x"}}, "slow"),
        ({"tags": ["a"]}, "tags"),
        ({"tags": {"a": {}}}, "tags.a"),
        ({"depends_on": "gateway"}, "depends_on"),
        ({"severity": "mild"}, "severity"),
        ({"runbook": 7}, "runbook"),
        ({"enabled": "no"}, "enabled"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    watch: Watch, entry: dict[str, Any], path: str
) -> None:
    """All of it at once; nothing raises."""
    from vedette.monitors.drafts import read_draft

    whole = {"name": "Shop", "kind": "sample", "address": "a:1", **entry}
    _, problems = read_draft(whole)
    assert path in [one.path for one in problems]


def test_slugs_are_free_and_made_of_names(watch: Watch) -> None:
    """Two of the same name in a project."""
    assert [watch.monitor("Shop front").slug for _ in range(3)] == [
        *("shop-front", "shop-front-2", "shop-front-3")
    ]


@pytest.mark.parametrize("kind", ["composite", "cron", "heartbeat"])
def test_passive_kinds_keep_their_contract(watch: Watch, kind: str) -> None:
    """The sample is right, what it watches is told, and an empty one is explained or right."""
    from vedette.monitors.passive import passive_kinds

    found = passive_kinds()[kind]
    assert found.check(found.sample()) == {}
    assert found.target(found.sample())
    names = {field.name for field in found.fields}
    assert set(found.sample()) <= names
    assert set(found.check({})) <= names


def test_no_composite_is_made_of_itself(watch: Watch) -> None:
    """Neither directly nor by way of others: once down it would never be up again."""
    from vedette.monitors.saving import MonitorProblems

    watch.monitor("eu")
    inner = watch.monitor("inner", kind="composite", monitors=["eu"], at_least=1)
    watch.monitor("outer", kind="composite", monitors=["inner", "eu"], at_least=1)
    for members in (["inner", "eu"], ["outer", "eu"]):
        with pytest.raises(MonitorProblems, match="it would be made of itself: inner"):
            _change(inner, monitors=members)
    assert _change(inner, monitors=["eu", "unknown"]) == ["settings"]
