"""Real builds with unmodified bundler plugins throw in Chromium, and issues show their sources."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import CHROMIUM, SDK, needs_browser

BUILDS = SDK / "builds"
MODULES = BUILDS / "node_modules"
needs_builds = pytest.mark.skipif(
    not (MODULES / "vite").is_dir(), reason="the bundlers from npm are not installed"
)
pytestmark = [needs_builds, needs_browser, pytest.mark.sdk, pytest.mark.browser]

BUILDERS = {
    "vite": (["vite", "build"], "@sentry/vite-plugin"),
    "vite with the plugin before": (["vite", "build"], "@sentry/vite-plugin5"),
    "webpack": (["webpack"], "@sentry/webpack-plugin"),
    "webpack with the plugin before": (["webpack"], "@sentry/webpack-plugin5"),
}


def _build(builder: str, folder: Path, product: Product, project: dict[str, str]) -> str:
    """Build the shop into a folder; the plugin uploads on the way."""
    command, plugin = BUILDERS[builder]
    done = subprocess.run(
        [MODULES / ".bin" / command[0], *command[1:]],
        cwd=BUILDS,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "NODE_ENV": "production",
            "BUILD_FOLDER": str(folder),
            "SENTRY_PLUGIN": plugin,
            "SENTRY_AUTH_TOKEN": product.token(),
            "SENTRY_URL": product.base,
            "SENTRY_ORG": project["organization"],
            "SENTRY_PROJECT": project["project"],
            "SENTRY_RELEASE": f"{project['project']}@1.0.0",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The built site on loopback; its maps stay at home."""
    for source_map in folder.rglob("*.map"):
        source_map.unlink()
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _throw(site: str, dsn: str) -> None:
    """Press the button of the shop."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.goto(f"{site}/index.html?dsn={quote(dsn)}")
        page.click("#pay")
        page.wait_for_timeout(300)
        assert page.evaluate("flushed()")
        browser.close()


@pytest.mark.parametrize("builder", BUILDERS)
def test_an_error_of_a_real_build_shows_its_source(
    product: Product, project: dict[str, str], tmp_path: Path, builder: str
) -> None:
    """The TSX and the TypeScript as they were written, with the lines around."""
    folder = tmp_path / "dist"
    said = _build(builder, folder, product, project)
    with _served(folder) as site:
        _throw(site, project["dsn"])
    issue = product.wait_for_issue(project)
    event = product.latest(project, issue)
    entry = next(one for one in event["entries"] if one["type"] == "exception")
    frames: list[dict[str, Any]] = entry["data"]["values"][-1]["stacktrace"]["frames"]
    crash = frames[-1]
    assert (crash["function"], crash["filename"], crash["lineNo"]) == (
        "charge",
        "src/till.ts",
        6,
    ), (
        frames,
        said,
    )
    assert dict(crash["context"])[6] == "    throw new RangeError(`cannot charge ${total}`);"
    assert crash["inApp"] is True
    caller = frames[-2]
    assert (caller["filename"], caller["lineNo"]) == ("src/Cart.tsx", 12)
    assert dict(caller["context"])[12] == "    setPaid(charge(total));"
    assert caller["function"].endswith(("payNow", "onClick"))  # the one may be put into the other
    react = [frame for frame in frames if "react-dom" in frame["filename"]]
    assert react
    assert not any(frame["inApp"] for frame in react)
    assert "src/till.ts" in issue["culprit"] + str(issue["metadata"])
