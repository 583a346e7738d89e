"""The metadata of the tests: a migrated SQLite file, and a transaction for each test."""

from __future__ import annotations

import os
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
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated SQLite file that threads can share."""
    from django.db import connections
    from django.test.utils import (
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = str(path)
    setup_test_environment()
    held = setup_databases(verbosity=0, interactive=False)
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
