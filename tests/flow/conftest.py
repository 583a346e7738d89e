"""One running product for all flow tests; each makes its own project."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product


@pytest.fixture(scope="session", autouse=True)
def _start_quickly(migrated: Path) -> None:
    """Products begin with tables; the first start from nothing is `test_start`'s."""
    Product.migrated = migrated


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests that need one; each takes a database of its own."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(binaries, Path(folder)) as running:
            yield running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its defaults."""
    with Product(tmp_path_factory.mktemp("product") / "data") as running:
        yield running


@pytest.fixture
def project(product: Product) -> dict[str, str]:
    """A project of the test's own."""
    return product.spare_project()
