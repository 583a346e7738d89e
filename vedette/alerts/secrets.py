"""Settings of a channel or tracker with its secrets, which only the delivery sees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

HIDDEN = "(set)"  # what stands for a secret that is set
_ADDRESSES = frozenset(("url", "api"))


class Field(Protocol):
    """What is asked of a field of a channel or tracker."""

    @property
    def name(self) -> str: ...
    @property
    def is_secret(self) -> bool: ...


class Sealed(Protocol):
    """A row with settings in the open, and sealed ones."""

    kind: Any
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


def to_write_anew(
    held: Sealed, kind: str, fields: Iterable[Field], entry: Mapping[str, Any]
) -> set[str]:
    """Secrets that are set and would go elsewhere by a change, unless it brings them along.

    Who may change a channel may not see its secrets; so neither by sending them to another
    address (a field `url` or `api`), nor to another kind of service.
    """
    plain = {field.name for field in fields if not field.is_secret}
    goes_elsewhere = held.kind != kind or any(
        str(entry.get(name) or "") != str(held.settings.get(name) or "")
        for name in _ADDRESSES & plain
    )
    if not goes_elsewhere:
        return set()
    return {name for name in names_of_secrets(held) if entry.get(name) in (None, "", HIDDEN)}
