"""Monitors as files and forms have them, and what a test run needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from vedette.monitors.drafts import COLUMNS, Draft
from vedette.monitors.kinds import HIDDEN, secrets_of
from vedette.monitors.models import Monitor
from vedette.probing.kinds import ProbeKind

Entry: TypeAlias = dict[str, Any]


def written(row: Monitor) -> Entry:
    """One monitor as a file writes it, secrets hidden. What is at its default is left out."""
    usual = Draft(slug="", name="", kind=row.kind)
    made: Entry = {"id": row.slug, "project": row.project.slug, "name": row.name, "kind": row.kind}
    made |= row.settings
    made |= dict.fromkeys(secrets_of(row), HIDDEN)
    for name, column in COLUMNS.items():
        made[name] = getattr(row, column)
    for name, value in (
        ("environment", row.environment),
        ("window", row.window),
        ("slow", row.slow),
        ("depends_on", sorted(one.slug for one in row.depends_on.all())),
        ("tags", row.tags),
        ("severity", row.severity if row.severity != usual.severity else ""),
        ("runbook", row.runbook),
        ("notify", row.notify),
    ):
        if value:
            made[name] = value
    if not row.opens_issue:
        made["opens_issue"] = False
    if row.is_paused:
        made["enabled"] = False
    return made


def plain(entry: Entry, held: Mapping[str, Any]) -> Entry:
    """Without what only says that a secret is set."""
    return {key: value for key, value in entry.items() if not (value == HIDDEN and key in held)}


def whole_of(kind: ProbeKind, entry: Entry, monitor: Monitor | None) -> dict[str, Any]:
    """The settings of an entry with the secrets that it leaves as they are, for a test run."""
    held = secrets_of(monitor) if monitor is not None else {}
    given = plain(entry, held)
    names = {one.name for one in kind.fields}
    return {**held, **{name: value for name, value in given.items() if name in names}}
