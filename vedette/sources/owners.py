"""Who should look at an issue: authors of suspect commits, then whom the project's rules name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.access.sight import members_of, sights
from vedette.accounts.models import User
from vedette.projects.models import Project
from vedette.sources.decisive import decisive_places
from vedette.sources.links import SourceLinks
from vedette.sources.models import Ownership
from vedette.sources.ownership import Rule, rules_for
from vedette.sources.suspects import Suspect

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Somebody who should look at it, and why. Teams are named and have no `user`."""

    name: str
    user: User | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The suggestions, the best first, the rules that fit, and the members among the authors."""

    suggestions: list[Suggestion]
    rules: list[Rule]
    authors: Mapping[str, User]

    @property
    def first(self) -> User | None:
        """The first person among them."""
        return next((one.user for one in self.suggestions if one.user), None)


def owners_of(
    project: Project,
    payload: Mapping[str, Any],
    suspects: Sequence[Suspect],
    links: SourceLinks,
) -> Owners:
    """Whom to suggest for an event, by its suspect commits and the project's rules."""
    held = Ownership.objects.filter(project=project).first()
    rules = rules_for(held.rules, payload, _paths(payload, links)) if held else []
    authors = {one.commit.author_email.strip().lower() for one in suspects}
    named = {owner for rule in rules for owner in rule.owners if not owner.startswith("#")}
    members = members_by_address(project, (authors | named) - {""})
    found: dict[str, Suggestion] = {}
    for one in suspects:
        user = members.get(one.commit.author_email.strip().lower())
        if user is not None:
            reason = f"wrote {one.commit.key[:8]}, which {one.reason}"
            found.setdefault(user.email, Suggestion(name=str(user), user=user, reason=reason))
    for rule in rules:
        for owner in rule.owners:
            suggestion = _by_rule(rule, owner, members)
            if suggestion is not None:
                found.setdefault(owner, suggestion)
    return Owners(
        suggestions=list(found.values())[:_MOST],
        rules=rules,
        authors={email: user for email, user in members.items() if email in authors},
    )


def members_by_address(project: Project, addresses: Iterable[str]) -> dict[str, User]:
    """The members with these addresses who have proved them and see the project."""
    wanted = sorted(set(addresses))[:100]
    if not wanted:
        return {}
    held = members_of(project).filter(
        user__email__in=wanted, user__is_active=True, user__is_address_proven=True
    )
    return {
        sight.membership.user.email: sight.membership.user
        for sight in sights(project, list(held))
        if sight.is_open
    }


def _paths(payload: Mapping[str, Any], links: SourceLinks) -> list[str]:
    """The files of the application's frames, as these and as their repositories name them."""
    found: list[str] = []
    for place in decisive_places(payload):
        file = links.file(place)
        found += [*((file.path,) if file else ()), *place.names]
    return found


def _by_rule(rule: Rule, owner: str, members: Mapping[str, User]) -> Suggestion | None:
    """None for an address that is no member's."""
    reason = f"owns {rule.words}"
    if owner.startswith("#"):
        return Suggestion(name=owner, user=None, reason=reason)
    user = members.get(owner)
    return Suggestion(name=str(user), user=user, reason=reason) if user else None
