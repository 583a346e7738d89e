"""The world of the tests of pages, with jobs and monitors in it."""

from tests.web.conftest import alice, bob, charlie, nobody, world

__all__ = ["alice", "bob", "charlie", "nobody", "world"]
