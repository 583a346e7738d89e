"""The product and the people of the other tests."""

from __future__ import annotations

from tests.flow.conftest import product, project
from tests.web.conftest import alice, bob, charlie, nobody, world

__all__ = ["alice", "bob", "charlie", "nobody", "product", "project", "world"]
