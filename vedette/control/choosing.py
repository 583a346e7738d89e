"""What was chosen: read along the levels, and changed, with every change written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from vedette import clock
from vedette.accounts.models import AuditEntry, Organization
from vedette.config import Config
from vedette.control.models import Choice
from vedette.control.places import Place
from vedette.options import Level, Option, OptionGroup, Value
from vedette.options._resolving import Resolved, check, present, resolve, values
from vedette.rules.problems import RuleProblems

Choices = Mapping[str, Any]


def chosen_at(place: Place, group: OptionGroup) -> dict[str, Any]:
    """What this very place has chosen."""
    found = Choice.objects.filter(**place.columns, group=group.name).first()
    return present(group, _held(found)) if found else {}


def _held(row: Choice) -> dict[str, Any]:
    """What a row holds; nothing where somebody wrote something else into the database."""
    return dict(row.chosen) if isinstance(row.chosen, dict) else {}


def resolved_at(place: Place, group: OptionGroup, config: Config) -> dict[str, Resolved]:
    """What counts at a place, and where each value comes from."""
    chain = [(one.level, chosen_at(one, group)) for one in place.chain()]
    return resolve(group, [(Level.ENVIRONMENT, of_environment(group, config)), *chain])


def inherited_at(place: Place, group: OptionGroup, config: Config) -> dict[str, Resolved]:
    """What would count there if this very place had chosen nothing."""
    chain = [(one.level, chosen_at(one, group)) for one in place.chain()[:-1]]
    environment = (Level.ENVIRONMENT, of_environment(group, config))
    return resolve(group, [environment, *chain, (place.level, {})])


def would_be(place: Place, group: OptionGroup, wanted: Choices, config: Config) -> dict[str, Value]:
    """What would count at a place if it chose this; it must be fit to be chosen."""
    chain = [(one.level, chosen_at(one, group)) for one in place.chain()[:-1]]
    environment = (Level.ENVIRONMENT, of_environment(group, config))
    return values(resolve(group, [environment, *chain, (place.level, dict(wanted))]))


def of_environment(group: OptionGroup, config: Config) -> dict[str, Any]:
    """What the installation's environment says otherwise than is built in."""
    named = {one.name: getattr(config, one.setting) for one in group.options if one.setting}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in named.items()
        if value != _default(group.option(name))
    }


def _default(option: Option | None) -> Any:
    return option.default if option else None


def choose(
    place: Place, group: OptionGroup, wanted: Choices, *, who: str, address: str = "", via: str
) -> list[str]:
    """Let this place have exactly these choices; see `change`."""
    return change(place, group, lambda held: wanted, who=who, address=address, via=via)


def change(
    place: Place,
    group: OptionGroup,
    make: Callable[[dict[str, Any]], Choices],
    *,
    who: str,
    address: str = "",
    via: str,
) -> list[str]:
    """Let this place have what is made of its choices; the names of the options that changed.

    Nobody else changes them meanwhile. An option that is absent is inherited. `who` is an address,
    `via` a form, a file or the API. Raises RuleProblems for choices that cannot be used, or not at
    this level.
    """
    with transaction.atomic():
        row, _ = Choice.objects.select_for_update().get_or_create(**place.columns, group=group.name)
        before = present(group, _held(row))
        wanted = make(dict(before))
        problems = check(group, dict(wanted), place.level)
        if problems:
            raise RuleProblems(problems)
        wanted = present(group, wanted)
        changed = [
            one.name for one in group.options if before.get(one.name) != wanted.get(one.name)
        ]
        if wanted:
            row.chosen, row.is_from_file = dict(wanted), via == "file"
            row.changed_at = clock.now()
            row.save()
        else:
            row.delete()
        if changed:
            _note(place, group, changed, before, wanted, who=who, address=address, via=via)
    return changed


def _note(
    place: Place,
    group: OptionGroup,
    changed: list[str],
    before: Choices,
    after: Choices,
    *,
    who: str,
    address: str,
    via: str,
) -> None:
    """One line of the log of changes for each organisation that it is about."""
    owner = place.owner
    told = [owner] if owner is not None else list(Organization.objects.all())
    labels = ", ".join(one.label.lower() for one in group.options if one.name in changed)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=organization,
            who=who,
            address=address[:64],
            what=f"{place.name}: {group.label.lower()}: {labels}"[:400],
            via=via,
            before={name: before.get(name) for name in changed},
            after={name: after.get(name) for name in changed},
        )
        for organization in told
    )
