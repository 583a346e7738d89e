"""What a person does, in a real browser: keyboard, search, themes, no scripts, accessibility."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.web.alerting import alert_of, channel_of, route_of, silence_of, told
from tests.web.code import report_code
from tests.web.dashboards import dashboard_of, secret_of
from tests.web.status_pages import status_values_of
from tests.web.watched import monitor_of
from tests.web.world import FEEDBACK, PASSWORD, REPLAY, SPAN, TRACE, World, build_world
from vedette.alerts.links import sign

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = {
    "releases": "/releases/",
    "release": "/releases/shop@2.4.1/",
    "list": "/issues/",
    "empty": "/issues/?query=zzz",
    "refused": "/issues/?query=(",
    "issue": "/issues/SHOP-1/",
    "raw": "/issues/SHOP-1/?frames=raw",
    "crash": "/issues/SHOP-4/",
    "events": "/issues/SHOP-1/events/",
    "projects": "/projects/",
    "create": "/projects/new/",
    "start": "/projects/shop/start/",
    "settings": "/projects/shop/settings/",
    "problems": "/projects/shop/problems/",
    "outcomes": "/outcomes/",
    "account": "/account/",
    "two-factor": "/account/two-factor/",
    "members": "/settings/members/",
    "tokens": "/settings/tokens/",
    "repositories": "/settings/repositories/",
    "code": "/projects/shop/code/",
    "editor": "/account/editor/",
    "components": "/components/",
    "missing": "/nothing/",
    "alerts": "/alerts/",
    "history": "/alerts/?view=history",
    "no-alert": "/alerts/?query=zzz",
    "alert": "/alerts/{alert}/",
    "rules": "/alerts/rules/",
    "rule-new": "/alerts/rules/new/?preset=many",
    "rule": "/alerts/rules/{rule}/",
    "channels": "/alerts/channels/",
    "channel-new": "/alerts/channels/new/?kind=slack",
    "channel": "/alerts/channels/{channel}/",
    "routes": "/alerts/routes/",
    "route": "/alerts/routes/{route}/",
    "silences": "/alerts/silences/",
    "alert-act": "/alerts/act/{signed}/",
    "explore": "/explore/",
    "explore-rows": "/explore/?dataset=errors",
    "explore-groups": "/explore/?dataset=spans&group=span.op&figure=p95()&figure=count()",
    "explore-refused": "/explore/?dataset=errors&query=a:b+(c",
    "explore-empty": "/explore/?dataset=spans&query=a:b",
    "trace": f"/traces/{TRACE}/",
    "no-trace": f"/traces/{'0f' * 16}/",
    "traces": "/traces/",
    "no-traces": "/traces/?query=transaction:zzz",
    "performance": "/performance/",
    "changed": "/performance/?view=changed",
    "transaction": "/performance/transaction/?transaction=/till",
    "work": "/performance/transaction/?transaction=/till&view=spans",
    "slow": "/performance/transaction/?transaction=/till&view=slow",
    "queries": "/performance/insights/?view=queries",
    "query": "/performance/insights/?view=queries&about=SELECT+%25s",
    "vitals": "/performance/insights/?view=vitals",
    "dashboards": "/dashboards/",
    "no-dashboard": "/dashboards/?query=zzz",
    "dashboard": "/dashboards/{dashboard}/?period=24h&whole=1",
    "dashboard-empty": "/dashboards/{dashboard}/?start=2025-01-01&end=2025-01-02&whole=1",
    "dashboard-wall": "/dashboards/ready/backend/?wall=1&refresh=60",
    "dashboard-edit": "/dashboards/{dashboard}/edit/?whole=1",
    "dashboard-links": "/dashboards/{dashboard}/links/",
    "dashboard-remove": "/dashboards/{dashboard}/remove/",
    "dashboard-import": "/dashboards/import/",
    "dashboard-add": "/dashboards/add/?dataset=errors&group=title",
    "dashboard-shared": "/shared/dashboards/{secret}/",
    "widget": "/dashboards/{dashboard}/widgets/new/",
    "widget-refused": "/dashboards/{dashboard}/widgets/new/?query=a:(&figures=p95(",
    "assets": "/performance/insights/?view=assets",
    "models": "/performance/insights/?view=models&by=agent",
    "status-pages": "/monitors/status-pages/",
    "status-new": "/monitors/status-pages/new/",
    "status-incidents": "/monitors/status-pages/{status}/",
    "status-incident": "/monitors/status-pages/{status}/incidents/{incident}/",
    "status-incident-new": "/monitors/status-pages/{status}/incidents/new/",
    "status-maintenance": "/monitors/status-pages/{status}/incidents/new/?kind=maintenance",
    "status-components": "/monitors/status-pages/{status}/components/",
    "status-component": "/monitors/status-pages/{status}/components/{component}/",
    "status-settings": "/monitors/status-pages/{status}/settings/",
    "status-subscribers": "/monitors/status-pages/{status}/subscribers/",
    "status-links": "/monitors/status-pages/{status}/links/",
    "status-public": "/status/till/",
    "status-history": "/status/till/history/",
    "status-subscribe": "/status/till/subscribe/",
    "monitors": "/monitors/",
    "no-monitor": "/monitors/?query=zzz",
    "monitor": "/monitors/{monitor}/",
    "monitor-kinds": "/monitors/new/",
    "monitor-new": "/monitors/new/?kind=http",
    "monitor-edit": "/monitors/{monitor}/edit/",
    "calendar": "/monitors/calendar/",
    "monitors-import": "/monitors/import/",
    "replays": "/replays/",
    "no-replay": "/replays/?query=zzz",
    "no-replay-yet": "/replays/?project=web",
    "replays-refused": "/replays/?query=(",
    "replay-selectors": "/replays/selectors/",
    "no-selector": "/replays/selectors/?project=web",
    "feedback": "/feedback/",
    "no-feedback": "/feedback/?query=zzz",
    "feedback-refused": "/feedback/?query=(",
    "feedback-spam": "/feedback/?status=spam",
    "feedback-one": f"/feedback/{FEEDBACK}/",
    "replay-player": f"/replays/shop/{REPLAY}/",
    "replay-deletion": f"/replays/shop/{REPLAY}/deletion/",
    "feedback-form": f"/feedback/form/{'0f' * 16}/",
    "feedback-sent": f"/feedback/form/{'0f' * 16}/?sent=1",
}

WIDTHS = (390, 768, 1023, 1024, 1440, 2560, 1280)  # the last is that at which axe looks

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name
        """Drop the line."""


@pytest.fixture(scope="module")
def site(database: Path) -> Iterator[tuple[str, World]]:
    """The pages of the product, served on loopback."""
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    patch = pytest.MonkeyPatch()
    made = build_world()
    report_code(made, is_mapped=True)
    dashboard_of(made)
    monitor_of(made)
    told(made, alert_of(made), channel_of(made), state="sent")
    route_of(made)
    silence_of(made)
    made.stage.install(patch)
    connection.close()
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", made
    server.shutdown()
    server.server_close()
    patch.undo()
    call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def addresses(site: tuple[str, World]) -> dict[str, str]:
    """Of every page, with the numbers of this world."""
    world = site[1]
    alert = alert_of(world)
    status = status_values_of(world)
    numbers = {
        "alert": alert.pk,
        "rule": alert.rule_id,
        "channel": channel_of(world).pk,
        "route": route_of(world).pk,
        "signed": sign("silence", world.organization.pk, [alert.pk]),
        "dashboard": dashboard_of(world).pk,
        "monitor": monitor_of(world).pk,
        "secret": secret_of(world),
        "status": status["status_page_id"],
        "incident": status["incident_id"],
        "component": status["component_id"],
    }
    return {name: address.format(**numbers) for name, address in PAGES.items()}


@pytest.fixture(scope="module")
def chromium(site: tuple[str, World], addresses: dict[str, str]) -> Iterator[Browser]:
    """One browser for the module."""
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(site: tuple[str, World], chromium: Browser) -> Any:
    """The cookies of Alice's session."""
    context = chromium.new_context(base_url=site[0])
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(blank: Page) -> Page:
    """The list of issues, which Alice has opened."""
    blank.goto("/issues/")
    return blank


@pytest.fixture
def blank(site: tuple[str, World], chromium: Browser, session: Any) -> Iterator[Page]:
    """An empty page in which Alice is signed in; complaints of the browser fail the test."""
    size: Any = {"width": 1280, "height": 900}
    context = chromium.new_context(base_url=site[0], viewport=size, storage_state=session)
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "404" not in message.text
            else None
        ),
    )
    made.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield made
    context.close()
    assert without_aborts(complaints) == []


def without_aborts(complaints: list[str]) -> list[str]:
    """The complaints except those of requests that ended because their page was left.

    htmx reports such a request twice: as ended, then as aborted. One that failed for another
    reason is reported as ended and then by that reason, and stays.
    """
    aborted = {at for at, text in enumerate(complaints) if text.startswith("htmx:sendAbort")}
    ended = {
        at - 1 for at in aborted if at > 0 and complaints[at - 1].startswith("htmx:afterRequest")
    }
    return [text for at, text in enumerate(complaints) if at not in aborted | ended]


def sign_in(page: Page) -> None:
    """Alice signs in."""
    page.goto("/sign-in/")
    page.fill("#email", "alice@example.com")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/issues/")


def test_the_list_is_walked_by_keyboard(page: Page) -> None:
    """j moves, x selects and shows the bulk bar, Enter opens, k steps to the older event."""
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    expect(page.locator(".issues-bulk")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/*/?*")
    page.keyboard.press("k")
    page.wait_for_url("**/events/**")


def test_nothing_moves_when_rows_are_selected(page: Page) -> None:
    """The bulk bar takes the place of the header."""
    row = page.locator("[data-row]").first
    before = row.bounding_box()
    row.locator("input").check()
    assert row.bounding_box() == before


def test_keys_lead_anywhere(page: Page) -> None:
    """`g o` goes, `?` explains, Control K jumps, `/` searches."""
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/outcomes/**")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("SHOP-1")
    page.locator("#jumper-options a[data-exact]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/*/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "jump"


def test_the_search_box_completes_by_keyboard(page: Page) -> None:
    """A key, then its value, then the search."""
    page.keyboard.press("/")
    page.locator("#query").fill("")
    page.keyboard.type("le")
    sync_api.expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("option", name="error").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#query")).to_have_value("level:error ")
    page.keyboard.press("Enter")
    page.wait_for_url("**query=level%3Aerror*")


def test_a_resolution_is_undone_from_the_message(page: Page) -> None:
    """One click there, one click back."""
    page.goto("/issues/SHOP-2/")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Resolve").wait_for()


def test_frames_are_switched_in_place(page: Page) -> None:
    """The address keeps the choice; the page does not jump."""
    page.goto("/issues/SHOP-1/")
    page.get_by_role("link", name="Raw").click()
    page.locator("#raw-exception-1").wait_for()
    expect(page).to_have_url(re.compile("frames=raw"))
    expect(page.locator("#raw-exception-1")).to_contain_text("Traceback")


def test_the_trail_is_filtered(page: Page) -> None:
    """By kind and by words."""
    page.goto("/issues/SHOP-1/")
    shown = page.locator("#trail li[data-kind]:visible")
    expect(shown).to_have_count(4)
    page.get_by_role("button", name="http 1").click()
    expect(shown).to_have_count(1)
    page.get_by_role("button", name="http 1").click()
    page.fill("#trail-text", "basket")
    expect(shown).to_have_count(2)


def test_a_waterfall_is_walked_folded_and_searched_by_keyboard(page: Page) -> None:
    """And the chosen span stands in the address."""
    page.goto(f"/traces/{TRACE}/")
    page.wait_for_selector("x-waterfall[data-ready]")
    rows = page.locator(".wf-row:not([hidden])")
    expect(rows).to_have_count(2)
    page.locator(".wf-scroll").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wf-panel:not([hidden])")
    expect(page.locator(".wf-panel")).to_contain_text("SELECT %s")
    expect(page).to_have_url(re.compile(f"span={SPAN[::-1]}"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    rows.nth(1).wait_for(state="hidden")
    page.keyboard.press("/")
    page.keyboard.type("select")
    expect(page.locator("[data-found]")).to_have_text("1 found")
    rows.nth(1).wait_for(state="visible")
    page.reload()
    page.wait_for_selector(".wf-panel:not([hidden])")


def test_the_theme_changes_without_a_reload(page: Page) -> None:
    """And is still there afterwards."""
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    page.locator("html[data-theme=dark]").wait_for()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_hostile_events_run_nothing(page: Page) -> None:
    """No dialog, no complaint about the policy: the fixture asserts both."""
    page.goto("/issues/SHOP-5/")
    page.locator("#stack").wait_for()


def test_the_author_of_a_suspect_commit_is_assigned_with_one_click(page: Page) -> None:
    """And may be taken from it again in the menu, by keyboard."""
    page.goto("/issues/SHOP-1/")
    page.locator("#suspects").get_by_role("button", name="Assign").first.click()
    menu = page.locator(".assignee > summary")
    expect(menu).to_have_text("Bob")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Nobody").press("Enter")
    page.get_by_text("SHOP-1 is nobody's now").wait_for()
    expect(menu).to_have_text("Assign")


@pytest.mark.parametrize("name", list(PAGES))
def test_pages_fit_and_are_accessible(name: str, blank: Page, addresses: dict[str, str]) -> None:
    """No wider than a phone, a tablet or a screen, and no violation that axe can find; in
    the other theme, which is the same page in other colours, none of contrast.
    """
    blank.set_viewport_size({"width": 390, "height": 900})
    blank.goto(addresses[name])
    blank.locator("x-replay:not([data-ready])").wait_for(state="detached")
    for width in WIDTHS:
        blank.set_viewport_size({"width": width, "height": 900})
        assert blank.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    assert violations_of(blank) == []
    blank.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert violations_of(blank, "color-contrast") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_replay_is_accessible_without_its_player(
    scheme: str, blank: Page, addresses: dict[str, str]
) -> None:
    """The list of moments stands there until the player is, and where it never is."""
    blank.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    blank.route("**/segments.json", lambda route: route.fulfill(status=404))
    blank.goto(addresses["replay-player"])
    expect(blank.get_by_role("heading", name="What happened")).to_be_visible()
    return


def violations_of(page: Page, *rules: str) -> list[tuple[str, str]]:
    """What axe finds in the page as it stands, by these rules or by all."""
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run({resultTypes: ['violations'], ...(rules.length && {runOnly: rules})})",
        list(rules),
    )
    return [
        (violation["id"], node["html"][:160])
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


def test_everything_is_read_without_scripts(site: tuple[str, World], chromium: Browser) -> None:
    """Signing in, the list, the issue with its folded frames, filters and forms."""
    context: BrowserContext = chromium.new_context(base_url=site[0], java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.locator("[data-row] a", has_text="PaymentFailed").click()
    expect(page.locator("#trail")).to_be_visible()
    page.get_by_text("4 frames in django").click()
    expect(page.get_by_text("django/core/handlers/base.py:197")).to_be_visible()
    page.get_by_role("link", name="Raw").click()
    expect(page.get_by_text("Traceback (most recent call last):").first).to_be_visible()
    page.locator("summary", has_text="Time range").click()
    page.get_by_role("link", name="Last 24 hours").click()
    expect(page).to_have_url(re.compile("period=24h"))
    page.goto("/projects/shop/start/")
    page.get_by_role("link", name="Ruby").click()
    expect(page.get_by_text("sentry-ruby").first).to_be_visible()
    context.close()


def test_a_rule_is_written_tried_and_saved(page: Page) -> None:
    """From a preset: the options of the chosen measure alone are seen, the trial stays in place."""
    page.goto("/alerts/rules/new/?preset=users&project=shop")
    expect(page.locator('[name="option.unique.of"]')).to_be_visible()
    expect(page.locator('[name="option.rate.per"]')).to_be_hidden()
    page.locator('input[name="measure"][value="rate"]').check()
    expect(page.locator('[name="option.rate.per"]')).to_be_visible()
    expect(page.locator('[name="guard.wilson"]')).to_be_hidden()
    page.locator('input[name="measure"][value="ratio"]').check()
    expect(page.locator('[name="guard.wilson"]')).to_be_visible()
    page.locator('input[name="measure"][value="count"]').check()
    page.fill('[name="levels.critical"]', ">1000")
    page.fill('[name="levels.warning"]', ">500")
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("it would not have fired").wait_for()
    expect(page.locator('[name="levels.critical"]')).to_have_value(">1000")
    page.locator("#rule-form").get_by_role("button", name="Make the rule").click()
    page.wait_for_url("**/alerts/rules/")
    page.get_by_text("Many users affected", exact=True).wait_for()


def test_a_question_is_put_together_by_completion_and_clicks(blank: Page) -> None:
    """Without loading the page; the filter above knows it, and the way back leads back."""
    blank.goto("/explore/?dataset=errors")
    blank.evaluate("window.isTheSame = true")
    blank.fill("#add-group", "relea")
    blank.locator(".x-search-list li", has_text="release").first.wait_for()
    blank.press("#add-group", "ArrowDown")
    blank.press("#add-group", "Enter")
    blank.press("#add-group", "Enter")
    blank.locator("th[aria-sort=descending]", has_text="count()").wait_for()
    assert "group=release" in blank.url
    value = blank.locator(".explore-table summary", has_text="@").first
    release = value.inner_text()
    value.click()
    blank.get_by_role("link", name="Add to filter").first.click()
    blank.locator(".search-chips", has_text=release).wait_for()
    assert blank.evaluate("window.isTheSame")
    assert "group=release" in (
        blank.locator("#top-filters a.menu-item").first.get_attribute("href") or ""
    )
    blank.locator("#samples").wait_for()
    blank.locator(".explore-samples .explore-open a").first.wait_for()
    blank.go_back()
    blank.locator("[data-help]").wait_for()
    expect(blank.locator(".search-chips")).to_have_count(0)
    expect(blank.locator(".explore-table summary").nth(1)).to_be_attached()


def test_a_time_is_chosen_by_dragging_over_the_chart(blank: Page) -> None:
    """The last half of a day, in whole steps; the question stays."""
    blank.goto("/explore/?dataset=errors&group=release&period=24h")
    box = blank.locator("x-zoom").bounding_box()
    assert box is not None
    blank.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    blank.mouse.down()
    blank.mouse.move(box["x"] + box["width"] - 2, box["y"] + 60, steps=4)
    blank.mouse.up()
    blank.wait_for_url("**start=**")
    assert "group=release" in blank.url
    assert "period" not in blank.url
    start, end = (
        blank.locator(f".menu-range .input[name={name}]").input_value() for name in ("start", "end")
    )
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    assert timedelta(hours=11) <= length <= timedelta(hours=14)
