"""Unmodified sentry-sdk for Python: plain, Flask, FastAPI, Django."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from tests.flow.product import Product

PRELUDE = """
import sentry_sdk
sentry_sdk.init(dsn={dsn!r}, release="shop@1.0.0", environment="staging", debug=False,
                send_default_pii=True, in_app_include=["__main__"])
"""

PLAIN = """
sentry_sdk.set_user({"id": "42", "email": "alice@example.com"})
sentry_sdk.set_tag("shop", "berlin")
sentry_sdk.set_context("cart", {"items": 3})
sentry_sdk.add_breadcrumb(category="cart", message="added a lamp", level="info")
password = "hunter2"
def divide(total, count):
    return total / count
def checkout():
    try:
        divide(10, 0)
    except ZeroDivisionError as error:
        raise RuntimeError("checkout failed") from error
try:
    checkout()
except RuntimeError:
    sentry_sdk.capture_exception()
sentry_sdk.flush(10)
"""

FLASK = """
from flask import Flask
app = Flask("shop")
@app.route("/buy/<int:number>")
def buy(number):
    raise LookupError(f"no lamp {number}")
client = app.test_client()
firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
headers = {"User-Agent": firefox, "Authorization": "Bearer abc"}
client.get("/buy/7?colour=red", headers=headers)
sentry_sdk.flush(10)
"""

FASTAPI = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
app = FastAPI()
@app.get("/pay/{amount}")
def pay(amount: int):
    raise ValueError("cannot pay")
TestClient(app, raise_server_exceptions=False).get("/pay/5")
sentry_sdk.flush(10)
"""

DJANGO = """
import django
from django.conf import settings
from django.urls import path
def ship(request, order):
    address = None
    return address.street
urlpatterns = [path("ship/<int:order>/", ship)]
settings.configure(ROOT_URLCONF="__main__", SECRET_KEY="x", ALLOWED_HOSTS=["*"], DEBUG=False)
django.setup()
from django.test import Client
Client(raise_request_exception=False).get("/ship/9/")
sentry_sdk.flush(10)
"""


def run(project: dict[str, str], script: str) -> None:
    source = PRELUDE.format(dsn=project["dsn"]) + script
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def exceptions(event: dict[str, Any]) -> list[dict[str, Any]]:
    values = next(entry for entry in event["entries"] if entry["type"] == "exception")
    found: list[dict[str, Any]] = values["data"]["values"]
    return found


def test_a_plain_error_arrives_whole(product: Product, project: dict[str, str]) -> None:
    """Chain, frames, variables, breadcrumbs, user, tags and contexts; the password does not."""
    run(project, PLAIN)
    issue = product.wait_for_issue(project)
    assert issue["title"] == "RuntimeError: checkout failed"
    assert issue["count"] == "1"
    event = product.latest(project, issue)
    chain = exceptions(event)
    assert [value["type"] for value in chain] == ["ZeroDivisionError", "RuntimeError"]
    crash = chain[0]["stacktrace"]["frames"][-1]
    assert (crash["function"], crash["vars"]["count"]) == ("divide", "0")
    tags = {tag["key"]: tag["value"] for tag in event["tags"]}
    assert (tags["shop"], tags["environment"], tags["release"]) == (
        "berlin",
        "staging",
        "shop@1.0.0",
    )
    assert event["user"]["email"] == "alice@example.com"
    assert event["contexts"]["cart"]["items"] == 3
    assert event["contexts"]["runtime"]["name"] == "CPython"
    crumbs = next(entry for entry in event["entries"] if entry["type"] == "breadcrumbs")
    assert "added a lamp" in [crumb.get("message") for crumb in crumbs["data"]["values"]]
    assert "hunter2" not in str(event)


def test_flask_requests_come_with_url_browser_and_filtered_headers(
    product: Product, project: dict[str, str]
) -> None:
    """The user agent becomes a browser; the authorization header is gone."""
    pytest.importorskip("flask")
    run(project, FLASK)
    issue = product.wait_for_issue(project)
    assert issue["title"] == "LookupError: no lamp 7"
    assert issue["isUnhandled"] is True
    event = product.latest(project, issue)
    assert event["contexts"]["browser"]["name"] == "Firefox"
    request = next(entry for entry in event["entries"] if entry["type"] == "request")["data"]
    assert request["url"].endswith("/buy/7")
    assert "Bearer abc" not in str(event)
    assert product.issues(project, "url:*/buy/7 browser.name:Firefox")


def test_fastapi_errors_arrive(product: Product, project: dict[str, str]) -> None:
    """The transaction names the route."""
    pytest.importorskip("fastapi")
    run(project, FASTAPI)
    issue = product.wait_for_issue(project)
    assert issue["title"] == "ValueError: cannot pay"
    assert "pay" in issue["culprit"]


def test_django_errors_arrive(product: Product, project: dict[str, str]) -> None:
    """The view's frame is the one that crashed."""
    run(project, DJANGO)
    issue = product.wait_for_issue(project)
    assert issue["metadata"]["type"] == "AttributeError"
    assert (
        exceptions(product.latest(project, issue))[-1]["stacktrace"]["frames"][-1]["function"]
        == "ship"
    )


def test_the_same_error_again_is_the_same_issue(product: Product, project: dict[str, str]) -> None:
    """Two runs, one issue, two events."""
    run(project, PLAIN)
    run(project, PLAIN)
    product.wait(lambda: [i for i in product.issues(project) if i["count"] == "2"])
    assert len(product.issues(project)) == 1
