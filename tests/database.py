"""The metadata of the tests: a migrated SQLite file, and a transaction for each test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings


def _load_django() -> None:
    """Load Django once for the whole run, with a data folder of its own."""
    os.environ.setdefault("VEDETTE_DATA", tempfile.mkdtemp(prefix="vedette-test-"))
    os.environ.setdefault("VEDETTE_HOSTS", "testserver")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vedette.settings")
    if not apps.ready:
        django.setup()


_load_django()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, made once for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made = folder / "migrated" / "vedette.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            migrate(made.parent)
    return made


def migrate(folder: Path, **environment: str) -> None:
    """Make the tables of the product whose data lie in a folder."""
    others = {name: value for name, value in os.environ.items() if name[:8] != "VEDETTE_"}
    subprocess.run(
        [sys.executable, "-m", "vedette", "migrate", "--data", str(folder)],
        env={**others, **environment},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def database(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated SQLite file that threads can share."""
    from django.db import connections
    from django.test.utils import (
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    shutil.copy(migrated, path)
    connections["default"].settings_dict["TEST"]["NAME"] = str(path)
    setup_test_environment()
    held = setup_databases(verbosity=0, interactive=False, keepdb=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield path
    from tests.web.stage import close_stages

    close_stages()
    teardown_databases(held, verbosity=0)
    teardown_test_environment()


@pytest.fixture
def rollback(database: Path) -> Iterator[None]:
    """Whatever a test writes is gone after it."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
