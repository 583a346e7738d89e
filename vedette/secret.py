"""The installation's secret key: from the settings, or made once in the data folder."""

from __future__ import annotations

import os
import secrets

from vedette.config import Config


def secret_key(config: Config) -> str:
    """The key that signs sessions; made with owner-only permissions on first use."""
    if config.secret_key:
        return config.secret_key
    config.data.mkdir(parents=True, exist_ok=True)
    path = config.data / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
