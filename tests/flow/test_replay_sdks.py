"""Replays that unmodified SDKs record in Chromium are played to the words that the page had."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as combinations
from typing import TYPE_CHECKING

import pytest

from tests.flow.product import Product
from tests.flow.replaying import (
    bundle_react,
    chromium,
    play_to_the_end,
    record,
    signed_in,
)
from tests.flow.test_bundler_plugins import BUILDS
from tests.flow.test_javascript_sdks import bundle, needs_browser, needs_node, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [needs_node, needs_browser, pytest.mark.sdk, pytest.mark.browser]
HAS_REACT = (BUILDS / "node_modules" / "@sentry" / "react").is_dir()
PAGES = ["browser", "browser10", *(["react"] if HAS_REACT else [])]
WAYS = [
    [word for word in words if word]
    for words in combinations(("masked", ""), ("compressed", ""), ("error", ""))
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page per SDK."""
    site = tmp_path_factory.mktemp("replays")
    (site / "delivery.html").write_text("<!doctype html><p>Delivery on Monday</p>")
    for name in PAGES:
        if name == "react":
            bundle_react(BUILDS / "src" / "replay.tsx", site / "react.js")
        else:
            bundle("browser_replay.js", name, site / f"{name}.js")
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
