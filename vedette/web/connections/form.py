"""The form of a connection: the fields of its kind and the options of its family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from vedette.accounts.models import Organization
from vedette.configuration import Entry
from vedette.configuration._writing import the_kind
from vedette.connections import ConnectionKind, Field
from vedette.connections.family import Family, Option, Row
from vedette.connections.secrets import names_of_secrets
from vedette.rules.problems import Problem
from vedette.web.form_fields import FormField, Kind, Mistakes, without_empty


def fields_of(
    family: Family[Row],
    kind: ConnectionKind,
    organization: Organization,
    entry: Entry,
    row: Row | None,
    problems: Sequence[Problem] = (),
) -> tuple[list[FormField], list[str]]:
    """The fields with their mistakes, and the mistakes that belong to none. No secret is shown."""
    wrong = Mistakes(problems)
    held = names_of_secrets(row) if row else set()
    name = FormField(
        name="name", label="Name", value=entry.get("name", ""), error=wrong.of("name", "id"),
        is_needed=True, placeholder=kind.label,
    )  # fmt: skip
    own = [
        FormField(
            name=f"field.{one.name}",
            label=one.label if one.is_needed else f"{one.label} (optional)",
            kind=_form_kind(one),
            value="" if one.is_secret else entry.get(one.name, one.default),
            choices=_choices(organization, one.names, "Choose") if one.names else (),
            help=one.help,
            error=wrong.of(one.name),
            is_needed=one.is_needed,
            is_set=one.name in held,
        )
        for one in kind.fields
    ]
    shared = [
        FormField(
            name=one.name,
            label=one.label,
            kind=one.kind,
            value=entry.get(one.name, one.default),
            choices=_others(family, organization, one, row),
            help=one.help,
            error=wrong.of(one.name),
        )
        for one in family.options
    ]
    return [name, *own, *shared], wrong.rest


def entry_of(family: Family[Row], kind: ConnectionKind, sent: QueryDict, row: Row | None) -> Entry:
    """The entry as the form says it; a secret left empty stays as it is."""
    given = {one.name: sent.get(f"field.{one.name}", "").strip() for one in kind.fields}
    entry: Entry = without_empty(
        {one.name: given[one.name] for one in kind.fields if given[one.name] != one.default}
    )
    entry |= {"name": sent.get("name", "").strip(), "kind": kind.name}
    if row is not None:
        entry["id"] = row.slug
    for one in family.options:
        value = _sent_option(one, sent)
        if value != one.default:
            entry[one.name] = value
    return entry


def _sent_option(one: Option, sent: QueryDict) -> Any:
    """The value of an option, of its type where what was sent has one."""
    text = sent.get(one.name, "").strip()
    if one.kind == "check":
        return bool(text)
    if one.kind == "number":
        return int(text) if text.isascii() and text.isdigit() else text or one.default
    return text


def _form_kind(one: Field) -> Kind:
    if one.names:
        return "select"
    return "secret" if one.is_secret else "text"


def _choices(organization: Organization, name: str, empty: str) -> list[tuple[str, str]]:
    """The entries of a kind of configuration, by their names."""
    held = the_kind(name).current(organization)
    return [("", empty), *((key, str(one.get("name", key))) for key, one in held.items())]


def _others(
    family: Family[Row], organization: Organization, one: Option, row: Row | None
) -> list[tuple[str, str]]:
    """What an option may name; of its own family not the connection itself."""
    if not one.names:
        return []
    itself = row.slug if row is not None and one.names == family.name else None
    found = _choices(organization, one.names, "None")
    return [(key, label) for key, label in found if key != itself]
