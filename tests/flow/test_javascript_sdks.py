"""Unmodified @sentry/node, @sentry/browser and sentry-cli."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.flow.product import Product
from tests.relay.relaying import Relaying

SDK = Path(__file__).parent.parent / "sdk"
MODULES = SDK / "node_modules"
CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "@sentry" / "node").is_dir(),
    reason="Node and the SDKs from npm are not installed",
)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def breadcrumbs(event: dict[str, Any]) -> list[str]:
    entry = next(entry for entry in event["entries"] if entry["type"] == "breadcrumbs")
    return [crumb.get("message") for crumb in entry["data"]["values"]]


@needs_node
@pytest.mark.sdk
@pytest.mark.parametrize("package", ["@sentry/node", "@sentry/node10", "@sentry/node8"])
def test_node_errors_arrive_whole(product: Product, project: dict[str, str], package: str) -> None:
    """Chunked bodies without a length, three majors."""
    done = subprocess.run(
        ["node", "node_error.cjs", package, project["dsn"]],
        cwd=SDK,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    issues = product.wait(lambda: len(i := product.issues(project)) == 2 and i)
    assert isinstance(issues, list)
    titles = {issue["title"]: issue for issue in issues}
    assert set(titles) == {"RangeError: cannot charge 12", "low stock"}
    event = product.latest(project, titles["RangeError: cannot charge 12"])
    frames = next(e for e in event["entries"] if e["type"] == "exception")["data"]["values"][-1][
        "stacktrace"
    ]["frames"]
    assert frames[-1]["function"].endswith("chargeCard")
    assert "cannot charge" in "".join(line for _, line in frames[-1]["context"])
    tags = {tag["key"]: tag["value"] for tag in event["tags"]}
    assert (tags["shop"], tags["release"]) == ("berlin", "shop@2.0.0")
    assert event["user"]["id"] == "42"
    assert event["contexts"]["cart"]["items"] == 3
    assert "added a lamp" in breadcrumbs(event)
    assert titles["low stock"]["level"] == "warning"


def bundle(source: str, package: str, made: Path) -> None:
    """Bundle a page's script of tests/sdk with one major of @sentry/browser."""
    entry = SDK / f".{made.stem}.entry.js"
    entry.write_text((SDK / source).read_text().replace("@sentry/browser", f"@sentry/{package}"))
    try:
        subprocess.run(
            [MODULES / ".bin" / "esbuild", entry.name, "--bundle", f"--outfile={made}"],
            cwd=SDK,
            check=True,
            capture_output=True,
        )
    finally:
        entry.unlink()
    made.with_suffix(".html").write_text(
        f'<!doctype html><title>shop</title><h1>Lamps</h1><script src="{made.name}"></script>'
    )


@contextmanager
def served(site: Path) -> Iterator[str]:
    """A folder as a site on loopback; gives its address."""
    handler = functools.partial(_Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page per major of @sentry/browser."""
    site = tmp_path_factory.mktemp("site")
    for name in ("browser", "browser10"):
        bundle("browser_page.js", name, site / f"{name}.js")
    with served(site) as base:
        yield base


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@needs_node
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
@pytest.mark.parametrize("name", ["browser", "browser10"])
def test_browser_errors_arrive_across_origins(
    product: Product, project: dict[str, str], pages: str, name: str
) -> None:
    """A real Chromium on another origin: CORS lets it send, and it names browser and page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.goto(f"{pages}/{name}.html?dsn={quote(project['dsn'])}")
        page.evaluate("fail()")
        page.wait_for_timeout(300)
        assert page.evaluate("flushed()")
        browser.close()
    issue = product.wait_for_issue(project)
    assert issue["metadata"]["type"] == "TypeError"
    assert issue["isUnhandled"] is True
    event = product.latest(project, issue)
    values = next(e for e in event["entries"] if e["type"] == "exception")["data"]["values"]
    functions = [frame["function"] for frame in values[-1]["stacktrace"]["frames"]]
    assert functions[-1].endswith("payNow")
    assert "Chrom" in event["contexts"]["browser"]["name"]
    tags = {tag["key"]: tag["value"] for tag in event["tags"]}
    assert tags["page"] == "checkout"
    assert event["user"]["username"] == "alice"
    assert "opened the cart" in breadcrumbs(event)


@needs_node
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
def test_a_browser_sends_through_the_tunnel_of_a_relay(
    product: Product, project: dict[str, str], pages: str, tmp_path: Path
) -> None:
    """A page on another origin; the first line of the envelope says whose it is."""
    from playwright.sync_api import sync_playwright

    with Relaying(tmp_path / "relay", product.base) as relay, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        tunnel = quote(f"{relay.base}/tunnel")
        page.goto(f"{pages}/browser.html?dsn={quote(project['dsn'])}&tunnel={tunnel}")
        page.evaluate("fail()")
        page.wait_for_timeout(300)
        assert page.evaluate("flushed()")
        browser.close()
        issue = product.wait_for_issue(project)
        assert issue["metadata"]["type"] == "TypeError"
        assert relay.health()["delivered"] >= 1


@needs_node
@pytest.mark.sdk
def test_sentry_cli_sends_an_event_without_the_secrets_of_its_environment(
    product: Product, project: dict[str, str]
) -> None:
    """send-event ships the whole environment; tokens in it are removed."""
    done = subprocess.run(
        [MODULES / ".bin" / "sentry-cli", "send-event", "-m", "backup failed", "-t", "host:a1"],
        env={**os.environ, "SENTRY_DSN": project["dsn"], "MY_SECRET_TOKEN": "opensesame12345"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    issue = product.wait_for_issue(project)
    assert issue["title"] == "backup failed"
    event = product.latest(project, issue)
    assert {"key": "host", "value": "a1"} in event["tags"]
    assert "opensesame12345" not in str(event)
