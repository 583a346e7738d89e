"""The world of the tests of pages, for what is found in its spans."""

from tests.web.conftest import alice, bob, charlie, nobody, world

__all__ = ["alice", "bob", "charlie", "nobody", "world"]
