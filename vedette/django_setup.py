"""Loads Django once, with the settings the command line has put into the environment."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vedette.config import PREFIX, Config

_LOCK = 0x7665646574746500  # of PostgreSQL, which numbers them: ours begins like our name


def export(config: Config) -> None:
    """Put settings that differ from the defaults into the environment, for Django and children."""
    defaults = Config()
    for name in Config.__dataclass_fields__:
        value = getattr(config, name)
        if value != getattr(defaults, name):
            os.environ[PREFIX + name.upper()] = str(value)


def setup(config: Config) -> None:
    """Make Django usable in this process."""
    export(config)
    config.data.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vedette.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the metadata's tables up to date, when nobody else does: two would mix up theirs."""
    from django.core.management import call_command

    with _alone():
        call_command("migrate", verbosity=0, skip_checks=True, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for whoever is within, in any process that works with the same database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with Path(f"{connection.settings_dict['NAME']}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
