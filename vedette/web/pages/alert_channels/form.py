"""The form of a channel: the fields of its kind, secrets never shown."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

from vedette.accounts.models import Organization
from vedette.alerts.models import Channel
from vedette.alerts.secrets import names_of_secrets
from vedette.channels import ChannelField, ChannelKind
from vedette.configuration import Entry
from vedette.configuration._writing import the_kind
from vedette.rules.problems import Problem
from vedette.web.form_fields import FormField, Kind, Mistakes, without_empty

MOST_MESSAGES = 20


def fields_of(
    organization: Organization,
    kind: ChannelKind,
    entry: Entry,
    row: Channel | None,
    others: Sequence[Channel],
    problems: Sequence[Problem] = (),
) -> tuple[list[FormField], list[str]]:
    """The fields with their mistakes, and the mistakes that belong to none."""
    wrong = Mistakes(problems)
    held = names_of_secrets(row) if row else set()
    fields = [
        FormField(
            name="name", label="Name", value=entry.get("name", ""), error=wrong.of("name", "id"),
            is_needed=True, placeholder=kind.label,
        )
    ]  # fmt: skip
    for one in kind.fields:
        fields.append(
            FormField(
                name=f"field.{one.name}",
                label=one.label if one.is_needed else f"{one.label} (optional)",
                kind=_kind_of(one),
                value="" if one.is_secret else entry.get(one.name, one.default),
                choices=_choices(organization, one.names) if one.names else (),
                help=one.help,
                error=wrong.of(one.name),
                is_needed=one.is_needed,
                is_set=one.name in held,
            )
        )
    fields += _shared(entry, others, wrong)
    return fields, wrong.rest


def entry_of(kind: ChannelKind, sent: QueryDict, row: Channel | None) -> Entry:
    """The entry as the form says it; a secret left empty stays as it is."""
    entry = without_empty(
        {one.name: sent.get(f"field.{one.name}", "").strip() for one in kind.fields}
    )
    entry |= {"name": sent.get("name", "").strip(), "kind": kind.name}
    if row is not None:
        entry["id"] = row.slug
    if not sent.get("enabled"):
        entry["enabled"] = False
    if sent.get("fallback"):
        entry["fallback"] = sent["fallback"]
    most = sent.get("most_messages", "").strip()
    if most and most != str(MOST_MESSAGES):
        entry["most_messages"] = int(most) if most.isascii() and most.isdigit() else most
    return entry


def _kind_of(one: ChannelField) -> Kind:
    if one.names:
        return "select"
    return "secret" if one.is_secret else "text"


def _choices(organization: Organization, name: str) -> list[tuple[str, str]]:
    """The entries of another kind of configuration, by their names."""
    held = the_kind(name).current(organization)
    return [("", "Choose"), *((key, str(one.get("name", key))) for key, one in held.items())]


def _shared(entry: Entry, others: Sequence[Channel], wrong: Mistakes) -> list[FormField]:
    """What every channel has."""
    names = [("", "None"), *((one.slug, one.name) for one in others)]
    return [
        FormField(
            name="fallback", label="If it does not answer", kind="select", choices=names,
            value=entry.get("fallback", ""), error=wrong.of("fallback"),
            help="Critical alerts go there after the second try that fails.",
        ),
        FormField(
            name="most_messages", label="Messages in ten minutes, at most", kind="number",
            value=entry.get("most_messages", MOST_MESSAGES), error=wrong.of("most_messages"),
            help="What is more comes together as one. 0 for no limit.",
        ),
        FormField(
            name="enabled", label="The channel is on", kind="check",
            value=entry.get("enabled", True),
        ),
    ]  # fmt: skip
