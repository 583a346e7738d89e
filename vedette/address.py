"""Where the product of a folder answers: noted by `vedette serve`, read by the commands beside it.

Without it `vedette project create` would print a DSN with the default port although the
server was started with another.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
from pathlib import Path

from vedette.config import Config

log = logging.getLogger("vedette")


def note(config: Config) -> None:
    """Write down where the product answers from now on; a full disk is no reason not to start."""
    temporary = _path(config).with_suffix(".new")
    try:
        config.run_folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps({"listen": config.listen, "url": config.url}))
        os.replace(temporary, _path(config))
    except OSError as error:
        log.warning("where the server answers is not noted: %s", error)


def forget(config: Config) -> None:
    """The product does not answer any more."""
    _path(config).unlink(missing_ok=True)


def as_running(config: Config) -> Config:
    """The settings with the noted address, unless they name one themselves."""
    defaults = Config()
    if (config.listen, config.url) != (defaults.listen, defaults.url):
        return config
    try:
        noted = json.loads(_path(config).read_text())
        return dataclasses.replace(config, listen=str(noted["listen"]), url=str(noted["url"]))
    except (OSError, ValueError, KeyError, TypeError):
        return config


def _path(config: Config) -> Path:
    return config.run_folder / "address.json"
