"""Every kind of monitor: those for which a probe is run, and the passive ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vedette.monitors.models import Monitor
from vedette.monitors.passive import PassiveKind, passive_kinds
from vedette.probing.kinds import BadSettings, ProbeField, ProbeKind, Settings, probes
from vedette.sealing.sealer import CannotOpen

HIDDEN: Final = "(set)"  # what stands for a secret that is set


def monitor_kinds() -> dict[str, ProbeKind | PassiveKind]:
    """By name."""
    return {**probes(), **passive_kinds()}


def check_settings(kind: ProbeKind | PassiveKind, settings: Settings) -> dict[str, str]:
    """What is wrong with settings, secrets among them, in words by field."""
    if isinstance(kind, PassiveKind):
        return dict(kind.check(settings))
    try:
        kind.prepare(settings)
    except BadSettings as error:
        return error.words
    return {}


def whole_settings(monitor: Monitor) -> dict[str, Any]:
    """Settings and secrets together: for the probe alone. Raises CannotOpen."""
    return {**monitor.settings, **_opened(monitor)}


def target_of(monitor: Monitor) -> str:
    """What it looks at, in a few words; empty of a kind that is no longer there."""
    kind = monitor_kinds().get(monitor.kind)
    return kind.target(monitor.settings) if kind is not None else ""


def secrets_of(monitor: Monitor) -> dict[str, Any]:
    """The secrets by their names; none where they cannot be opened, so that they can be given
    anew."""
    try:
        return _opened(monitor)
    except CannotOpen:
        return {}


def split_settings(
    fields: tuple[ProbeField, ...], given: Settings
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be read, and the secrets; what is at its default is left out."""
    settings: dict[str, Any] = {}
    secrets: dict[str, Any] = {}
    for field in fields:
        value = given.get(field.name)
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        plain = list(value) if isinstance(value, tuple) else value
        if value is None or plain == default or value == HIDDEN:
            continue
        (secrets if field.is_secret else settings)[field.name] = value
    return settings, secrets


def to_write_anew(
    monitor: Monitor, kind: str, fields: tuple[ProbeField, ...], given: Mapping[str, Any]
) -> set[str]:
    """Secrets that are set and would go elsewhere by a change, or be heard by others on the way,
    unless it brings them along.

    Who may change a monitor may not see its secrets; so neither by sending them elsewhere.
    """
    held = secrets_of(monitor)
    goes_elsewhere = monitor.kind != kind or any(
        field.leads(given.get(field.name, field.default))
        != field.leads(monitor.settings.get(field.name, field.default))
        for field in fields
        if not field.is_secret
    )
    if not goes_elsewhere:
        return set()
    return {name for name in held if given.get(name) in (None, "", HIDDEN)}


def _opened(monitor: Monitor) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(monitor.secrets) if monitor.secrets else {}
    return found
