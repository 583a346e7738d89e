"""Behind a reverse proxy that ends TLS and mounts the product below a path."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.flow.product import Product
from vedette.items.event import sample

URL = "https://watch.example/errors"


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as `https://watch.example/errors`; the tests stand in for the proxy."""
    with Product(tmp_path_factory.mktemp("mounted") / "data", url=URL) as running:
        yield running


@pytest.mark.parametrize("prefix", ["/errors", ""], ids=["kept by the proxy", "taken off"])
def test_pages_and_their_links_lie_below_the_prefix(mounted: Product, prefix: str) -> None:
    """A page is found with and without the prefix, and every local address in it has it."""
    status, _, body = mounted.post(f"{prefix}/sign-in/", b"", method="GET")
    assert status == 200
    addresses = re.findall(rb'(?:href|src|action)="(/[^"]*)"', body)
    assert addresses
    assert all(address.startswith(b"/errors/") for address in addresses)
    asset = next(address.decode() for address in addresses if b"/static/" in address)
    assert mounted.post(asset, b"", method="GET")[0] == 200


def test_the_sign_in_form_is_accepted_from_the_public_address(mounted: Product) -> None:
    """The proxy's https is not taken for a foreign page."""
    status, headers, body = mounted.post("/errors/sign-in/", b"", method="GET")
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    assert token is not None
    assert status == 200
    form = {"csrfmiddlewaretoken": token[1].decode(), "email": "a@b.example", "password": "x"}
    sent = {
        "Origin": "https://watch.example",
        "Referer": f"{URL}/sign-in/",
        "Cookie": headers["set-cookie"].partition(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urllib.parse.urlencode(form).encode()
    status, _, answer = mounted.post("/errors/sign-in/", body, sent)
    assert status != 403
    assert b'name="password"' in answer  # the form again: the password is wrong


def test_a_dsn_names_the_prefix_and_the_door_answers_there(mounted: Product) -> None:
    """What the DSN says is where an SDK's envelope is accepted."""
    project = mounted.project("Mounted")
    assert project["dsn"] == f"https://{project['public_key']}@watch.example/errors/{project['id']}"
    path = f"/errors/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
    assert mounted.post(path, sample())[0] == 200
    assert mounted.post("/errors/-/health", b"", method="GET")[0] == 200


def test_the_next_page_of_the_api_is_at_the_public_address(mounted: Product) -> None:
    """A client that follows the Link header stays behind the proxy."""
    path = "/errors/api/0/organizations/"
    held = {"Authorization": f"Bearer {mounted.token()}"}
    status, headers, _ = mounted.post(path, b"", held, method="GET")
    assert status == 200
    assert f"<https://watch.example{path}?" in headers["link"]
