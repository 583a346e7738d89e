"""One running product for all flow tests; each makes its own project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flow.product import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its defaults."""
    with Product(tmp_path_factory.mktemp("product") / "data") as running:
        yield running


@pytest.fixture
def project(product: Product) -> dict[str, str]:
    """A project of the test's own."""
    return product.spare_project()
