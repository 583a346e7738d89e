"""Feedback of unmodified SDKs: the widget with its screenshot, the report dialog, the calls."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import (
    CHROMIUM,
    SDK,
    bundle,
    needs_browser,
    needs_node,
    served,
)
from tests.flow.visitor import sign_in_owner

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("browser", "browser10")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    "--auto-accept-this-tab-capture",  # in place of the person who chooses what is shared
]
# A tab that nothing changes in gives no frame to who captures it late: a busy machine's widget
# would wait for its picture for ever.
BLINKING = """() => {
  const mark = document.body.appendChild(document.createElement("p"));
  setInterval(() => { mark.textContent = performance.now(); }, 50);
}"""
PYTHON = """
import sys, sentry_sdk
sentry_sdk.init(sys.argv[1], release="till@1", default_integrations=False)
said = {"message": "The receipt is blank", "name": "Carol"}
sentry_sdk.capture_event({"type": "feedback", "contexts": {"feedback": said}})
sentry_sdk.flush(5)
"""


def feedback_of(product: Product, project: dict[str, str]) -> dict[str, Any]:
    """What somebody wrote, as soon as it is there."""
    path = f"projects/{project['organization']}/{project['project']}/user-feedback/"
    (said,) = product.wait(lambda: product.api(path))
    held: dict[str, Any] = said
    return held


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page per major."""
    site = tmp_path_factory.mktemp("feedback")
    for name in BROWSERS:
        bundle("browser_feedback.js", name, site / f"feedback-{name}.js")
    with served(site) as base:
        yield base


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of Chromium, in which a picture may be taken of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser.new_page()
        browser.close()


@needs_node
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
@pytest.mark.parametrize("name", BROWSERS)
def test_the_widget_brings_words_and_a_picture(
    product: Product, project: dict[str, str], shop: str, page: Page, name: str
) -> None:
    """As a person fills it in, with a screenshot of the page; the inbox shows both."""
    page.goto(f"{shop}/feedback-{name}.html?dsn={quote(project['dsn'])}")
    page.evaluate(BLINKING)
    page.get_by_role("button", name="Report a Bug").click()
    page.get_by_label("Name").fill("Alice")
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Description").fill("The lamp is upside down")
    page.get_by_role("button", name="Add a screenshot").click()
    page.get_by_role("button", name="Remove screenshot").wait_for()
    page.get_by_role("button", name="Send Bug Report").click()
    page.get_by_text("Thank you for your report!").wait_for()
    said = feedback_of(product, project)
    assert (said["name"], said["email"]) == ("Alice", "alice@example.com")
    assert said["comments"] == "The lamp is upside down"
    assert said["url"] == f"{shop}/feedback-{name}.html"
    visitor = sign_in_owner(product)
    shown = visitor.open(f"/feedback/{said['id']}/")
    assert "shop@3.0.0" in shown.text
    assert "area" in shown.text
    found = re.search(r'<img src="(/feedback/[^"]+/attachments/[^"]+)"', shown.text)
    assert found is not None
    picture = visitor.open(found[1])
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")


@needs_node
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
@pytest.mark.parametrize("name", BROWSERS)
def test_the_report_dialog_is_about_its_event(
    product: Product, project: dict[str, str], shop: str, page: Page, name: str
) -> None:
    """The dialog comes from the product, over a page of another origin, and names the error."""
    page.goto(f"{shop}/feedback-{name}.html?dsn={quote(project['dsn'])}")
    event_id = page.evaluate("failed()")
    assert page.evaluate("flushed()")
    page.evaluate("id => dialog(id)", event_id)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("heading", name="What went wrong?").wait_for()
    dialog.get_by_label("Name").fill("Bob")
    dialog.get_by_label("What happened?").fill("It fell on my foot")
    dialog.get_by_role("button", name="Send", exact=True).click()
    dialog.get_by_text("has been sent").wait_for()
    said = feedback_of(product, project)
    assert (said["name"], said["comments"]) == ("Bob", "It fell on my foot")
    assert said["eventID"] == event_id
    issue = product.wait_for_issue(project)
    assert product.api(f"issues/{issue['id']}/user-reports/")[0]["id"] == said["id"]


@needs_node
@pytest.mark.sdk
@pytest.mark.parametrize("package", ["@sentry/node", "@sentry/node10"])
def test_feedback_is_captured_in_node(
    product: Product, project: dict[str, str], package: str
) -> None:
    """By `captureFeedback`, about an error of the same process."""
    subprocess.run(
        ["node", "node_feedback.cjs", package, project["dsn"]],
        cwd=SDK,
        capture_output=True,
        check=True,
    )
    said = feedback_of(product, project)
    assert (said["name"], said["email"]) == ("Bob", "bob@example.com")
    assert said["url"] == "https://shop.example/till"
    issue = product.wait_for_issue(project)
    assert (
        product.api(f"issues/{issue['id']}/user-reports/")[0]["comments"] == "I was charged twice"
    )


@pytest.mark.sdk
def test_feedback_is_captured_in_python(product: Product, project: dict[str, str]) -> None:
    """As an event whose type says that it is feedback; it makes no issue."""
    subprocess.run([sys.executable, "-c", PYTHON, project["dsn"]], check=True)
    said = feedback_of(product, project)
    assert (said["name"], said["comments"]) == ("Carol", "The receipt is blank")
    assert product.issues(project) == []
