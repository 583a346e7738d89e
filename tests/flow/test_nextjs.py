"""A real Next.js application, built with an unmodified @sentry/nextjs: every part of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import CHROMIUM, SDK, needs_browser

SHOP = SDK / "next"
needs_next = pytest.mark.skipif(
    not (SHOP / "node_modules" / "next").is_dir(), reason="Next.js from npm is not installed"
)
pytestmark = [needs_next, needs_browser, pytest.mark.sdk, pytest.mark.browser]


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


def _pay(site: str) -> list[str]:
    """Press the button of the shop; returns where the page posted to."""
    from playwright.sync_api import sync_playwright

    posted: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
        page.goto(site)
        page.click("#pay")
        page.wait_for_timeout(2000)
        browser.close()
    return posted


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the application, which builds write into."""
    copy = tmp_path / "shop"
    ignore = shutil.ignore_patterns(".next*", ".cache")
    shutil.copytree(SHOP, copy, symlinks=True, ignore=ignore, copy_function=_link)
    return copy


def _link(source: str, target: str) -> None:
    """Packages are linked where that is possible; the application's own files may be changed."""
    if "node_modules" in Path(source).parts:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def test_every_part_of_a_next_application_shows_its_source(
    product: Product, project: dict[str, str], shop: Path
) -> None:
    """Browser, server and edge: the TypeScript as it was written.

    The browser sends to its own site, which passes it on: the key is in the envelope alone.
    """
    environment = _environment(product, project, shop.parent)
    _build(shop, environment)
    with _running(shop, environment, product) as site:
        assert _get(f"{site}/api/charge") == 500
        assert _get(f"{site}/api/edge") == 500
        posted = _pay(site)
        found = lambda: [issue["title"] for issue in product.issues(project)]  # noqa: E731
        product.wait(lambda: len(found()) == 3, seconds=30)
        issues = product.issues(project)
    assert f"{site}/tunnel" in posted
    assert not [one for one in posted if one.startswith(product.base)]
    titles = {issue["title"]: issue for issue in issues}
    for words, line in {
        "the browser cannot charge 12": 6,
        "the server cannot charge 20": 6,
        "the edge cannot refund 30": 14,
    }.items():
        crash = _crash(product.latest(project, titles[f"RangeError: {words}"]))
        assert (crash["filename"], crash["lineNo"]) == ("app/till.ts", line), (words, crash)
        assert dict(crash["context"])[line].strip().startswith("throw new RangeError(")
        assert crash["inApp"] is True


def _crash(event: dict[str, Any]) -> dict[str, Any]:
    entry = next(one for one in event["entries"] if one["type"] == "exception")
    frame: dict[str, Any] = entry["data"]["values"][-1]["stacktrace"]["frames"][-1]
    return frame
