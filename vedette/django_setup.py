"""Loads Django once, with the settings the command line has put into the environment."""

from __future__ import annotations

import os

from vedette.config import PREFIX, Config


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
    """Bring the metadata's tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True, interactive=False)
