"""Sessions of unmodified SDKs come to the crash-free rates that a person counts by hand."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any
from urllib.parse import quote

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import (
    CHROMIUM,
    SDK,
    needs_browser,
    needs_node,
    pages,
)

__all__ = ["pages"]

PRELUDE = """
import sentry_sdk
sentry_sdk.init(dsn={dsn!r}, release="shop@1.0.0", environment="staging")
sentry_sdk.get_isolation_scope().set_user({{"id": {user!r}}})
"""
APPLICATION = """
from sentry_sdk.integrations.serverless import serverless_function
from sentry_sdk.sessions import track_session
scope = sentry_sdk.get_isolation_scope()
with track_session(scope, session_mode="application"):
    {what}
sentry_sdk.flush(10)
"""
HANDLED = "sentry_sdk.capture_exception(ValueError('no lamp'))"
UNHANDLED = "serverless_function(lambda: 1 / 0)()"
FLASK = """
from flask import Flask
app = Flask("shop")
@app.route("/buy/<int:number>")
def buy(number):
    if number == 3:
        raise LookupError("no lamp")
    if number == 2:
        sentry_sdk.capture_exception(ValueError("few lamps"))
    return "bought"
client = app.test_client()
for number in range(6):
    client.get(f"/buy/{number}")
sentry_sdk.get_client().close()
"""


def python(project: dict[str, str], script: str, *, user: str = "1", status: int = 0) -> None:
    source = PRELUDE.format(dsn=project["dsn"], user=user) + script
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr


def health(product: Product, project: dict[str, str], *fields: str) -> dict[str, Any]:
    """The figures of all sessions of the project."""
    asked = "&".join(f"field={quote(name)}" for name in fields)
    path = f"organizations/{project['organization']}/sessions/?project={project['id']}&{asked}"
    (group,) = product.api(f"{path}&statsPeriod=24h&interval=1h")["groups"]
    found: dict[str, Any] = group["totals"]
    return found


def states(product: Product, project: dict[str, str]) -> dict[str, int]:
    """The sessions of the project by what they came to."""
    path = f"organizations/{project['organization']}/sessions/?project={project['id']}"
    answer = product.api(f"{path}&field=sum(session)&groupBy=session.status&statsPeriod=24h")
    return {
        group["by"]["session.status"]: group["totals"]["sum(session)"] for group in answer["groups"]
    }


def wait_for(product: Product, project: dict[str, str], wanted: dict[str, int]) -> None:
    """Until the sessions are these: the last updates come a moment later."""
    found: dict[str, int] = {}

    def is_so() -> bool:
        found.clear()
        found.update(states(product, project))
        return found == wanted

    try:
        product.wait(is_so)
    except AssertionError:
        assert found == wanted
        raise


def test_sessions_of_python_programs(product: Product, project: dict[str, str]) -> None:
    """Four runs: two well, one with a handled error, one that crashed; and requests of a server."""
    for user in ("1", "2"):
        python(project, APPLICATION.format(what="pass"), user=user)
    python(project, APPLICATION.format(what=HANDLED), user="2")
    python(project, APPLICATION.format(what=UNHANDLED), user="3", status=1)
    wait_for(product, project, {"healthy": 2, "errored": 1, "crashed": 1})
    found = health(
        product,
        project,
        "crash_free_rate(session)",
        "crash_free_rate(user)",
        "count_unique(user)",
    )
    assert found["count_unique(user)"] == 3
    assert found["crash_free_rate(session)"] == pytest.approx(3 / 4)
    assert found["crash_free_rate(user)"] == pytest.approx(2 / 3)

    python(project, FLASK)
    wait_for(product, project, {"healthy": 2 + 4, "errored": 1 + 1, "crashed": 1 + 1})
    found = health(product, project, "crash_free_rate(session)")
    assert found["crash_free_rate(session)"] == pytest.approx(8 / 10)


@needs_node
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "state", "crash_free"), [("browser", "unhandled", 1), ("browser10", "crashed", 2 / 3)]
)
def test_sessions_of_browsers(
    product: Product,
    project: dict[str, str],
    pages: str,
    name: str,
    state: str,
    crash_free: float,
) -> None:
    """Three visits, one with an error that nobody handled: a crash only by the older SDK."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for visit in range(3):
            page = browser.new_page()
            page.goto(f"{pages}/{name}.html?dsn={quote(project['dsn'])}")
            if visit == 1:
                page.evaluate("fail()")
                page.wait_for_timeout(300)
            assert page.evaluate("flushed()")
            page.close()
        browser.close()
    wait_for(product, project, {"healthy": 2, state: 1})
    found = health(product, project, "crash_free_rate(session)")
    assert found["crash_free_rate(session)"] == pytest.approx(crash_free)
    release = product.api(
        f"organizations/{project['organization']}/releases/{quote('shop@3.0.0')}/"
    )
    assert project["project"] in [one["slug"] for one in release["projects"]]


@needs_node
@pytest.mark.sdk
@pytest.mark.parametrize("package", ["@sentry/node", "@sentry/node10", "@sentry/node8"])
def test_sessions_of_node_programs(product: Product, project: dict[str, str], package: str) -> None:
    """A run that captured one error is one session, however often its start is told."""
    done = subprocess.run(
        ["node", "node_error.cjs", package, project["dsn"]],
        cwd=SDK,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wait_for(product, project, {"errored": 1})
