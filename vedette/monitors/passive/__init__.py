"""DRAWER: one file per kind of monitor that no probe is run for: what waits, what is derived.

A kind is a module with one name, `KIND`, a `PassiveKind`:

- `name`, `label`, `help`, `fields`: as of a kind of probe (`vedette.probing.kinds`);
- `check`: what is wrong with settings, in words by field;
- `target`: what it watches in a few words, for lists;
- `usual`: numbers of its judgement that are others than those of probes;
- `sample`: settings, for the contract tests.

How such a monitor stands is decided elsewhere, by way of `vedette.monitors.sitting`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vedette.kinds import discover
from vedette.probing.kinds import ProbeField, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PassiveKind:
    """The contract of a kind; see the module's docstring."""

    name: str
    label: str
    help: str
    fields: tuple[ProbeField, ...]
    check: Callable[[Settings], Mapping[str, str]]
    target: Callable[[Settings], str]
    sample: Callable[[], dict[str, Any]]
    usual: dict[str, int] = field(default_factory=dict)


@cache
def passive_kinds() -> dict[str, PassiveKind]:
    """Every kind by its name."""
    return {module.KIND.name: module.KIND for module in discover(__name__)}
