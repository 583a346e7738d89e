"""A status page of the whole product: applied, visited, subscribed to, outliving it on disk."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from email.message import EmailMessage
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.mailbox import Mailbox

FILE = """
status_pages:
  - id: shop
    title: Shop status
    components:
      - {name: Checkout, group: Shop}
      - {name: Telephone, state: degraded_performance}
"""


PUBLISH = """
import os, signal
from vedette import config, django_setup
django_setup.setup(config.load())
from vedette.statuspages.announcing import Wish, draft, publish
from vedette.statuspages.models import StatusPage
publish(draft(StatusPage.objects.get(slug="shop"), Wish(title="Payments fail", text="They do.")))
os.kill(os.getpid(), signal.SIGKILL)
"""


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def mails() -> list[EmailMessage]:
    """Those that were taken."""
    return []


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def post(url: str, **values: Any) -> str:
    data = urllib.parse.urlencode(values, doseq=True).encode()
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return str(answer.read().decode())


def query(product: Product, sql: str, *values: Any) -> list[Any]:
    """The product's own database, beside it."""
    with sqlite3.connect(product.folder / "vedette.sqlite3", timeout=20) as held:
        return held.execute(sql, values).fetchall()


def test_a_page_outlives_the_product_and_its_messages_a_kill(
    tmp_path: Path, mails: list[EmailMessage]
) -> None:
    """Subscribed with double opt-in; killed after publishing; read from disk when all is down."""
    with Mailbox(mails.append) as mailbox:
        product = Product(tmp_path / "data", mail_url=mailbox.url)
        with product:
            (tmp_path / "status.yaml").write_text(FILE)
            product.command("apply", str(tmp_path / "status.yaml"))
            page = f"{product.base}/status/shop/"
            product.wait(lambda: "Checkout" in get(page), seconds=20)
            _subscribe(product, page, mails)
            _publish_and_die(product)
        with product:
            product.wait(lambda: len(mails) == 2, seconds=30)
            assert "Payments fail" in mails[1]["subject"]
            assert mails[1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            product.wait(lambda: "Payments fail" in _on_disk(product), seconds=30)
            left = query(
                product, "SELECT count(*) FROM statuspages_statusdelivery WHERE done_at IS NULL"
            )
            assert left == [(0,)]
        assert len(mails) == 2, "nothing is told twice"
    _read_from_disk(product)


def _subscribe(product: Product, page: str, mails: list[EmailMessage]) -> None:
    assert "a message is on its way" in post(
        f"{page}subscribe/", kind="email", address="eva@example.com"
    )
    product.wait(lambda: len(mails) == 1, seconds=20)
    found = re.search(r"\S+/confirm/\S+", str(mails[0].get_content()))
    assert found is not None
    assert "from now on" in post(found[0])


def _publish_and_die(product: Product) -> None:
    """In a process of its own, which has no loops, so that nothing is told before the kill."""
    assert product.process is not None
    product.process.send_signal(signal.SIGKILL)
    product.process.wait(20)
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], env=product.environment, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def _on_disk(product: Product) -> str:
    return (product.folder / "status" / "shop" / "index.html").read_text()


def _read_from_disk(product: Product) -> None:
    """By a plain web server, every link of the first page."""
    folder = product.folder / "status" / "shop"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}/"
        index = get(base)
        assert "Payments fail" in index
        assert "As of" in index
        for target in set(re.findall(r'(?:href|src)="([^"#:]+)"', index)):
            assert get(urllib.parse.urljoin(base, target))
        assert '"indicator"' in get(f"{base}api/v2/status.json")
        assert "<svg" in get(f"{base}badge/status.svg")
    finally:
        server.shutdown()
        server.server_close()
