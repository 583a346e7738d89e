"""Hostile event data and hostile visitors: nothing runs, nothing leaks, nothing foreign changes."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.load import Load
from tests.flow.product import Product
from tests.flow.visitor import Visitor, sign_in_owner
from vedette.wire.envelope import build_envelope

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>'\"><svg/onload=alert(3)>{{7*7}}"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """With a limit per key, as a person sets it who expects a flood."""
    folder = tmp_path_factory.mktemp("visited") / "data"
    with Product(folder, project_events_per_minute="300") as running:
        yield running


@pytest.fixture(scope="module")
def alice(product: Product) -> Visitor:
    """Signed in, owner of the first organisation."""
    return sign_in_owner(product)


def send(product: Product, project: dict[str, str], **fields: Any) -> str:
    """Send one event and return its id."""
    event_id = uuid.uuid4().hex
    items: list[tuple[dict[str, object], bytes]] = [
        ({"type": "event"}, json.dumps(fields).encode())
    ]
    assert product.send(project, build_envelope({"event_id": event_id}, items))[0] == 200
    return event_id


def hostile(text: str) -> dict[str, Any]:
    """An event with `text` wherever text can be."""
    frame = {
        "function": text,
        "filename": text,
        "module": text,
        "abs_path": "javascript:alert(4)",
        "lineno": 3,
        "pre_context": [text],
        "context_line": text,
        "post_context": [text],
        "vars": {text: text},
        "in_app": True,
    }
    return {
        "platform": text,
        "level": text,
        "logger": text,
        "release": text,
        "environment": text,
        "transaction": text,
        "server_name": text,
        "tags": {text: text, "url": "javascript:alert(5)"},
        "user": {"id": text, "email": text, "username": text, "ip_address": text},
        "request": {
            "url": "javascript:alert(6)",
            "method": text,
            "headers": {text: text},
            "data": text,
            "query_string": text,
            "cookies": {text: text},
        },
        "breadcrumbs": [{"message": text, "category": text, "type": text, "data": {text: text}}],
        "contexts": {text: {text: text}, "browser": {"name": text, "version": text}},
        "extra": {text: text},
        "modules": {text: text},
        "sdk": {"name": text, "version": text},
        "fingerprint": [text],
        "exception": {"values": [{"type": text, "value": text, "stacktrace": {"frames": [frame]}}]},
    }


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_event_data_never_runs_in_the_page(
    product: Product, project: dict[str, str], alice: Visitor
) -> None:
    """A real browser opens list, issue, event and outcomes: no dialog, a strict policy (SEC-38)."""
    from playwright.sync_api import Dialog, sync_playwright

    event_id = send(product, project, **hostile(SCRIPT))
    issue = product.wait_for_issue(project)["id"]
    paths = [
        f"/issues/?project={project['id']}",
        f"/issues/{issue}/",
        f"/issues/{issue}/events/",
        f"/issues/{issue}/events/{event_id}/",
        f"/issues/{issue}/events/{event_id}/json/",
        f"/outcomes/?project={project['id']}",
    ]
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context()
        context.add_cookies(
            [{"name": c.name, "value": c.value or "", "url": product.base} for c in alice.jar]
        )
        page = context.new_page()
        page.on("dialog", note)
        for path in paths:
            answer = page.goto(product.base + path)
            assert answer is not None
            assert answer.status == 200, path
            policy = answer.headers["content-security-policy"]
            assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
            links = page.eval_on_selector_all("a", "all => all.map(one => one.protocol)")
            assert "javascript:" not in links
            assert page.locator("img[onerror], svg[onload]").count() == 0
        browser.close()
    assert dialogs == []


def test_an_attachment_is_a_download_whatever_it_claims(
    product: Product, project: dict[str, str], alice: Visitor
) -> None:
    """Server-made name, no sniffing, a sandbox; a header cannot be split (SEC-23)."""
    names = ["../../etc/passwd", "a\r\nSet-Cookie: x=1.svg", "page.html", "x.svg", '"; x="', ""]
    event_id = uuid.uuid4().hex
    body = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    items: list[tuple[dict[str, object], bytes]] = [({"type": "event"}, b'{"message":"files"}')]
    for name in names:
        header: dict[str, object] = {"type": "attachment", "filename": name}
        items.append(({**header, "content_type": "image/svg+xml"}, body))
    product.send(project, build_envelope({"event_id": event_id}, items))
    issue = product.wait_for_issue(project)["id"]
    base = f"/issues/{issue}/events/{event_id}"
    page = alice.open(f"{base}/").text
    links = {part.partition('"')[0] for part in page.split(f'href="{base}/attachments/')[1:]}
    links = {link for link in links if not link.endswith("/deletion/")}
    assert len(links) == len(names)
    for link in links:
        seen = alice.open(f"{base}/attachments/{link}")
        assert seen.headers["content-disposition"].startswith("attachment; ")
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert "svg" not in seen.headers["content-type"]
        assert "html" not in seen.headers["content-type"]
        assert "sandbox" in seen.headers["content-security-policy"]
        assert ".." not in seen.headers["content-disposition"]
        assert "x=1" not in seen.headers.get("set-cookie", "")
    assert not (product.folder.parent / "etc").exists()


def test_foreign_issues_are_left_alone(product: Product, alice: Visitor) -> None:
    """A mix of own and foreign ids changes only the own; foreign pages do not exist (SEC-58)."""
    own = product.spare_project()
    foreign = json.loads(
        product.command("project", "create", "Other", "--organization", "elsewhere", "--json")
    )
    send(product, own, message="mine")
    foreign_event = send(product, foreign, message="theirs")
    mine = product.wait_for_issue(own)
    folder = product.folder / "vedette.sqlite3"

    def foreign_issue() -> tuple[int, str] | None:
        import sqlite3

        with sqlite3.connect(f"file:{folder}?mode=ro", uri=True) as database:
            found: tuple[int, str] | None = database.execute(
                "SELECT id, status FROM issues_issue WHERE project_id = ?", (foreign["id"],)
            ).fetchone()
        return found

    theirs = product.wait(foreign_issue)
    assert theirs is not None
    alice.open("/issues/")
    held = {"status": "resolved", "issue": [mine["id"], str(theirs[0])]}
    alice.submit("/issues/status/", held)  # type: ignore[arg-type]
    assert product.issues(own, "is:resolved")
    assert foreign_issue() == (theirs[0], "unresolved")
    for path in ("", "events/", f"events/{foreign_event}/", f"events/{foreign_event}/json/"):
        assert alice.open(f"/issues/{theirs[0]}/{path}").status == 404
    assert "theirs" not in alice.open(f"/issues/?project={foreign['id']}").text


def test_links_are_made_of_the_configured_address(product: Product, alice: Visitor) -> None:
    """A forged host ends in no link and no redirect (SEC-70)."""
    for name in ("Host", "X-Forwarded-Host", "Forwarded"):
        for path in ("/sign-in/", "/", "/projects/", "/issues/"):
            seen = alice.open(path, headers={name: "evil.example"})
            assert "evil.example" not in seen.text
            assert "evil.example" not in seen.headers.get("location", "")


def test_forms_need_their_token(product: Product, project: dict[str, str], alice: Visitor) -> None:
    """No token, a wrong one, JSON as text, another origin, GET: nothing changes (SEC-72)."""
    send(product, project, message="stays open")
    issue = product.wait_for_issue(project)["id"]
    path = "/issues/status/"
    held: dict[str, str | list[str]] = {"status": "resolved", "issue": issue}
    wrong: dict[str, str | list[str]] = {**held, "csrfmiddlewaretoken": "x" * 64}
    token = next(c.value or "" for c in alice.jar if c.name == "vedette_csrf")
    right: dict[str, str | list[str]] = {**held, "csrfmiddlewaretoken": token}
    assert alice.open(path, held).status == 403
    assert alice.open(path, wrong).status == 403
    assert alice.open(path, held, {"Content-Type": "text/plain"}).status == 403
    assert alice.open(path, right, {"Origin": "https://evil.example"}).status == 403
    assert alice.open(f"{path}?status=resolved&issue={issue}").status == 405
    assert Visitor(product).open("/sign-in/", {"email": "a", "password": "b"}).status == 403
    assert product.issues(project, "is:unresolved")
    cookies = {c.name: c for c in alice.jar}
    assert cookies["vedette_session"].get_nonstandard_attr("SameSite") in ("Lax", "Strict")
    assert cookies["vedette_session"].has_nonstandard_attr("HttpOnly")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1"]
)
def test_the_api_invites_no_other_origin(
    product: Product, project: dict[str, str], alice: Visitor, origin: str
) -> None:
    """No credentials across origins; at the door, no credentials at all (SEC-74)."""
    for path in ("/api/0/organizations/", "/issues/"):
        seen = alice.open(path, headers={"Origin": origin})
        assert "access-control-allow-credentials" not in seen.headers
        assert seen.headers.get("access-control-allow-origin", "") not in ("*", origin)
    path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
    _, headers, _ = product.post(path, b"x", {"Origin": origin})
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


def test_a_flood_is_turned_away_and_the_pages_stay_quick(
    product: Product, project: dict[str, str], alice: Visitor
) -> None:
    """429 with seconds in both headers, counted; the list opens in two seconds (SEC-77)."""
    load = Load(product.base, project["id"], project["public_key"], groups=500)
    asyncio.run(load.run(3, connections=16))
    assert load.counts["refused"] > load.counts["acked"] > 0
    path = f"/api/{project['id']}/store/?sentry_key={project['public_key']}"
    status, more = 200, -1
    while status == 200 and more < 50:
        more += 1
        status, headers, _ = product.post(path, b'{"message":"one more"}')
    assert status == 429
    assert int(headers["retry-after"]) > 0
    assert headers["x-sentry-rate-limits"].split(":")[1:] == ["error", "key", "key_quota"]
    started = time.monotonic()
    assert alice.open(f"/issues/?project={project['id']}").status == 200
    assert time.monotonic() - started < 2

    def is_accounted_for() -> bool:
        found = product.outcomes(project)
        refused = sum(n for (_, outcome, _), n in found.items() if outcome == "rate_limited")
        accepted = found.get(("error", "accepted", ""), 0)
        return (accepted, refused) == (load.counts["acked"] + more, load.counts["refused"] + 1)

    product.wait(is_accounted_for, seconds=20)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/static/../vedette.sqlite3",
        "/static/x/..%2f..%2fsettings.py",
        "/static/pages/%2e%2e/%2e%2e/settings.py",
        "/issues/999999/",
        "/issues/999999999999999999/",
        "/issues/1/events/zzz/",
        "/api/0/organizations/none/issues/",
        "/api/0/nothing/",
        "/nothing/",
        "/issues/?cursor=%00&sort=%27",
        "/issues/?query=%22&start=x&end=y&project=z",
        "/outcomes/?period=-1d",
    ],
)
def test_errors_say_nothing_about_the_inside(product: Product, alice: Visitor, path: str) -> None:
    """No trace, no setting, no file, signed in or not (SEC-85)."""
    for visitor in (alice, Visitor(product)):
        seen = visitor.open(path)
        assert seen.status < 500, (path, seen.text[:300])
        for word in ("Traceback", "SECRET_KEY", "DEBUG =", "site-packages", "sqlite", "[core]"):
            assert word not in seen.text
        assert "Django" not in seen.headers.get("server", "")
