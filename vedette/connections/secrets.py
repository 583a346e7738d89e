"""Settings of a connection with its secrets, which only its own requests see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from vedette.connections import Field
from vedette.sealing.sealer import CannotOpen

HIDDEN = "(set)"  # what stands for a secret that is set


class Sealed(Protocol):
    """A row with settings in the open, and sealed ones."""

    kind: Any
    settings: Any
    secrets: Any


def settings_of(held: Sealed) -> dict[str, str]:
    """Settings and secrets together, as texts. Raises CannotOpen."""
    return {name: str(value) for name, value in {**held.settings, **_opened(held)}.items()}


def secrets_of(held: Sealed) -> dict[str, str]:
    """The secrets by their names; none where they cannot be opened, so that they can be given
    anew."""
    try:
        return _opened(held)
    except CannotOpen:
        return {}


def set_secrets(held: Sealed, given: Mapping[str, str]) -> None:
    """Take over secrets that were given; those left empty stay as they are."""
    if new := {name: value for name, value in given.items() if value}:
        held.secrets = json.dumps(secrets_of(held) | new)


def names_of_secrets(held: Sealed) -> set[str]:
    """Which secrets are set; never what they are."""
    return set(secrets_of(held))


def to_write_anew(
    held: Sealed, kind: str, fields: Iterable[Field], entry: Mapping[str, Any]
) -> set[str]:
    """Secrets that are set and would go elsewhere by a change, unless it brings them along.

    Who may change a connection may not see its secrets; so neither by sending them to another
    address, nor to another kind of service.
    """
    addresses = [field for field in fields if field.is_address and not field.is_secret]
    goes_elsewhere = held.kind != kind or any(
        _address(field, entry) != _address(field, held.settings) for field in addresses
    )
    if not goes_elsewhere:
        return set()
    return {name for name in names_of_secrets(held) if entry.get(name) in (None, "", HIDDEN)}


def _opened(held: Sealed) -> dict[str, str]:
    found: dict[str, str] = json.loads(held.secrets) if held.secrets else {}
    return found


def _address(field: Field, values: Mapping[str, Any]) -> str:
    """Where it leads; empty means the default, whether that is written or not."""
    return str(values.get(field.name) or field.default)
