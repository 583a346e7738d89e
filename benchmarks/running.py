"""A product in a temporary folder for the benchmarks that need all of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.flow.product import Product


@contextmanager
def product(**settings: str) -> Iterator[tuple[Product, dict[str, str]]]:
    """A running product with one project."""
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        running = Product(Path(folder).absolute() / "data", **settings)
        with running:
            yield running, running.project("bench")


def stored_errors(running: Product) -> int:
    """How many errors the store holds."""
    from vedette.store import query as q
    from vedette.store.remote import StoreClient
    from vedette.store.visible import VisibleProjects

    select = q.Select(
        table="errors",
        projects=VisibleProjects.of_system(),
        columns={"n": q.count()},
        start=0,
        end=1 << 61,
    )
    client = StoreClient(running.folder / "run" / "store.sock")
    return int(client.query(select).rows[0][0])


def health(running: Product) -> dict[str, Any]:
    """The product's health report."""
    _, _, body = running.post("/-/health", b"", method="GET")
    report: dict[str, Any] = json.loads(body)
    return report
