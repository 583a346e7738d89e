"""Every kind of connection of every family: its secrets, and what a file may say."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.channels import channels
from vedette.trackers.hosts import hosts

SECRET = "s3cr3t-value"  # noqa: S105 - made up
THERE, ELSEWHERE = "https://there.example", "https://elsewhere.example"
KINDS = [("channels", name) for name in channels()] + [("trackers", name) for name in hosts()]
SENT_SOMEWHERE = [
    (family, name)
    for family, name in KINDS
    for fields in [(channels() if family == "channels" else hosts())[name].fields]
    if any(one.is_secret for one in fields) and any(one.is_address for one in fields)
]


@pytest.fixture
def organization(rollback: None) -> Any:
    """One without anything."""
    from vedette.accounts.models import Organization

    return Organization.objects.create(slug="lantern", name="Lantern")


def family_of(name: str) -> Any:
    """A family by its name."""
    from vedette.alerts.connecting import CHANNELS
    from vedette.trackers.connecting import TRACKERS

    return {"channels": CHANNELS, "trackers": TRACKERS}[name]


def held(organization: Any, family: str, name: str, **settings: str) -> Any:
    """A connection of a kind with every secret set, and these settings."""
    from vedette.connections.secrets import set_secrets

    made = family_of(family)
    row = made.model(organization=organization, slug="one", name="One", kind=name)
    row.settings = settings
    fields = made.kinds()[name].fields
    set_secrets(row, {one.name: SECRET for one in fields if one.is_secret})
    row.save()
    return row


def refused(organization: Any, family: str, entry: dict[str, Any]) -> dict[str, str]:
    """What is wrong with an entry, by the field."""
    from vedette.configuration._writing import mistakes_in, the_kind

    found: dict[str, str] = {}
    for one in mistakes_in(organization, the_kind(family), entry):
        found[one.path] = f"{found.get(one.path, '')} {one.words}".strip()
    return found


def addresses(family: str, name: str) -> dict[str, str]:
    """The fields of a kind that say where its secrets go, with their defaults."""
    fields = family_of(family).kinds()[name].fields
    return {one.name: one.default for one in fields if one.is_address}


@pytest.mark.parametrize(("family", "name"), SENT_SOMEWHERE)
def test_no_secret_follows_a_change_of_the_address(
    family: str, name: str, organization: Any
) -> None:
    """Each has to be written anew, by who knows it."""
    for field in addresses(family, name):
        row = held(organization, family, name, **{field: THERE})
        entry = {"id": "one", "name": "One", "kind": name, field: ELSEWHERE}
        wrong = refused(organization, family, entry)
        secrets = [one.name for one in family_of(family).kinds()[name].fields if one.is_secret]
        assert all("write it anew" in wrong[secret] for secret in secrets)
        brought = refused(organization, family, entry | dict.fromkeys(secrets, SECRET))
        assert not set(secrets) & set(brought)
        row.delete()


@pytest.mark.parametrize(("family", "name"), SENT_SOMEWHERE)
def test_an_address_written_out_is_the_same_as_its_default(
    family: str, name: str, organization: Any
) -> None:
    """A form leaves a default out that a file wrote down: no secret goes elsewhere by that."""
    written = addresses(family, name)
    held(organization, family, name, **{key: value for key, value in written.items() if value})
    entry = {"id": "one", "name": "One", "kind": name}
    wrong = refused(organization, family, entry)
    assert [words for words in wrong.values() if "write it anew" in words] == []


@pytest.mark.parametrize(("family", "name"), KINDS)
def test_options_hold_values_of_their_type(family: str, name: str, organization: Any) -> None:
    """A text such as "no" is no false; a list is no text."""
    held(organization, family, name)
    entry = {"id": "one", "name": "One", "kind": name, "enabled": "no"}
    assert refused(organization, family, entry)["enabled"] == "true or false"
    field = family_of(family).kinds()[name].fields[0].name
    assert "one text is needed" in refused(organization, family, {**entry, field: ["a"]})[field]
