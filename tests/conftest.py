"""What every test may use: the shared fixtures folder, where there is one."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from vedette.store.asker import ask_for

pytest_plugins = ["tests.database"]

# The same examples on every run, however slow the machine is just now, so that a failure is the
# change's and not the day's.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

_DEFAULT = Path(__file__).parent.parent.parent / "shared" / "fixtures"
if _DEFAULT.is_dir():
    os.environ.setdefault("TEST_FIXTURES", str(_DEFAULT))


@pytest.fixture(autouse=True)
def _nobody_asks() -> None:
    """A test does not ask the store as whoever the test before it was."""
    ask_for("")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of real data; the test is skipped on machines that do not have it."""
    folder = Path(os.environ.get("TEST_FIXTURES") or _DEFAULT)
    if not folder.is_dir():
        pytest.skip("the folder of real captures is not on this machine")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with browsers, SDKs or servers that fails is run once more, and named at the end.

    Such a test shares two cores with whatever else they do: one of thousands may wait too long.
    What fails twice fails.
    """
    for item in items:
        with_others = item.path.parent.name == "flow" or any(
            item.get_closest_marker(name) for name in ("browser", "sdk", "postgres")
        )
        if with_others:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it at each collection takes half the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What is torn down at the end may be collected."""
    gc.unfreeze()
