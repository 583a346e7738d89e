"""The servers that probes look at: those in the process live as long as the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.probing.servers.background import Background
from tests.probing.servers.web import Web


@pytest.fixture(scope="session")
def background() -> Iterator[Background]:
    """A loop in which servers listen."""
    with Background() as held:
        yield held


@pytest.fixture(scope="session")
def _web(background: Background) -> tuple[Web, str]:
    handler, other = Web(), Web()
    port, elsewhere = background.serve(handler), background.serve(other)
    handler.elsewhere = f"http://localhost:{elsewhere}"
    return handler, f"http://127.0.0.1:{port}"


@pytest.fixture
def web(_web: tuple[Web, str]) -> Web:
    """The web server with every fault, with nothing seen yet."""
    handler = _web[0]
    handler.seen.clear()
    handler.bodies.clear()
    handler.indicator = "none"
    return handler


@pytest.fixture
def at(web: Web, _web: tuple[Web, str]) -> str:
    """The address of the web server."""
    return _web[1]
