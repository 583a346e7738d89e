"""The form of a tracker: the fields of its kind, secrets never shown, and the switches."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

from vedette.alerts.secrets import names_of_secrets
from vedette.configuration import Entry
from vedette.rules.problems import Problem
from vedette.trackers.hosts import TrackerHost
from vedette.trackers.models import SWITCHES, Tracker
from vedette.web.form_fields import FormField, Mistakes, without_empty

_SWITCHES = {
    "closes": "Close the issue there when this side is resolved",
    "reopens": "Open it again there when it comes back here",
    "follows": "Resolve here what is closed there, and unresolve what is opened again",
}


def fields_of(
    host: TrackerHost, entry: Entry, row: Tracker | None, problems: Sequence[Problem] = ()
) -> tuple[list[FormField], list[str]]:
    """The fields with their mistakes, and the mistakes that belong to none."""
    wrong = Mistakes(problems)
    held = names_of_secrets(row) if row else set()
    fields = [
        FormField(
            name="name", label="Name", value=entry.get("name", ""), error=wrong.of("name", "id"),
            is_needed=True, placeholder=host.label,
        )
    ]  # fmt: skip
    for one in host.fields:
        fields.append(
            FormField(
                name=f"field.{one.name}",
                label=one.label if one.is_needed else f"{one.label} (optional)",
                kind="secret" if one.is_secret else "text",
                value="" if one.is_secret else entry.get(one.name, one.default),
                help=one.help,
                error=wrong.of(one.name),
                is_needed=one.is_needed,
                is_set=one.name in held,
            )
        )
    fields += [
        FormField(
            name=name, label=_SWITCHES[name], kind="check", value=entry.get(name, True),
            error=wrong.of(name),
        )
        for name in SWITCHES
    ]  # fmt: skip
    fields.append(
        FormField(
            name="enabled", label="The tracker is on", kind="check",
            value=entry.get("enabled", True),
        )
    )  # fmt: skip
    return fields, wrong.rest


def entry_of(host: TrackerHost, sent: QueryDict, row: Tracker | None) -> Entry:
    """The entry as the form says it; a secret left empty stays as it is."""
    given = {one.name: sent.get(f"field.{one.name}", "").strip() for one in host.fields}
    for one in host.fields:
        if one.default and given[one.name] == one.default:
            given[one.name] = ""
    entry = without_empty(given)
    entry |= {"name": sent.get("name", "").strip(), "kind": host.name}
    if row is not None:
        entry["id"] = row.slug
    entry |= {name: False for name in (*SWITCHES, "enabled") if not sent.get(name)}
    return entry
