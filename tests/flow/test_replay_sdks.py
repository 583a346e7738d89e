"""Replays that unmodified SDKs record in Chromium are played to the words that the page had."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as combinations
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.flow.product import Product
from tests.flow.replaying import (
    bundle_react,
    chromium,
    held_segments,
    play_to_the_end,
    record,
    signed_in,
)
from tests.flow.test_bundler_plugins import BUILDS
from tests.flow.test_javascript_sdks import bundle, needs_browser, needs_node, served
from tests.web.playing import expect, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [needs_node, needs_browser, pytest.mark.sdk, pytest.mark.browser]
_needs_react = pytest.mark.skipif(
    not (BUILDS / "node_modules" / "@sentry" / "react10").is_dir(),
    reason="@sentry/react from npm is not installed",
)
REACT = [pytest.param(name, marks=_needs_react) for name in ("react", "react10")]
PAGES = ["browser", "browser10", *REACT]
WAYS = [
    [word for word in words if word]
    for words in combinations(("masked", ""), ("compressed", ""), ("error", ""))
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page per SDK."""
    site = tmp_path_factory.mktemp("replays")
    (site / "delivery.html").write_text("<!doctype html><p>Delivery on Monday</p>")
    for name in ("browser", "browser10"):
        bundle("browser_replay.js", name, site / f"{name}.js")
    for name in ("react", "react10"):
        if (BUILDS / "node_modules" / "@sentry" / name).is_dir():
            bundle_react(BUILDS / "src" / "replay.tsx", site / f"{name}.js", name)
    with served(site) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for those who record and for who looks."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def viewer(product: Product, browser: Browser) -> Page:
    """A page of who owns the installation."""
    return signed_in(product, browser)


@pytest.fixture(scope="module")
def replays(product: Product) -> dict[str, str]:
    """The project of the replays of this module."""
    return product.spare_project()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(way) or "plain session")
@pytest.mark.parametrize("name", PAGES)
def test_the_last_frame_has_the_words_of_the_page(
    product: Product,
    replays: dict[str, str],
    shop: str,
    browser: Browser,
    viewer: Page,
    name: str,
    way: list[str],
) -> None:
    """Compressed or not, from the beginning or kept back until an error; masked, only stars."""
    page = browser.new_page()
    had = record(page, f"{shop}/{name}.html", way, dsn=replays["dsn"])
    wanted = had.masked() if "masked" in way else had
    assert play_to_the_end(viewer, product, replays, wanted) == wanted
    page.context.close()


@pytest.mark.parametrize("name", REACT)
def test_what_an_error_boundary_catches_leads_to_its_moment(
    product: Product, shop: str, browser: Browser, viewer: Page, name: str
) -> None:
    """From the issue to the page as it was then; the replay has its address and the click."""
    project = product.spare_project()
    page = browser.new_page()
    page.goto(f"{shop}/{name}.html?{urlencode({'dsn': project['dsn']})}")
    page.fill("#note", "before it")
    page.wait_for_timeout(1500)  # somebody reads; the moment is told from the beginning
    page.click("#lamp")
    page.locator("#sorry").wait_for()
    page.wait_for_timeout(1500)
    page.fill("#note", "after it")
    replay_id = page.evaluate("replayId()")
    page.evaluate("flushed()")
    page.context.close()
    issue = product.wait_for_issue(project)
    assert issue["title"] == "RangeError: no lamp has 7 arms"
    product.wait(lambda: held_segments(product, project, replay_id), seconds=10)
    found = product.api(f"organizations/{project['organization']}/replays/?query={replay_id}")
    (replay,) = found["data"]
    assert any(one.startswith(f"{shop}/{name}.html") for one in replay["urls"])
    viewer.goto(f"/issues/{issue['id']}/")
    viewer.get_by_role("link", name="Watch the moment").click()
    viewer.locator("x-replay[data-ready]").wait_for()
    assert f"/{replay_id}/?t=" in viewer.url
    expect(picture(viewer).locator("#note")).to_have_value("before it")
    expect(viewer.locator("[aria-current=time]")).to_contain_text("no lamp has 7 arms")
    expect(viewer.get_by_text("button#lamp").first).to_be_attached()
    viewer.get_by_role("slider").focus()
    viewer.keyboard.press("End")
    expect(picture(viewer).locator("#sorry")).to_have_text("There is no such lamp", timeout=10_000)
