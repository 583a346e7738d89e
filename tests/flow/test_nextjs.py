"""A real Next.js application, built with an unmodified @sentry/nextjs of two majors: every part,
replays, and what people write."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.flow.product import Product
from tests.flow.replaying import chromium, held_segments, play_to_the_end, record, signed_in
from tests.flow.test_feedback_sdks import feedback_of
from tests.flow.test_javascript_sdks import SDK, needs_browser
from tests.flow.visitor import sign_in_owner
from tests.scripted import wait_until
from tests.web.playing import expect, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOP = SDK / "next"
# Folders with the packages; the application is that of the first.
PACKAGES = ["next", "next10"]
pytestmark = [needs_browser, pytest.mark.sdk, pytest.mark.browser]


def _environment(product: Product, project: dict[str, str], folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "NEXT_TELEMETRY_DISABLED": "1",
        "NEXT_PUBLIC_DSN": project["dsn"],
        "TUNNEL_TO": f"{product.base}/api/{project['dsn'].rpartition('/')[2]}/envelope/",
        "SENTRY_AUTH_TOKEN": product.token(),
        "SENTRY_URL": product.base,
        "SENTRY_ORG": project["organization"],
        "SENTRY_PROJECT": project["project"],
        "SENTRY_RELEASE": f"{project['project']}@1.0.0",
    }


def _build(shop: Path, environment: dict[str, str]) -> None:
    """Build the shop; the plugin uploads on the way."""
    done = subprocess.run(
        [shop / "node_modules" / ".bin" / "next", "build"],
        cwd=shop,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Successfully uploaded source maps" in done.stdout + done.stderr


@contextmanager
def _running(shop: Path, environment: dict[str, str], product: Product) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [shop / "node_modules" / ".bin" / "next", "start", "-p", str(port), "-H", "127.0.0.1"]
    server = subprocess.Popen(
        command, cwd=shop, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        product.wait(lambda: _get(f"http://127.0.0.1:{port}/") == 200, seconds=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _get(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _pay(browser: Browser, site: str) -> list[str]:
    """Press the button of the shop; returns where the page posted to."""
    posted: list[str] = []
    page = browser.new_page()
    page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    page.goto(site)
    page.click("#pay")
    page.wait_for_timeout(2000)
    page.context.close()
    return posted


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all visits."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module", params=PACKAGES)
def packages(request: pytest.FixtureRequest) -> Path:
    """Where the packages of one major are installed."""
    folder: Path = SDK / request.param
    if not (folder / "node_modules" / "next").is_dir():
        pytest.skip(f"the packages of tests/sdk/{request.param} from npm are not installed")
    return folder


@pytest.fixture(scope="module")
def shopping(product: Product, packages: Path) -> dict[str, str]:
    """The project to which the shop of these packages reports: its name is built in."""
    return product.spare_project()


@pytest.fixture(scope="module")
def site(
    product: Product,
    shopping: dict[str, str],
    packages: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of the shop, which is built once, from a copy that builds write into."""
    copy = tmp_path_factory.mktemp("next") / "shop"
    shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns(".next*", "node_modules", "package*"))
    ignore = shutil.ignore_patterns(".next*", ".cache")
    shutil.copytree(
        packages, copy, symlinks=True, ignore=ignore, copy_function=_link, dirs_exist_ok=True
    )
    environment = _environment(product, shopping, copy.parent)
    _build(copy, environment)
    with _running(copy, environment, product) as running:
        yield running


def _link(source: str, target: str) -> None:
    """Packages are linked where that is possible; the application's own files may be changed."""
    if "node_modules" in Path(source).parts:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def test_every_part_of_a_next_application_shows_its_source(
    product: Product, shopping: dict[str, str], site: str, browser: Browser
) -> None:
    """Browser, server and edge: the TypeScript as it was written.

    The browser sends to its own site, which passes it on: the key is in the envelope alone.
    """
    assert _get(f"{site}/api/charge") == 500
    assert _get(f"{site}/api/edge") == 500
    posted = _pay(browser, site)
    found = lambda: [issue["title"] for issue in product.issues(shopping)]  # noqa: E731
    product.wait(lambda: len(found()) == 3, seconds=30)
    issues = product.issues(shopping)
    assert f"{site}/tunnel" in posted
    assert not [one for one in posted if one.startswith(product.base)]
    titles = {issue["title"]: issue for issue in issues}
    for words, line in {
        "the browser cannot charge 12": 6,
        "the server cannot charge 20": 6,
        "the edge cannot refund 30": 14,
    }.items():
        crash = _crash(product.latest(shopping, titles[f"RangeError: {words}"]))
        assert (crash["filename"], crash["lineNo"]) == ("app/till.ts", line), (words, crash)
        assert dict(crash["context"])[line].strip().startswith("throw new RangeError(")
        assert crash["inApp"] is True


@pytest.mark.parametrize(
    "way", [["masked", "compressed", "session"], ["error"]], ids=lambda way: " ".join(way)
)
def test_a_replay_of_a_next_application_is_played(
    product: Product, shopping: dict[str, str], site: str, browser: Browser, way: list[str]
) -> None:
    """The last frame has the words of the page; masked, only stars."""
    had = record(browser.new_page(), site, way)
    wanted = had.masked() if "masked" in way else had
    viewer = signed_in(product, browser)
    assert play_to_the_end(viewer, product, shopping, wanted) == wanted


def test_an_error_of_a_next_application_comes_with_its_replay(
    product: Product, shopping: dict[str, str], site: str, browser: Browser
) -> None:
    """Within five seconds; from the issue, a click leads to what was seen when it happened."""
    viewer = signed_in(product, browser)
    page = browser.new_page()
    page.goto(f"{site}/?error=1")
    page.fill("#note", "before the error")
    page.wait_for_timeout(1500)  # somebody reads; the moment is told from the beginning
    page.click("#pay")
    failed = time.monotonic()
    wait_until(page, "sessionStorage.sentryReplaySession")
    replay_id = page.evaluate("replayId()")
    issue = product.wait(lambda: _issue_with_replay(product, shopping, replay_id), seconds=5)
    assert time.monotonic() - failed <= 5
    page.wait_for_timeout(1500)
    page.fill("#note", "long after it")
    page.evaluate("flushed()")
    viewer.goto(f"/issues/{issue['id']}/")
    viewer.get_by_role("link", name="Watch the moment").click()
    viewer.locator("x-replay[data-ready]").wait_for()
    assert f"/{replay_id}/?t=" in viewer.url
    expect(picture(viewer).locator("p")).to_have_text("Note: before the error")
    expect(viewer.locator("[aria-current=time]")).to_contain_text("cannot charge 12")
    viewer.get_by_role("slider").focus()
    viewer.keyboard.press("End")
    expect(picture(viewer).locator("p")).to_have_text("Note: long after it", timeout=10_000)


def test_an_error_of_a_server_component_lies_in_the_trace_of_who_came(
    product: Product, shopping: dict[str, str], site: str, browser: Browser
) -> None:
    """What the server and the browser report of it is one trace, and the replay is that of both."""
    page = browser.new_page()
    page.goto(f"{site}/?session=1")
    page.click("#stock")
    page.locator("#sorry").wait_for()
    replay_id = page.evaluate("replayId()")
    page.evaluate("flushed()")
    page.context.close()

    def reported() -> list[dict[str, Any]]:
        found = product.issues(shopping)
        titles = (
            "the stock room cannot charge 40",
            "Minified React error #441",
        )  # what it says there
        issues = [one for title in titles for one in found if title in one["title"]]
        return issues if len(issues) == len(titles) else []

    issues = product.wait(reported, seconds=20)
    events = [product.latest(shopping, issue) for issue in issues]
    server, client = (event["contexts"]["trace"]["trace_id"] for event in events)
    assert server == client
    product.wait(lambda: held_segments(product, shopping, replay_id), seconds=10)
    visitor = sign_in_owner(product)
    for issue in issues:
        shown = visitor.open(f"/issues/{issue['id']}/").text
        assert f"/replays/{shopping['project']}/{replay_id}/?t=" in shown, issue["title"]
    listed = visitor.open(f"/traces/{server}/").text
    assert all(f"/issues/{issue['id']}/" in listed for issue in issues)


def test_feedback_of_a_next_application_leads_to_its_replay(
    product: Product, shopping: dict[str, str], site: str, browser: Browser
) -> None:
    """The widget of the SDK, through the site's own path, while a replay is recorded."""
    page = browser.new_page()
    page.goto(f"{site}/?session=1&feedback=1")
    page.get_by_role("button", name="Report a Bug").click()
    page.get_by_label("Description").fill("The till is too slow")
    page.get_by_role("button", name="Send Bug Report").click()
    page.get_by_text("Thank you for your report!").wait_for()
    replay_id = page.evaluate("replayId()")
    page.evaluate("flushed()")
    page.context.close()
    product.wait(lambda: held_segments(product, shopping, replay_id), seconds=10)
    said = feedback_of(product, shopping)
    assert said["comments"] == "The till is too slow"
    shown = sign_in_owner(product).open(f"/feedback/{said['id']}/").text
    assert f"/replays/{shopping['project']}/{replay_id}/?t=" in shown


def _issue_with_replay(
    product: Product, project: dict[str, str], replay_id: str
) -> dict[str, Any] | None:
    """The issue whose newest event is of a replay that is there."""
    if held_segments(product, project, replay_id) == 0:
        return None
    for issue in product.issues(project, "browser"):
        event = product.latest(project, issue)
        tags = {tag["key"]: tag["value"] for tag in event["tags"]}
        if replay_id in (
            tags.get("replayId"),
            event["contexts"].get("replay", {}).get("replay_id"),
        ):
            return issue
    return None


def _crash(event: dict[str, Any]) -> dict[str, Any]:
    entry = next(one for one in event["entries"] if one["type"] == "exception")
    frame: dict[str, Any] = entry["data"]["values"][-1]["stacktrace"]["frames"][-1]
    return frame
