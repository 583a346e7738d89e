"""Status pages with the metadata in PostgreSQL, of two nodes, read by our own probe over HTTP."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.flow import watching
from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.visitor import Visitor, sign_in_owner
from tests.mailbox import Mailbox

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
]
_QUICK = {"interval_seconds": 2, "retry_seconds": 1, "timeout_seconds": 2}
_PAGE = "/status/shop-status/"


@pytest.fixture
def database() -> Iterator[Postgres]:
    """A server of its own, since it is taken away."""
    binaries = find_binaries()
    assert binaries is not None
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(binaries, Path(folder), connections=100) as running:
            yield running


@pytest.fixture
def mails() -> list[EmailMessage]:
    """Those that were taken."""
    return []


def test_a_page_of_two_nodes(database: Postgres, tmp_path: Path, mails: list[EmailMessage]) -> None:
    """Made, subscribed to, spoken on and read by our own probe; each message comes once; without
    a database visitors are sent to the copy."""
    address = database.database()

    def ask(sql: str) -> list[Any]:
        with psycopg.connect(address) as connection:
            return [row[0] for row in connection.execute(sql).fetchall()]  # type: ignore[arg-type]

    with Mailbox(mails.append) as mailbox:
        settings = {
            "database_url": address,
            "mail_url": mailbox.url,
            "secret_key": "the same of both nodes, which sign for each other",
            "outgoing_networks": "127.0.0.0/8",
            "canaries": "none",
        }
        with Product(tmp_path / "one", **settings) as one, _beside(one, settings) as two:
            owner = sign_in_owner(two)  # the last one that was started has the link
            project = one.project("shop")
            _make_page(owner)
            _subscribe(one, mails)
            watching.make(one, project, _reader(one), **_QUICK)
            state = "SELECT state FROM monitors_monitorstanding"
            one.wait(lambda: ask(state) == ["up"], seconds=30)
            incident = _begin(owner)
            for node in (one, two):
                visitor = Visitor(node)
                node.wait(lambda v=visitor: "Payments fail" in v.open(_PAGE).text)
            one.wait(lambda: ask(state) == ["down"], seconds=30)
            owner.submit(incident, {"do": "say", "status": "resolved", "text": "It is over."})
            one.wait(lambda: ask(state) == ["up"], seconds=30)
            one.wait(lambda: len(mails) == 3, seconds=30)
            one.wait(lambda: _has_copy(one, two))
            assert ask("SELECT count(*) FROM statuspages_statusdelivery WHERE done_at IS NULL") == [
                0
            ]
            assert [mail["subject"].split(":")[0] for mail in mails[1:]] == [
                "[Shop status] Investigating",
                "[Shop status] Resolved",
            ]
            database.stop()
            # what makes the proxy hand out the copy
            one.wait(lambda: Visitor(one).open(_PAGE).status == 503)
            own = {"Host": "status.example.com"}
            assert Visitor(one).open("/", headers=own).status == 503


def _beside(one: Product, settings: dict[str, str]) -> Product:
    """A second node, which opens what the first has sealed."""
    folder = one.folder.with_name("two")
    folder.mkdir()
    shutil.copy(one.folder / "seal_keys", folder)
    return Product(folder, **settings)


def _make_page(owner: Visitor) -> None:
    owner.open("/monitors/status-pages/new/")
    made = owner.submit("/monitors/status-pages/new/", {"title": "Shop status", "open": "public"})
    assert made.status == 200, made.text
    assert "Shop status" in owner.open(_PAGE).text


def _subscribe(product: Product, mails: list[EmailMessage]) -> None:
    visitor = Visitor(product)
    sent = visitor.open(f"{_PAGE}subscribe/", {"kind": "email", "address": "eva@example.com"})
    assert "a message is on its way" in sent.text
    product.wait(lambda: len(mails) == 1, seconds=30)
    found = re.search(r"/status/shop-status/confirm/\S+", str(mails[0].get_content()))
    assert found is not None
    assert "from now on" in visitor.open(found[0], {}).text


def _reader(product: Product) -> dict[str, Any]:
    """A monitor of the product's own that reads the page as it reads those of others."""
    return {
        "name": "Reader",
        "kind": "third_party",
        "statuspage": f"{product.base}{_PAGE}api/v2/summary.json",
    }


def _begin(owner: Visitor) -> str:
    """An incident that is published; the address of its page."""
    (form,) = set(
        re.findall(r"/monitors/status-pages/\d+/", owner.open("/monitors/status-pages/").text)
    )
    sent = {
        "title": "Payments fail",
        "text": "They do.",
        "impact": "critical",
        "status": "investigating",
        "do": "publish",
    }
    made = owner.submit(f"{form}incidents/new/", sent)
    assert "Payments fail" in made.text
    return made.url.removeprefix(owner.base)


def _has_copy(*nodes: Product) -> bool:
    files = [node.folder / "status" / "shop-status" / "index.html" for node in nodes]
    return any(path.is_file() and "Payments fail" in path.read_text() for path in files)
