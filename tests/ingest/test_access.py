"""Who may send: every carrier of credentials, and every way to be refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.ingest.doorway import EVENT, KEY, OTHER_KEY, Doorway, doorway
from vedette import clock
from vedette.ingest.keys import Key
from vedette.wire.envelope import build_envelope

BASIC = base64.b64encode(f"{KEY}:".encode()).decode()
CARRIERS = {
    "sentry auth": {"headers": {"X-Sentry-Auth": f"Sentry sentry_version=7,sentry_key={KEY}"}},
    "lower case scheme": {"headers": {"X-Sentry-Auth": f"sentry sentry_key={KEY}"}},
    "float timestamp": {
        "headers": {"X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_timestamp=17953.48"}
    },
    "authorization": {"headers": {"Authorization": f"Sentry sentry_key={KEY}"}},
    "basic": {"headers": {"Authorization": f"Basic {BASIC}"}},
    "query": {"query": f"sentry_version=7&sentry_key={KEY}&sentry_client=js%2F11"},
    "query of version 7": {"query": f"sentry_key={KEY}&sentry_version=7"},
    "header and query that agree": {
        "headers": {"X-Sentry-Auth": f"Sentry sentry_key={KEY}"},
        "query": f"sentry_key={KEY}",
    },
    "with the old secret": {
        "headers": {"X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_secret={OTHER_KEY}"}
    },
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carrier_opens_the_door(door: Doorway, carrier: str) -> None:
    """Header, authorization, basic, query: what the SDKs send."""
    answer = door.send(auth=False, **CARRIERS[carrier])  # type: ignore[arg-type]
    assert (answer.status, answer.json()) == (200, {"id": "c" * 32})
    assert [kind for kind, _ in door.items()] == ["event"]


def test_an_envelope_may_bring_its_dsn(door: Doorway) -> None:
    """As a tunnel forwards it, with nothing in the headers."""
    dsn = f"https://{KEY}@errors.example/prefix/42"
    body = EVENT.replace(b"{", b'{"dsn":"%s",' % dsn.encode(), 1)
    assert door.send(body=body, auth=False).status == 200
    assert door.send(body=body).status == 200


@pytest.mark.parametrize("dsn", [f"https://{OTHER_KEY}@h/42", f"https://{KEY}@h/43"])
def test_a_dsn_that_contradicts_is_refused(door: Doorway, dsn: str) -> None:
    """Key and project must agree with the request's."""
    body = EVENT.replace(b"{", b'{"dsn":"%s",' % dsn.encode(), 1)
    assert door.send(body=body).status == 403
    assert door.items() == []


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (401, {"auth": False}),
        (401, {"auth": False, "headers": {"X-Sentry-Auth": "Sentry sentry_version=7"}}),
        (401, {"query": f"sentry_key={OTHER_KEY}"}),
        (401, {"auth": False, "headers": {"Authorization": "Basic !!"}}),
        (400, {"auth": False, "query": "sentry_key=not-a-key"}),
        (400, {"auth": False, "query": f"sentry_key={KEY}&sentry_version=99"}),
        (400, {"auth": False, "query": f"sentry_key={KEY}&sentry_version=x"}),
        (400, {"path": "/api/shop/envelope/"}),
        (400, {"path": "/api/" + "9" * 40 + "/envelope/"}),
        (403, {"path": "/api/43/envelope/"}),
        (403, {"auth": False, "query": "sentry_key=" + "d" * 32}),
    ],
)
def test_strangers_are_told_why(door: Doorway, status: int, request_of: dict[str, object]) -> None:
    """The body says `detail` and `causes`, and nothing is spooled."""
    answer = door.send(**request_of)  # type: ignore[arg-type]
    assert answer.status == status
    assert set(answer.json()) == {"detail", "causes"}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert door.items() == []


def test_a_disabled_key_is_refused_and_counted(door: Doorway) -> None:
    """Its owner sees on the outcomes page that somebody still uses it."""
    door.keys[KEY] = Key(42, is_active=False)
    door.run(door.door.keys._refresh())
    assert door.send().status == 403
    assert [(r.outcome, r.reason) for r in door.refusals()] == [("filtered", "disabled_key")]


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (-1, 403)])
def test_a_key_works_until_its_moment(door: Doorway, seconds: int, status: int) -> None:
    """Afterwards its owner sees on the outcomes page that somebody still uses it."""
    door.keys[KEY] = Key(42, works_until=clock.timestamp() + seconds)
    door.run(door.door.keys._refresh())
    assert door.send().status == status
    refused = [("filtered", "expired_key")] if status == 403 else []
    assert [(r.outcome, r.reason) for r in door.refusals()] == refused


@pytest.mark.parametrize(
    ("networks", "status"),
    [(("127.0.0.0/8",), 200), (("10.0.0.0/8", "127.0.0.1"), 200), (("10.0.0.0/8",), 403)],
)
def test_allowed_networks_look_at_the_address(
    door: Doorway, networks: tuple[str, ...], status: int
) -> None:
    """Who sends from elsewhere is refused and counted."""
    door.keys[KEY] = Key(42, networks=networks)
    door.run(door.door.keys._refresh())
    assert door.send().status == status
    refused = [("filtered", "network")] if status == 403 else []
    assert [(r.outcome, r.reason) for r in door.refusals()] == refused


def test_a_key_lets_in_only_its_kinds(door: Doorway) -> None:
    """The others are refused as a limit of which SDKs know, and cost the rest nothing."""
    door.keys[KEY] = Key(42, kinds=("error",))
    door.run(door.door.keys._refresh())
    assert door.send().status == 200
    door.keys[KEY] = Key(42, kinds=("transaction",))
    door.run(door.door.keys._refresh())
    answer = door.send()
    assert answer.status == 429
    assert "error" in answer.headers["x-sentry-rate-limits"]
    assert [(r.outcome, r.reason) for r in door.refusals()] == [("rate_limited", "key_kinds")]


def test_a_new_projects_key_works_at_once(door: Doorway) -> None:
    """Also right after somebody else tried an unknown key: the first event is not lost."""
    assert door.send(auth=False, query="sentry_key=" + "e" * 32).status == 403
    door.keys["f" * 32] = Key(44)
    answer = door.send("/api/44/envelope/", auth=False, query="sentry_key=" + "f" * 32)
    assert answer.status == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://shop.example", 200),
        ("https://www.shop.example", 200),
        ("https://shop.example.evil.example", 403),
        ("https://evilshop.example", 403),
        ("null", 403),
        (None, 200),
    ],
)
def test_allowed_domains_look_at_the_origin(door: Doorway, origin: str | None, status: int) -> None:
    """Look-alikes are kept out; servers, which send no origin, are not."""
    door.keys[KEY] = Key(42, allowed_domains=("shop.example", "*.shop.example"))
    door.run(door.door.keys._refresh())
    answer = door.send(headers={"Origin": origin} if origin else {})
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 403:
        assert [(r.outcome, r.reason) for r in door.refusals()] == [("filtered", "cors")]


@pytest.mark.parametrize(
    "path",
    [
        "/api/42/envelope",
        "/api/42/envelope/",
        "//api/42/envelope/",
        "/api//42//envelope//",
        "/api/42/store/",
        "/api/store/",
    ],
)
def test_every_spelling_of_a_path_is_the_doors(door: Doorway, path: str) -> None:
    """With and without the last slash, with doubled ones; never a redirect."""
    is_envelope = "envelope" in path
    body = EVENT if is_envelope else b'{"message":"the lamp fell"}'
    assert door.send(path, body).status == 200


def test_a_path_prefix_is_understood(tmp_path: Path) -> None:
    """The product may be mounted below a path, with or without the proxy cutting it off."""
    with doorway(tmp_path / "data", url="https://example.com/errors/") as door:
        assert door.send("/errors/api/42/envelope/").status == 200
        assert door.send("/api/42/envelope/").status == 200


def test_the_pages_keep_their_paths(door: Doorway) -> None:
    """The door takes nothing that belongs to the web API."""
    for path in ("/api/0/projects/", "/", "/api/42/other/", "/api/0/envelope/"):
        assert door.door.route(path) is None


def test_an_item_kind_of_another_day_is_kept(door: Doorway) -> None:
    """The door lets in what it does not know."""
    body = build_envelope({}, [({"type": "hologram"}, b"\x00\x01"), ({"type": "log"}, b"{}")])
    answer = door.send(body=body)
    assert (answer.status, answer.json()) == (200, {})
    assert [kind for kind, _ in door.items()] == ["hologram", "log"]


def test_the_address_is_what_the_trusted_proxy_saw(tmp_path: Path) -> None:
    """Also when the client has sent a line of its own before the proxy's."""
    with doorway(tmp_path / "data", trusted_proxies=1) as behind:
        answer = behind.send(
            headers={"x-forwarded-for": "6.6.6.6", "X-Forwarded-For ": "203.0.113.9"}
        )
        assert answer.status == 200
        assert behind.records()[0][0].remote_address == "203.0.113.9"
