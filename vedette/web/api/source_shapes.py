"""Repositories, code mappings, owners and suspect commits as Sentry's API gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vedette.accounts.models import User
from vedette.issues.models import Assignment
from vedette.releases.models import Commit, Repository
from vedette.sources.links import commit_address, provider_of
from vedette.sources.models import CodeMapping, Ownership
from vedette.sources.owners import Owners
from vedette.sources.ownership import Rule
from vedette.sources.suspects import Suspect
from vedette.web.api.issue_shapes import time_text


def repository_shape(repository: Repository) -> dict[str, Any]:
    """A repository.

    The provider is none of Sentry's integrations, as Vedette reads no repositories: seeing one,
    sentry-cli would send the name of a commit instead of the commits.
    """
    known = repository.provider if repository.url else ""
    label = provider_of(repository).label if known else "Unknown Provider"
    return {
        "id": str(repository.pk),
        "name": repository.name,
        "url": repository.url or None,
        "provider": {"id": f"vedette:{known}" if known else "unknown", "name": label},
        "status": "active",
        "dateCreated": time_text(repository.created_at),
        "integrationId": None,
        "externalSlug": repository.name,
        "externalId": None,
    }


def mapping_shape(mapping: CodeMapping) -> dict[str, Any]:
    """A code mapping with its project and repository loaded."""
    repository = mapping.repository
    return {
        "id": str(mapping.pk),
        "projectId": str(mapping.project_id),
        "projectSlug": mapping.project.slug,
        "repoId": str(repository.pk),
        "repoName": repository.name,
        "integrationId": None,
        "provider": {"key": repository.provider, "name": provider_of(repository).label},
        "stackRoot": mapping.stack_root,
        "sourceRoot": mapping.source_root,
        "defaultBranch": mapping.default_branch,
        "automaticallyGenerated": False,
    }


def person_shape(user: User) -> dict[str, Any]:
    """Somebody who works on an issue or owns it."""
    return {"type": "user", "id": str(user.pk), "name": str(user), "email": user.email}


def assignee_shape(assignment: Assignment | None) -> dict[str, Any] | None:
    """Who works on an issue."""
    return person_shape(assignment.user) if assignment and assignment.user else None


def committers_shape(suspects: Sequence[Suspect], owners: Owners) -> dict[str, Any]:
    """The suspect commits by their authors, the most suspect first."""
    by_author: dict[str, dict[str, Any]] = {}
    for one in suspects:
        email = one.commit.author_email.strip().lower()
        member = owners.authors.get(email)
        author = (
            person_shape(member)
            if member
            else {
                "name": one.commit.author_name or None,
                "email": one.commit.author_email or None,
            }
        )
        held = by_author.setdefault(
            email or one.commit.author_name, {"author": author, "commits": []}
        )
        held["commits"].append(suspect_shape(one))
    return {"committers": list(by_author.values())}


def suspect_shape(suspect: Suspect) -> dict[str, Any]:
    """A suspect commit, with its reason in words."""
    commit: Commit = suspect.commit
    return {
        "id": commit.key,
        "message": commit.message,
        "dateCreated": time_text(commit.committed_at),
        "score": suspect.score,
        "repository": repository_shape(commit.repository),
        "url": commit_address(commit.repository, commit.key) or None,
        "suspectCommitType": "via commits of the release",
        "reason": suspect.reason,
        "releases": [{"version": suspect.release.version}],
    }


def owners_shape(owners: Owners) -> dict[str, Any]:
    """Who is suggested, and the rules that fit, the deciding one first."""
    return {
        "owners": [
            {**person_shape(one.user), "reason": one.reason}
            if one.user
            else {"type": "team", "name": one.name.removeprefix("#"), "reason": one.reason}
            for one in owners.suggestions
        ],
        "rule": _matcher(owners.rules[0]) if owners.rules else None,
        "rules": [
            [_matcher(rule), [_owner(owner) for owner in rule.owners]] for rule in owners.rules
        ],
    }


def ownership_shape(ownership: Ownership | None) -> dict[str, Any]:
    """A project's rules."""
    is_on = ownership is not None and ownership.assigns
    return {
        "raw": ownership.rules if ownership else "",
        "fallthrough": False,
        "isActive": True,
        "autoAssignment": "Auto Assign to Suspect Commits" if is_on else "Turn off Auto-Assignment",
        "codeownersAutoSync": False,
        "dateCreated": None,
        "lastUpdated": None,
    }


def _matcher(rule: Rule) -> list[str]:
    return [rule.kind, rule.pattern]


def _owner(name: str) -> list[str]:
    return ["team", name.removeprefix("#")] if name.startswith("#") else ["user", name]
