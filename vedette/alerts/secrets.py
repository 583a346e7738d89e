"""Settings of a channel with its secrets, which only the delivery sees."""

from __future__ import annotations

import json
from collections.abc import Mapping

from vedette.alerts.models import Channel


def settings_of(channel: Channel) -> dict[str, str]:
    """Settings and secrets together, as texts."""
    secrets = json.loads(channel.secrets) if channel.secrets else {}
    return {name: str(value) for name, value in {**channel.settings, **secrets}.items()}


def set_secrets(channel: Channel, given: Mapping[str, str]) -> None:
    """Take over secrets that were given; those left empty stay as they are."""
    held = json.loads(channel.secrets) if channel.secrets else {}
    held |= {name: value for name, value in given.items() if value}
    channel.secrets = json.dumps(held) if held else ""


def names_of_secrets(channel: Channel) -> set[str]:
    """Which secrets are set; never what they are."""
    return set(json.loads(channel.secrets)) if channel.secrets else set()
