"""Status pages by keyboard alone and without JavaScript: by who looks after one, and a visitor."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
_MOST_TABS = 80


@pytest.fixture
def page(product: Product) -> Iterator[Page]:
    """A browser that is signed in and runs no script."""
    owner = sign_in_owner(product)
    cookies = [
        {"name": one.name, "value": one.value or "", "url": product.base} for one in owner.jar
    ]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        yield context.new_page()
        browser.close()


def test_everything_is_done_with_keys(product: Product, page: Page) -> None:
    """Made, arranged, spoken on; subscribed to, confirmed and left."""
    page.goto(f"{product.base}/monitors/status-pages/new/")
    fill(page, "#title", "Keys")
    press(page, "button.primary:has-text('Make it')")
    press(page, ".tabs a:has-text('Components')")
    for name in ("Alpha", "Beta"):
        fill(page, "[name=name]", name)
        press(page, "button[value=add]")
    fill(page, "[name^='place.'] >> nth=1", "0")
    fill(page, "[name^='group.'] >> nth=1", "Shop")
    press(page, "button[value=arrange]")
    names = page.locator("tbody tr").all_inner_texts()
    assert ["Beta" in names[0], "Alpha" in names[1]] == [True, True]
    _subscribe(product, page)
    page.goto(f"{product.base}/monitors/status-pages/")
    press(page, ".status-what a:has-text('Keys')")
    press(page, "a:has-text('New incident')")
    fill(page, "#title", "Payments fail")
    press(page, "button[value=publish]")
    product.wait(lambda: "Payments fail" in _shown(page, f"{product.base}/status/keys/"))
    page.goto(product.wait(lambda: _link(product, "leave")))
    press(page, "button:has-text('Yes, stop')")
    expect(page.locator("main")).to_contain_text("Nothing more is sent")


def _subscribe(product: Product, page: Page) -> None:
    page.goto(f"{product.base}/status/keys/")
    press(page, "a:has-text('Get updates')")
    fill(page, "#address", "eva@example.com")
    press(page, "button:has-text('Subscribe')")
    expect(page.locator("main")).to_contain_text("a message is on its way")
    page.goto(product.wait(lambda: _link(product, "confirm")))
    press(page, "button:has-text('Yes, send them')")
    expect(page.locator("main")).to_contain_text("from now on")


def _shown(page: Page, address: str) -> str:
    page.goto(address)
    return page.inner_text("main")


def _link(product: Product, word: str) -> str:
    """The newest way in or out that a mail told of."""
    for path in sorted((product.folder / "mail").glob("*"), reverse=True):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        found = re.search(rf"http\S+/status/keys/{word}/\S+", body.get_content() if body else "")
        if found:
            return found[0]
    return ""


def reach(page: Page, selector: str) -> None:
    """Press the tabulator until it is there."""
    wanted = page.locator(selector).first
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def fill(page: Page, selector: str, text: str) -> None:
    """Reach a field and write over what it holds."""
    reach(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, selector: str) -> None:
    """Reach a link or a button and press Enter."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
