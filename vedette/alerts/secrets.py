"""Settings of a channel or tracker with its secrets, which only the delivery sees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol


class Sealed(Protocol):
    """A row with settings in the open, and sealed ones."""

    settings: Any
    secrets: Any


def settings_of(held: Sealed) -> dict[str, str]:
    """Settings and secrets together, as texts."""
    return {name: str(value) for name, value in {**held.settings, **secrets_of(held)}.items()}


def secrets_of(held: Sealed) -> dict[str, str]:
    """The secrets by their names."""
    found: dict[str, str] = json.loads(held.secrets) if held.secrets else {}
    return found


def set_secrets(held: Sealed, given: Mapping[str, str]) -> None:
    """Take over secrets that were given; those left empty stay as they are."""
    kept = secrets_of(held) | {name: value for name, value in given.items() if value}
    held.secrets = json.dumps(kept) if kept else ""


def names_of_secrets(held: Sealed) -> set[str]:
    """Which secrets are set; never what they are."""
    return set(secrets_of(held))
